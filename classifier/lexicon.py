"""Words of tool names and descriptions by what they stand for: kinds of acting, and kinds of things acted on."""

from classifier.words import stem, words_of_text

#: Kinds of acting. A word may be of several kinds; where it stands decides which one counts.
_ACTS: dict[str, str] = {
    "get": """get list show view describe read retrieve fetch return display enumerate obtain lookup see peek dump
        browse provide gather collect look info details export_list ls cat tail head open_read recall load_data gets
        obtener consultar listar mostrar obtén obtiene lista muestra consulta ver devuelve recupera obtenir lister
        afficher récupère récupérer obtient liste affiche abrufen auflisten anzeigen zeigt liefert holt ruft gibt
        obter recuperar exibir retorna obtém recupera getir listele göster listeler getirir gösterir getirme listeleme""",
    "search": """search find query discover locate grep glob explore match identify research suche suchen durchsucht
        buscar busca encuentra encontrar pesquisar pesquisa chercher recherche rechercher ara arar arama""",
    "check": """investigate probe judge whois triage appraise check validate verify inspect lint audit diagnose assert monitor watch ping trace profile debug review
        test_connection examine assess exists analyse analyze analiza analizar analyser vérifier vérifie prüfen prüft
        überprüft verificar verifica comprobar validar kontrol doğrula""",
    "compute": """combine autocomplete calculate compute convert parse format encode decode hash compare diff count sum estimate measure
        summarize summarise translate classify detect extract score rank predict forecast transform normalize tokenize
        aggregate average sort filter evaluate interpret multiply divide subtract decompose prettify beautify minify
        lint correlate infer derive simplify embed solve integrate differentiate calcular calcula convertir berechnet
        berechnen calcule hesapla hesaplar plot chart visualize visualise render cluster
        randomize roll generate_uuid compile_report""",
    "wait": "wait poll await esperar attendre warten bekle",
    "think": "infer consult think reason reflect brainstorm suggest recommend explain help guide advise understand learn ponder sequential",
    "capture": "screenshot snapshot capture",
    "preview": "preview simulate dryrun dry simulation quote estimate plan mock proposal propose prepare",
    "create": """design allocate mkdir touch create add new insert make register define compose append introduce open_issue crear crea añade añadir
        agregar agrega criar cria adiciona adicionar créer crée ajouter ajoute erstellt erstellen hinzufügen fügt
        anlegen oluştur ekle ekler oluşturur oluşturma ekleme build_list spawn_entity draft scaffold compose""",
    "generate": "generate gen produce synthesize design draw paint imagine generieren generar genera gerar gera générer génère üret üretir",
    "update": """refine trim overlay rewrite amend transform prepend paste reprioritize update edit modify change patch alter revise amend adjust customize tweak fix correct refactor
        actualizar actualiza modificar modifica editar edita atualizar atualiza modifier modifie aktualisiert
        aktualisieren bearbeitet ändert ändern güncelle günceller güncelleme düzenle düzenler rewrite transform_file""",
    "set": "authorize authorise protect unprotect allow deny permit restrict set put configure toggle enable disable mark activate deactivate setup adjust fijar establecer establece definir setzt ayarla ayarlar lock unlock mute unmute hide unhide",
    "move": "move rename archive unarchive reorder restore undelete unpublish relocate transition swap_rows reorganize sort_list undo redo revert duplicate copy clone fork mover renombrar déplacer verschieben taşı",
    "attach": "equip uncomplete reassign assign unassign attach detach link unlink tag untag label unlabel pin unpin star unstar like unlike react follow unfollow vote upvote downvote bookmark favorite unfavorite associate disassociate join leave watch_repo unwatch untrash unblock dismiss unstage stage ignore snooze",
    "send": """broadcast repost redeliver nudge remind greet send post reply forward notify email message comment tweet publish share invite announce broadcast push_message
        respond mention dm sms mail retweet unsend ask_user enviar envía envia responder envoyer envoie senden sendet versenden gönder
        gönderir publicar publica publier veröffentlicht paylaş yayınla""",
    "save": """save store write upload import download backup sync record log track export persist memorize remember
        ingest index snapshot_save commit push pull checkout guardar guarda salvar salva enregistrer speichern speichert
        hochladen herunterladen subir descargar baixar kaydet kaydeder yükle indir remember""",
    "session": "login logout signin signout authenticate authorize connect select switch use init initialize initialise reconnect auth",
    "settle": "dispute settle renew resubscribe close resolve complete approve reject accept decline submit finish finalize acknowledge reopen merge apply confirm escalate",
    "run": """run execute exec eval evaluate_code invoke call trigger perform process orchestrate dispatch delegate rerun retry
        ejecutar ejecuta executar executa exécuter exécute ausführen führt çalıştır çalıştırır çalıştırma""",
    "start": "unpause reload relaunch replay start launch boot spawn begin initiate resume iniciar inicia démarrer démarre startet starten başlat başlatır activate_device wake",
    "stop": "drain isolate quarantine cordon stop pause restart reboot halt suspend abort shutdown hibernate quit exit disconnect detener parar arrêter stoppt stoppen durdur interrupt cancel_job",
    "deploy": "recreate reinstall reprocess deploy build compile install upgrade migrate scale provision rollback redeploy release rollout bootstrap instalar installer installiert rebuild reinstall promote train finetune desplegar compile test benchmark",
    "interact": """click type press tap swipe scroll hover drag navigate goto fill doubleclick keypress hotkey focus
        reload refresh_page back_page interact unfocus blur rightclick typetext input_text handle_dialog""",
    "operate": "turn control play speak say print move_robot dial beep skip vibrate dim flash rotate_device open_door drive fly land takeoff",
    "delete": """delete destroy erase purge wipe truncate drop rm rmdir expunge obliterate nuke shred prune evict
        uninstall deletion eliminate trash unregister deregister deprovision decommission teardown
        eliminar elimina borrar borra suprimir excluir exclui apagar apaga deletar deleta supprimer supprime effacer
        löschen löscht entfernt entfernen sil siler silme kaldır kaldırır kaldırma""",
    "remove": "remove discard exclude quitar remover retirer kick ban forget unset",
    "revoke": "revoke terminate kill invalidate expire deactivate_key logout_all",
    "clear": "clear reset empty flush overwrite limpiar vaciar vider leeren temizle clean cleanup",
    "cancel": "cancel cancelar annuler stornieren iptal void withdraw_application unbook",
    "replace": "replace overwrite upsert override supersede",
    "pay": "pay refund charge payout reimburse disburse donate tip checkout purchase buy order_now sell invoice_send topup pagar reembolsar payer rembourser bezahlen öde repay settle_payment comprar acheter kaufen collect_payment",
    "trade": "trade swap stake unstake mint redeem bridge borrow lend bet bid hedge liquidate claim delegate_stake burn repay",
    "transfer": "transfer withdraw deposit wire remit transferir transférer überweisen",
    "sign": "sign broadcast_transaction cosign countersign",
    "book": "book reserve rent hire schedule_ride order reservar réserver buchen",
    "subscribe": "subscribe unsubscribe",
    "schedule": "schedule reschedule",
    "manage": "manage handle crud operate administer control_ maintain gestionar gérer verwalten yönet manager management operations operation actions action",
}  # fmt: skip

#: Kinds of things acted on.
_THINGS: dict[str, str] = {
    "money": "payment charge payout invoice refund fund money balance remittance disbursement payroll salary bill billing debt loan credit deposit withdrawal bounty donation tip pago pagamento",
    "order": "order trade position bid bet offer purchase checkout cart_order option_contract",
    "crypto": "erc bep trc dex amm usdt dai weth matic polygon base58 avax bnb doge collateral perp margin leverage airdrop faucet sats satoshi crypto cryptocurrency onramp offramp escrow token coin eth sol nft wallet erc20 tx transaction btc usdc blockchain onchain ethereum solana bitcoin swap liquidity pool defi aave uniswap contract gas sui aptos xrp hbar near ton lightning lamport spl stake validator",
    "booking": "flight hotel booking reservation ticket_booking ride appointment room",
    "subscription": "subscription plan membership_plan",
    "query": "query sql cypher graphql statement soql kql cql dsl dax mdx sparql dml ddl select transaction_sql procedure gql aql nrql esql hogql jq flux ksql",
    "readlang": "promql logql lucene jql metricsql logsql traceql splunk opensearch fts",
    "code": "code script python javascript js typescript snippet notebook cell ruby lua node expression function_code applescript repl",
    "shell": "command shell terminal bash cmd powershell ssh cli console",
    "http": "request http api endpoint rest curl method webhook_call",
    "ui": "element button page tab browser window mouse key keyboard screen app dialog form cursor selector dropdown checkbox coordinate viewport desktop simulator emulator application gui",
    "session": "session connection",
    "job": "job run workflow build pipeline execution scan crawl test action task_run upload crawler spider sync_job experiment automation flow backtest dag training",
    "process": "process server service container instance vm machine pod cluster node droplet dyno sandbox daemon host computer device_server",
    "infra": "deployment stack dns domain bucket network subnet vpc firewall volume kubernetes docker cloud function lambda worker database namespace infrastructure environment release image",
    "device": "light lamp robot printer tv thermostat speaker arm drone car vehicle lock camera servo motor sensor device switch plug fan heater music song playback track volume audio_out",
    "reversible": "label tag reaction star link pin filter assignee member membership role association relation relationship permission favorite favourite bookmark like vote collaborator reviewer watcher follower attendee participant subscriber assignment emoji flag mapping privilege watch tracking",
    "content": """file row message comment page record user project document note event item entry folder directory table
        column task issue ticket contact customer product account post article image video collection card board resource
        object node entity edge memory section block paragraph slide sheet rule policy template webhook key asset dataset
        report dashboard chart channel group team organization site repository branch rule list index agent thread""",
    "cache": "cache cookie localstorage",
    "secret": "key token secret credential password grant access certificate apikey invitation permission share",
    "collection": "cart queue playlist history memory conversation context log canvas scene clipboard all everything",
    "setting": "setting config configuration preference override default mode option variable property flag param parameter theme env",
    "info": """status info information detail details result results log logs metric metrics stat stats statistics history
        summary list count schema version health usage report analytics overview metadata docs documentation guide
        help example examples instructions trend trends forecast""",
    "draft": "draft preview plan dry estimate quote simulation proposal template_preview unsigned",
    "media": "image video audio music song speech picture photo avatar voice clip 3d animation illustration logo",
    "message": "email mail message sms notification chat comment reply dm whatsapp slack telegram call discord invite",
    "publish": "post tweet release article blog website social timeline public",
    "model": "llm agent ai assistant gpt claude gemini openai model prompt subagent completion",
    "package": "package plugin extension dependency library module addon app_store mod skill npm pip",
    "web": "url web website webpage google internet online link news wikipedia page site rss feed html",
    "chart": "chart diagram graph plot figure table_view map heatmap histogram mermaid mindmap",
    "number": "number sum square root percentage fraction unit temperature currency timezone date time random uuid",
    "order_cancelled": "booking subscription reservation appointment order invoice meeting",
    "dbms": """database db neo4j memgraph tidb mysql postgres postgresql sqlite mongo mongodb clickhouse duckdb bigquery snowflake influxdb
        influx dgraph oracle mssql redshift athena trino presto cassandra couchbase dynamodb supabase neon mariadb hologres
        databricks spark hive db2 sap firebird cockroach surrealdb redis elasticsearch kusto grail logfire""",
    "outfile": "output savepath outputpath outfile destination outputdir saveto filename savedir outdir dest",
    "path": "path file directory folder filename filepath dir",
    "people": """user member employee customer contact lead patient candidate attendee guest student player passenger prospect
        person people profile follower following friend applicant participant staff worker payee client colleague manager owner
        teacher parent child family resident donor voter driver rider traveler traveller author artist influencer creator
        connection username nickname me whoami identity persona assignee reviewer collaborator organizer host speaker
        recipient sender beneficiary householder borrower""",
    "theirs": """news article post comment review tweet video transcript subtitle caption paper issue pull thread page website webpage
        feed blog wiki story discussion forum podcast web reddit youtube twitter hackernews scholar arxiv pubmed wikipedia
        bluesky mastodon linkedin instagram tiktok facebook xiaohongshu weibo zhihu bilibili quora medium substack stackoverflow
        headline abstract publication comment reply conversation inbox email mail chat message ticket feedback html markdown
        serp google bing duckduckgo brave tavily exa perplexity firecrawl searxng baidu kagi rss trending crawl scrape""",
    "git": "commit branch repo repository git merge pr pull rebase stash worktree remote tag",
}  # fmt: skip

#: Chinese, Japanese and Korean words; compared as the pairs of characters that text is cut into.
_ACTS_EAST: dict[str, str] = {
    "get": "获取 查看 列出 返回 读取 取得 表示 一覧 조회 목록 가져 반환 读取 显示 获得 确认",
    "search": "搜索 查询 查找 检索 検索 검색 检索",
    "check": "检查 验证 分析 检测 確認 分析 분석 확인 测试",
    "compute": "计算 转换 解析 比较 统计 翻译 計算 変換 계산 변환 提取",
    "create": "创建 新建 添加 增加 作成 追加 생성 추가 建立 新增",
    "generate": "生成",
    "update": "更新 修改 编辑 編集 変更 수정 변경",
    "set": "设置 配置 設定 설정 启用 禁用 切换",
    "move": "移动 重命 复制 移動 复制 恢复",
    "send": "发送 发布 回复 推送 评论 送信 投稿 전송 보내 发表 通知",
    "save": "保存 写入 上传 下载 存储 导出 导入 저장 保存 업로드 记录",
    "run": "执行 运行 调用 実行 실행",
    "start": "启动 开始 打开 起動 시작 开启",
    "stop": "停止 暂停 关闭 断开 停止 중지",
    "deploy": "部署 安装 构建 编译 インストール 배포 설치",
    "interact": "点击 滑动 输入 导航 滚动 クリック 클릭 按下",
    "operate": "控制 播放 操作 打印",
    "delete": "删除 卸载 销毁 削除 삭제 移除 제거",
    "clear": "清空 清除 重置 清理",
    "cancel": "取消 취소",
    "pay": "支付 付款 退款 购买 下单 买入 卖出 결제 購入",
    "transfer": "转账 提现 充值",
    "manage": "管理 관리",
}

ACTS: dict[str, tuple[str, ...]] = {}
THINGS: dict[str, tuple[str, ...]] = {}


def _enter(table: dict[str, tuple[str, ...]], kinds: dict[str, str]) -> None:
    for kind, listed in kinds.items():
        for word in listed.split():
            key = stem(word) if word.isascii() else words_of_text(word)[0]
            if kind not in table.get(key, ()):
                table[key] = (*table.get(key, ()), kind)


_enter(ACTS, _ACTS)
_enter(ACTS, _ACTS_EAST)
_enter(THINGS, _THINGS)
