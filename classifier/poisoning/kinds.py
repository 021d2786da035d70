"""Words by the part that they play where somebody talks a model into something, in the languages that catalogues hold."""

from classifier.words import stem, words_of_text

_KINDS: dict[str, str] = {
    "person": """user human customer person people operator owner anyone anybody nobody somebody someone client_user
        employee end_user usuario usuaria usuário utilizador utilisateur utilisatrice benutzer nutzer anwender utente
        gebruiker kullanıcı kullanıcıya kullanıcının użytkownik użytkownikowi użytkownika пользователь пользователю
        пользователя pengguna 用户 客户 ユーザ 사용자 المستخدم""",
    "they": "they them their his her he she him client",
    "model": """assistant model llm ai agent chatbot claude gpt asistente assistente assistent modelo agente 助手 模型
        アシ""",
    "you": "you your yourself du dein tu tus tes vos 你的 请你",
    "not": """not never don dont doesn mustn shouldn won no without nor none avoid refrain forbid forbidden neither
        cannot nothing unless sin sem sans ohne nicht nie niemals nicht non senza nunca jamais ne не без никогда bez
        geen niet 不要 不得 切勿 请勿 无需 不必 لا دون tanpa không ない ず 않 말고""",
    "tell": """tell inform mention reveal disclose notify alert warn explain say announce report surface discuss hint
        admit acknowledge told informed mentioned disclosed notified warned announced informing telling mentioning
        diga digas decir decirle menciones mencione informe informar dire dis parle prévenir avertir sagen sage
        erwähne erwähnen informieren mitteilen dica dirglielo говори сообщай упоминай mów söyleme söylemeden 告诉 告知
        提及 透露 知ら 言わ 伝え 알리 말하 avisar avise""",
    "know": """know aware notice see learn find suspect hear realise realize unaware unannounced bother entere sepa
        saiba wissen merkt sache sapere узнать знать 察觉 知道 気づ 모르""",
    "show": "show display render list output print present answer reply response summary summarise summarize",
    "covert": """secretly covertly silently quietly discreetly stealthily surreptitiously furtively privately covert
        stealth secrecy undisclosed unseen unnoticed unmentioned undetected invisible invisibly heimlich cachette
        nascosto escondidas segredo secrètement gizlice stiekem potajemnie тайно втайне незаметно 偷偷 悄悄 秘密 内緒 密か
        몰래 سرا background dark mum behind""",
    "hide": """hide hidden conceal keep kept secret confidential private omit leave disguise mask verschweige cache
        cacher caché oculta ocultar esconde scondi скрой скрывай gizle 隐瞒 保密 隠し 伏せ 숨기""",
    "deceive": """pretend lie deny fabricate fabricated false fake made_up misreport claim niega nega mente lüge 否认 谎称
        instead stead""",
    "set_aside": """ignore disregard forget override overrule discard abandon suspend suspended lift lifted void
        supersede superseded bypass circumvent skip disable drop dismiss neglect outdated replace rewrite ignora oublie
        olvida desconsidere vergiss ignoriere ignorieren missachte negeer zignoruj игнорируй забудь unut yoksay 忽略 无视
        忘记 無視 忘れ 무시 تجاهل""",
    "rules": """instruction prompt guideline rule directive policy guardrail restriction constraint guidance safety
        safeguard ethic protocol order direction limit limitation instruccion instrucciones instruções consigne
        anweisungen anweisung regel istruzioni reglas regras règle инструкции инструкция правила указания talimat
        talimatları kurallar 指令 指示 规则 提示 限制 규칙 지시 지침 التعليمات تعليمات ルール""",
    "earlier": """previous prior earlier preceding above initial original existing system developer everything
        anterior anteriores précédente précédent bisherigen vorherigen precedenti предыдущие önceki 之前 以前 此前 系统
        이전 以前 السابقة sistema système systems""",
    "all": "all every each any entire whole full complete verbatim todas todos toutes alle tutte все tüm 所有 全部 すべ 全て 모든 جميع",
    "secret": """credential password token key secret ssh id_rsa id_ed25519 rsa ed25519 pem env environ printenv
        cookie keychain wallet seed mnemonic api_key apikey aws kubeconfig netrc npmrc passwd shadow 2fa otp bearer
        login pgpass gnupg credentials aws_secret_access_key openai_api_key github_token contraseña senha clave chave
        passwort passwörter kennwörter schlüssel chiavi clé parola şifre пароли пароль ключ wachtwoorden hasła 密钥
        密码 私钥 パス 비밀 비번 كلمات""",
    "talk": """conversation chat transcript history message session dialogue correspondence chatverlauf conversación
        historial conversa percakapan переписку rozmowy sohbet 对话 聊天 会話 대화""",
    "hand": """send forward upload pass append include copy paste put place submit post transmit relay leak
        exfiltrate share attach provide supply give email mail bcc enclose insert add write fill dump repeat encode
        embed duplicate mirror route deliver hand contribute report slip envía enviar envie copia copie ponlas
        inclúyelo sende übermittle kopiere leite transmets mets recopie ajoute donne inserisci gönder kopyala yaz
        отправь передай скопируй вставь kopieer skopiuj انسخ salin 发送 上传 复制 附加 写入 放入 转发 送信 渡す 含め 넣어 복사""",
    "take": """read cat open fetch grab gather harvest collect steal scan look locate extract retrieve search get
        lee lis lies leggi leia oku прочитай прочти 读取 収集 読み 읽어 수집 siphon scrape""",
    "file": """file folder directory disk drive document home path clipboard buffer desktop screen microphone browser
        etc proc root bashrc crontab authorized_keys dotenv dosya archivo fichier arquivo datei 文件 ファ 파일 memory
        settings config claude agents cursorrules mcp""",
    "run": """run execute launch invoke perform install curl wget bash sh terminal shell nc powershell script command
        sudo chmod rm ejecuta exécute führe esegui выполни 执行 実行 실행 uninstall""",
    "grave": """delete erase wipe remove transfer pay wire purchase charge refund invoice iban account recipient
        destination amount beneficiary payee bank money balance backup""",
    "consent": """approve approval grant authorize authorise merge sign accept confirm confirmation consent
        permission permissions dialog ask asking admin approve whitelist trust trusted allow exempt genehmige aprova
        批准 确认 承認 승인""",
    "other": "other another tool tools server servers competitor competing herramienta outil werkzeug 工具 ツー 도구 whenever",
    "when": """before prior first always must whenever once then after antes avant vor bevor prima afterwards also
        besides too 之前 先 必须 必ず 먼저 while until immediately""",
    "despite": "regardless whatever irrespective even despite anyway object refuse refusal matter",
    "mark": "important note notice attention inst im_start begin nb",
}

#: By word, as texts are cut: the parts that it can play.
KINDS: dict[str, tuple[str, ...]] = {}
for _kind, _listed in _KINDS.items():
    for _word in _listed.split():
        _key = stem(_word) if _word.isascii() else words_of_text(_word)[0]
        if _kind not in KINDS.get(_key, ()):
            KINDS[_key] = (*KINDS.get(_key, ()), _kind)
