"""Words by the part that they play where somebody talks a model into something, in the languages that catalogues hold."""

from classifier.words import stem, words_of_text

_KINDS: dict[str, str] = {
    "person": """user human customer person people operator owner anyone anybody nobody somebody someone client_user
        employee end_user usuario usuaria usuário utilizador utilisateur utilisatrice benutzer nutzer
        anwender utente gebruiker kullanıcı kullanıcıya kullanıcının użytkownik użytkownikowi użytkownika
        пользователь пользователю пользователя pengguna 用户 客户 ユーザ 사용자 المستخدم individual guest patient
        client reader reviewer auditor subscriber tenant resident""",
    "they": "they them their his her he she him client themselves",
    "model": """assistant model llm ai agent chatbot claude gpt asistente assistente assistent modelo agente 助手 模型
        アシ bot copilot gemini mistral subagent caller""",
    "you": "you your yourself du dein tu tus tes vos 你的 请你",
    "not": """not never don dont doesn mustn shouldn won no without nor none avoid refrain forbid forbidden
        neither cannot nothing unless sin sem sans ohne nicht nie niemals non senza nunca jamais ne не без
        никогда bez geen niet 不要 不得 切勿 请勿 无需 不必 لا دون tanpa không ない ず 않 말고 needn isn aren wasn wouldn
        couldn shan ain hardly scarcely nobody absent""",
    "tell": """tell inform mention reveal disclose notify alert warn explain say announce report surface discuss
        hint admit acknowledge told informed mentioned disclosed notified warned announced informing telling
        mentioning diga decir decirle menciones informe informar dire dis parle prévenir avertir sagen sage
        erwähne erwähnen informieren mitteilen dica dirglielo говори сообщай упоминай mów söyleme söylemeden
        告诉 告知 提及 透露 知ら 言わ 伝え 알리 말하 avisar avise hear heard talk speak spoken brag confess divulge whisper
        narrate comment remark flag draw breathe topic advise consult communicate apprise point word peep
        noise tip brief announcement notice notification""",
    "know": """know aware notice see learn find suspect hear realise realize unaware unannounced bother entere sepa
        saiba wissen merkt sache sapere узнать знать 察觉 知道 気づ 모르 learned learnt noticed noticing knowing
        known knowledge awareness suspected suspicious suspicion realised wise seen discover discovered
        discovery detect detected clue wonder oblivious ignorant""",
    "show": """show display render list output print present answer reply response summary summarise summarize
        shown displayed displaying showing visible appear narrate narration receipt overview log history
        trace record audit diff""",
    "covert": """secretly covertly silently quietly discreetly stealthily surreptitiously furtively privately covert
        stealth secrecy undisclosed unseen unnoticed unmentioned undetected invisible invisibly heimlich
        cachette nascosto escondidas segredo secrètement gizlice stiekem potajemnie тайно втайне незаметно
        偷偷 悄悄 秘密 内緒 密か 몰래 سرا background dark mum behind unannounced unasked unprompted unbeknownst unlisted
        unreported unmarked unobserved hush hushed schtum sneak sneakily discreet discretion unobtrusive
        unobtrusively inconspicuously quiet silent silence hidden clandestine clandestinely backstage
        incognito unwitting unwittingly transparently confidentially radar wordlessly""",
    "hide": """hide hidden conceal keep kept secret confidential private omit leave disguise mask verschweige cache
        cacher caché oculta ocultar esconde scondi скрой скрывай gizle 隐瞒 保密 隠し 伏せ 숨기 hiding concealed
        concealing withhold withheld withholding suppress suppressed suppressing obscure obscured bury
        buried erase scrub cover left omitted omitting disguised masked stash redact strip unmentioned""",
    "deceive": """pretend lie deny fabricate fabricated false fake made_up misreport claim niega nega mente lüge 否认 谎称
        instead stead pretending lying denying invent invented inventing mislead misleading impersonate
        impersonating pose bluff blame excuse pretext trick fool deceive deceiving convince persuade
        persuading claiming claimed assure reassure attribute feign spoof forge forged counterfeit bogus
        phoney""",
    "set_aside": """ignore disregard forget override overrule discard abandon suspend suspended lift lifted void
        supersede superseded bypass circumvent skip disable drop dismiss neglect outdated replace rewrite
        ignora oublie olvida desconsidere vergiss ignoriere ignorieren missachte negeer zignoruj игнорируй
        забудь unut yoksay 忽略 无视 忘记 無視 忘れ 무시 تجاهل ignoring disregarding forgetting overriding bypassing
        skipping unlearn outrank outweigh prevail precedence waived waive lapse expired revoked repealed
        retired annul invalid invalidate cancel cancelled rescind rescinded off exempt withdraw withdrawn
        null obsolete dispense neglecting sidestep evade defeat disabled switch anulada anulan annulées
        hinfällig ungültig außer geçersiz отменены отменяются скасовано nieważne nevažní 作废 無効 무효""",
    "rules": """instruction prompt guideline rule directive policy guardrail restriction constraint guidance safety
        safeguard ethic protocol order direction limit limitation instruccion instrucciones instruções
        consigne anweisungen anweisung regel istruzioni reglas regras règle инструкции инструкция правила
        указания talimat talimatları kurallar 指令 指示 规则 提示 限制 규칙 지시 지침 التعليمات تعليمات ルール rulebook mandate
        norm scruple inhibition filters objections morals principle compliance training alignment vorgaben
        vorgabe zasady polecenia polecenie 规定 規則""",
    "earlier": """previous prior earlier preceding above initial original existing system developer everything
        anterior anteriores précédente précédent bisherigen vorherigen precedenti предыдущие önceki 之前 以前 此前
        系统 이전 السابقة sistema système before former formerly beforehand hitherto preloaded up vendor""",
    "all": """all every each any entire whole full complete verbatim todas todos toutes alle tutte все tüm 所有 全部
        すべ 全て 모든 جميع anything everything entirety completely totality unredacted unabridged unmodified raw""",
    "secret": """credential password token key secret ssh id_rsa id_ed25519 rsa ed25519 pem env environ printenv
        cookie keychain wallet seed mnemonic api_key apikey aws kubeconfig netrc npmrc passwd shadow 2fa otp
        bearer login pgpass gnupg aws_secret_access_key openai_api_key github_token contraseña senha clave
        chave passwort passwörter kennwörter schlüssel chiavi clé parola şifre пароли пароль ключ
        wachtwoorden hasła 密钥 密码 私钥 パス 비밀 비번 كلمات creds passphrase pin cvc cvv jwt cookies session_cookie
        oauth refresh_token keystore keyring vault pgp gpg recovery phrase iban ssn passport kdbx htpasswd
        sudoers tfstate pypirc envrc tfvars pat apitoken privatekey""",
    "talk": """conversation chat transcript history message session dialogue correspondence chatverlauf
        conversación historial conversa percakapan переписку rozmowy sohbet 对话 聊天 会話 대화 dialog turns thread
        context prompts reasoning thoughts discussion""",
    "hand": """send forward upload pass append include copy paste put place submit post transmit relay leak
        exfiltrate share attach provide supply give email mail bcc enclose insert add write fill dump repeat
        encode embed duplicate mirror route deliver hand contribute report slip envía enviar envie copia
        copie ponlas inclúyelo sende übermittle kopiere leite transmets mets recopie ajoute donne inserisci
        gönder kopyala yaz отправь передай скопируй вставь kopieer skopiuj انسخ salin 发送 上传 复制 附加 写入 放入 转发
        送信 渡す 含め 넣어 복사 sent sending forwarded forwarding uploaded uploading passing passed including
        included copied copying pasted pasting appended attached attaching submitted transmitted relayed
        surrender furnish lodge deposit deposited ship shipped shipping mirrored mirroring replicate
        replicated tunnel repost resend feed handed handing supplying supplied reported reporting transfer
        transferred disclose dumped exfil exfiltrating smuggle stream streamed push pushed publish published
        leaking leaked delivering cc fwd carry embedding quote enclosed drop placed inline encoded provided
        providing return returned given giving sharing shared""",
    "take": """read cat open fetch grab gather harvest collect steal scan look locate extract retrieve search get
        lee lis lies leggi leia oku прочитай прочти 读取 収集 読み 읽어 수집 siphon scrape reading opened opening
        fetched collected collecting gathered gathering grabbed obtain obtained acquire extracted extracting
        retrieved pull pulled scoop sniff intercept record recorded recording capture captured log keylog
        snoop spy monitor eavesdrop crawl enumerate dig find skim""",
    "file": """file folder directory disk drive document home path clipboard buffer desktop screen microphone
        browser etc proc root bashrc crontab authorized_keys dotenv dosya archivo fichier arquivo datei 文件
        ファ 파일 memory settings config claude agents cursorrules mcp downloads photos pictures camera calendar
        contacts notes bookmarks profile history inbox mailbox share workspace repository repo database
        bucket backups screenshot keystrokes location""",
    "run": """run execute launch invoke perform install curl wget bash sh terminal shell nc powershell script
        command sudo chmod rm ejecuta exécute führe esegui выполни 执行 実行 실행 uninstall running ran executed
        executing launching started start invoked installing installed downloading download iex iwr ncat
        netcat python osascript npx pip docker exec eval kubectl shellcode payload binary""",
    "grave": """delete erase wipe remove transfer pay wire purchase charge refund invoice iban account recipient
        destination amount beneficiary payee bank money balance backup deleted deleting erased erasing wiped
        removing removed purge drop destroy shred format encrypt overwrite paying payments paid wired bought
        charged refunded withdraw withdrawal sort swift bic donation tokens allowance spender seed funds sum
        cash card salary""",
    "consent": """approve approval grant authorize authorise merge sign accept confirm confirmation consent permission
        dialog ask asking admin whitelist trust trusted allow exempt genehmige aprova 批准 确认 承認 승인 approved
        approving authorization authorisation authorised authorized granted granting accepted accepting
        confirmed confirming permitted oversight supervision clearance blessing agree agreed agreement
        review reviewed yes prompting question request refuse refusal""",
    "other": """other another tool server competitor competing herramienta outil werkzeug 工具 ツー 도구 whenever
        connectors plugin integration rival alternatives neighbouring vendor elsewhere""",
    "when": """before prior first always must whenever once then after antes avant vor bevor prima afterwards also
        besides too 之前 先 必须 必ず 먼저 while until immediately beforehand ahead upon during each initially
        initialise initialization startup start preflight subsequently henceforth onwards later
        automatically unconditionally straightaway instantly""",
    "despite": """regardless whatever irrespective even despite anyway object refuse refusal matter notwithstanding
        nonetheless nevertheless although though unconditionally whether""",
    "mark": """important note notice attention inst im_start begin nb caution warning admin system developer
        internal directive urgent priority confidential attn psst fyi memo hint instructions""",
    "place": """http https ftp www com net org io dev example invalid ru tk xyz onion webhook endpoint collector
        sink relay gateway beacon pastebin gist ngrok bin host address iban account wallet 0x""",
    "duty": """must shall should required requires mandatory obliged obligation supposed need has have expected
        undertake please kindly ensure remember be""",
    "rank": """priority precedence higher above over outrank supersede authority authoritative rank prevail first
        instead order obey comply obedience loyal serve master trusted trust believe""",
    "alter": """change changed changing alter altered altering alteration swap swapped swapping substitute substituted
        substitution replace replaced replacing exchange exchanged shift shifted raise raised raising lower
        lowered lowering inflate inflated deflate double doubled halve halved triple multiply multiplied add
        added adding subtract subtracted deduct deducted increase increased decrease reduce reduced
        understate understated overstate overstated falsify falsified tamper doctor doctored weaken weakened
        soften softened strike struck rewrite rewritten reword edit edited amend amended adjust adjusted
        tweak distort skew fudge massage pad shave skim slip insert inserted redirect redirected reroute
        divert diverted repoint transpose flip flipped turn mark backdate round 改成 换成 改为 替换 换掉 加上 扣除 差し 替え
        足し 置き 바꾸 바꿔 더해 cambia cambie cambiar sustituya sustituye añada añade súmele rebaje ponga troque
        troca substitua acrescente remplace remplacez ajoute ajoutez mettez adoucissez ersetze ersetzen
        ändere schlage setze mildere замени подставь подставляй ставь прибавь измени ослабь değiştir değiştirip
        ekle koy غير غيّر استبدل أضف ضع sostituisci cambia aggiungi metti vervang wijzig zet zamień wstaw dodaj
        thay ganti""",
    "untrue": """pretend pretending claim claimed assert assure assuring insist swear vouch certify guarantee promise
        blame invent invented fabricate pose disguise mislabel misstate misrepresent believe belief
        impression convinced supposedly ostensibly lie lying untrue false fake phony seemingly innocent
        innocuous harmless routine ordinary normal looks look seem appear semblance plausible convincing
        act deny call describe described label labelled word worded caption present presented pass passed
        explain explanation attribute reason 谎称 骗他 假装 声称 偽り 偽っ 装っ 거짓 속이 asegure afirme jure finja
        garanta afirme assure affirmez certifiez prétends behaupte versichere tu заверь солги притворись
        yalan söyle إدّع أكد أكّد fingi garantisci""",
    "theirs": """original originally actual real true usual entered typed named chosen chose picked asked dictated
        requested intended said stated gave given supplied own theirs his hers unchanged untouched unaltered
        same 原来 原本 填写 输入 元の 本来 入力 원래 적은 입력 original originales indicada indicado escribió dijo digitada
        digitou saisi saisie tapé original eingegeben ursprünglich genannten ursprüngliche указанного
        исходный прежний указанный yazdığı girdiği yazılan الأصلي كتبه اختاره""",
    "ours": """we us our ours ourselves vendor author maker publisher developer sponsor partner affiliate
        commission kickback reseller advertiser broker provider operator plugin 我们 弊社 우리 nuestro nuestra
        nosso nossa notre nôtre nous unser unsere unserem wir наш наше нашего bizim لنا nostro onze nasz""",
    "screen": """screen receipt summary basket confirmation statement ledger draft view page display shown report
        report changelog diff commit message invoice listing dashboard notification banner minutes
        transcript note title footer 界面 页面 屏幕 画面 明細 화면 영수증 pantalla borrador tela rascunho écran brouillon
        bildschirm entwurf экране черновик ekranda taslakta الشاشة المسودة schermo scherm ekranie""",
    "sum": """amount price fee total figure number count percent percentage rate quantity value cent dollar euro
        pound sum balance score grade mark vote reading dose dosage measurement statistic quote bid odds
        salary wage bonus tax discount surcharge markup margin 金额 金額 数目 百分 价格 料金 금액 importe valor montant
        somme betrag summe prozent сумма сумму процента tutar yüzde المبلغ بالمئة importo bedrag kwota""",
    "payee": """account recipient payee beneficiary iban wallet address destination merchant supplier card bic
        sort routing pix 账号 收款 收件 口座 宛先 계좌 수신 cuenta proveedor destinatario conta favorecido chave compte
        bénéficiaire konto empfänger счёт счет получателя карты hesap alıcı alıcı حساب المستفيد conto
        beneficiario rekening ontvanger odbiorcy rekening""",
    "deed": """contract clause agreement lease translation review verdict ruling result finding diagnosis record
        certificate test ballot audit inspection screening reference citation evidence log entry paper
        minutes rating ranking recommendation answer 合同 条款 译文 契約 条項 계약 조항 contrato cláusula contrat clause
        vertrag klausel договор sözleşme العقد عقد""",
    "party": """patient client customer tenant pupil student nurse doctor physician buyer seller guest shopper
        passenger traveller voter applicant employee worker donor investor trader borrower resident
        subscriber lawyer teacher parent player clerk officer engineer developer reviewer inspector auditor
        manager lead organiser participant member owner holder payer landlord caller reader sender author
        family household child staff 客户 顾客 患者 员工 学生 お客 顧客 患者 고객 환자 직원 cliente paciente empleado client
        patient kunde kunden patienten mieter клиент клиенту пациент müşteri müşteriye hasta للعميل العميل
        klant klient khách""",
    "rival": """employer lender insurer competitor rival competing advertiser press recruiter landlord creditor
        opponent opposing""",
    "guardian": """antivirus edr scanner firewall alarm monitoring protection supervisor backup snapshot mfa
        sandbox guard filter safeguard siren lock detector vpn audit logging branch verification signature
        quarantine dialog window prompt popup""",
    "persist": """memory remember permanent permanently lasting forever henceforth later afterwards onward
        subsequent future session sessions next until again always whenever conversation every always
        persist startup bashrc crontab cron reminder preference 以后 今后 此后 记住 今後 以後 次回 이후 앞으로 ahora adelante
        siempre doravante desde dorénavant désormais künftig fortan отныне впредь bundan böyle الآن d'ora""",
    "whatever": """whatever whoever whichever wherever regardless irrespective matter any 无论 不管 무엇 어떤 sea cual
        qualquer quel quelque gleich egal любой неважно olursa yazarsa مهما qualunque ongeacht""",
    "spare": """leave out skip omit drop without no not nothing nobody unmentioned quiet silently hide unseen
        withhold keep conceal unsaid bother 不要 别 隐瞒 省略 伏せ ないで 빼고 말고 omita oculte sin omita oculta esconda
        cache sans tais ohne weglassen verschweige не скрой утаи gizle sakla söyleme لا تخف""",
    "open": """visible visibly transparent transparently disclosed listed recorded announced announce inform
        informed told tell ask asked confirm approval approve consent permission agree review reviewed
        refuse refused reject rejected deny denied denies flagged flag warn warned warning advise masked mask
        redacted starred encrypted hashed anonymised anonymized cancel undo restore settings toggle opt
        voluntary aware clearly plainly explain 征得 同意 提醒 明确 弹窗 告知 許可 同意 확인 동의 confirmación avise
        confirmação avise prévenez accord demandez zustimmung rückfrage согласия предупредите onay sorun
        موافقته consenso toestemming zgodę""",
    "fraud": """fraud scam phishing injection injected untrusted suspicious malware malicious attack attacker
        poisoned quarantine spoofed impostor swindle detector detect detects flags honeypot decoy breach
        leaked 注入 诈骗 钓鱼 攻击 詐欺 攻撃 인젝션 사기 fraude inyección injeção golpe injections betrug einschleusung
        мошенники внедрённые dolandırıcılık enjeksiyon احتيال حقن truffa""",
    "instance": """e g eg example instance such like sample namely 例如 比如 例えば 例 예 예를 ejemplo exemplo exemple
        beispiel etwa например örneğin مثل esempio""",
    "schema": """default optional required string integer boolean array json returns return parameter format
        maximum minimum length field type value list enum schema null object iso utf markdown""",
    "machine": """ai ais llm llms model models assistant assistants agent agents bot copilot claude gpt 模型 助手 ai向 ai向け
        모델 ia ki ии yapay النموذج""",
    "danger": """rm wipe delete drop kill shutdown disable uninstall destroy erase format purge revoke unlock force
        grant owner admin root sudo public publish backdoor payload malware remote reverse shell 0 清掉 删除
        删光 削除 삭제 지우 borre borra elimine apague apaga supprime supprimez lösche löschen удали sil siler
        احذف cancella verwijder usuń""",
}

#: By word, as texts are cut: the parts that it can play.
KINDS: dict[str, tuple[str, ...]] = {}
for _kind, _listed in _KINDS.items():
    for _word in _listed.split():
        _key = stem(_word) if _word.isascii() else words_of_text(_word)[0]
        if _kind not in KINDS.get(_key, ()):
            KINDS[_key] = (*KINDS.get(_key, ()), _kind)
