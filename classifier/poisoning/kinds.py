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
}

#: By word, as texts are cut: the parts that it can play.
KINDS: dict[str, tuple[str, ...]] = {}
for _kind, _listed in _KINDS.items():
    for _word in _listed.split():
        _key = stem(_word) if _word.isascii() else words_of_text(_word)[0]
        if _kind not in KINDS.get(_key, ()):
            KINDS[_key] = (*KINDS.get(_key, ()), _kind)
