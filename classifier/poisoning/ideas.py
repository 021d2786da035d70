"""Words that hostile definitions are made of, one pattern an idea, in the languages that catalogues hold.

Every pattern is plain enough for RE2: no look-around, no long counted repetition.
"""

#: Verbs by which a model is told to set something aside.
IGNORE = (
    r"\b(?:ignore|disregard|forget|override|overrule|neglect|discard|bypass|circumvent|disable|abandon|drop|set aside|lay aside|put aside|cast aside|throw (?:away|out)|suspend|unlearn|dismiss|let go of|cease (?:following|obeying)|pay no attention to|stop (?:following|obeying)"
    r"|(?:do not|don'?t|no longer(?: have to| need to| must)?) (?:follow|obey|comply with|adhere to|listen to)"
    r"|ignora|ignorar|ignorez|ignorer|ignoriere|ignorieren|vergiss|missachte|olvida|olvide|descarta|oublie|oubliez|desconsidere|esqueça|dimentica|negeer|vergeet|zignoruj|zapomnij)\b"
    r"|忽略|无视|忘记|不要遵守|不要理会|忽視|無視|忘れて|従わない|무시(?:하|해|할)|잊(?:어|고|으)|따르지|yok say|görmezden gel|unut|игнорир|забудь|не следуй|تجاهل|انس|bỏ qua|अनदेखा|नज़रअंदाज़"
)
#: What was there before, or stands above.
EARLIER = (
    r"\b(?:previous|prior|earlier|preceding|above|your|existing|original|initial|system|developer|safety|security|user'?s|operator'?s?|of the user|of other servers|of the system|you (?:were|have been) given|you (?:have|received|got)|given to you|host|all|any|every|before"
    r"|sistema|système|systems|anterior(?:es)?|previ[ao]s|deine[rn]?|tus|sus|vos|toutes?|tous|précédent\w*|vorherige\w*|bisherige\w*|alle[nr]?|todas?|todos|precedent[ei]|tutt[ei]|eerdere|poprzedni\w*|wszystki\w*)\b"
    r"|系统|システム|시스템|所有|之前|以前|此前|先前|上述|一切|すべて|全て|これまで|前の|이전|모든|önceki|tüm|предыдущ|прежн|все|السابقة|جميع|كل|trước|tất cả|पिछले|सभी"
)
#: What a model goes by.
RULES = (
    r"\b(?:instructions?|prompts?|directives?|directions|guidance|guidelines?|system message|content polic(?:y|ies)|safety (?:rules|measures|training)|moral code|rules (?:that )?(?:your|the|you) (?:operator|developer|vendor|user|owner|system|were|have|got)"
    r"|instrucciones|instruções|reglas|regras|règles|\w*regeln|regole|zasady|anweisung\w*|consignes|indicaciones|directivas|directrices|diretrizes|istruzioni|instructies|polece\w*|instrukcj\w*)\b"
    r"|规则|規則|규칙|kurallar|правил|指令|指示|提示词|提示語|命令|プロンプト|지시|명령|지침|프롬프트|talimat|инструкци|указани|التعليمات|تعليمات|hướng dẫn|निर्देश"
)
#: As RULES, in words that mean other things as well.
LAWS = r"\b(?:rules|polic(?:y|ies)|constraints|restrictions|orders|commands|training|safeguards|guardrails)\b"
#: Whose rules those of a model are.
YOURS = r"\b(?:your|previous|prior|earlier|preceding|safety|system|the above|anteriores|deine|bisherige[nr]?|vorherige[nr]?|alle bisherigen|vos|tes|sus|tus|suas|todas tus|todas las)\b|之前|以前|以上|上述|所有|你的|이전|önceki|предыдущ"

#: The person for whom the model works.
USER = (
    r"\b(?:user|users|human|customer|operator|end.?user|person you|anyone|anybody|them|usuario|usuarios|usuário|usuária|utilisateur|utilisatrice|benutzer|benutzerin|nutzer|anwender|utente|gebruiker|kullanıcı\w*|użytkownik\w*)\b"
    r"|用户|使用者|ユーザー|利用者|사용자|kullanıcı|пользовател|المستخدم|người dùng|उपयोगकर्ता"
)
#: Telling, denied.
NOT_TELL = (
    r"\b(?:do not|don'?t|never|must not|mustn'?t|should not|shouldn'?t|cannot|may not|avoid|refrain from|without|no need to|under no circumstances|not to|nor|instead of)(?: (?:ever|directly|explicitly|also|even))? "
    r"(?:tell(?:ing)?|inform(?:ing)?|mention(?:ing)?|reveal(?:ing)?|disclos(?:e|ing)|notify(?:ing)?|alert(?:ing)?|warn(?:ing)?|let(?:ting)?|explain(?:ing)?|say(?:ing)?|admit(?:ting)?|acknowledg(?:e|ing)|discuss(?:ing)?|bring(?:ing)? up|talk(?:ing)? about|speak(?:ing)? of|report(?:ing)?|confess(?:ing)?)\b"
)
#: Telling, denied, in other languages; the person told stands in the same phrase.
NOT_TELL_ABROAD = (
    r"(?:不要|别|勿|切勿|请勿|不得|不能|无需|不许|禁止|绝不)(?:让|把|告诉|告知|通知|透露|提醒|提及|说)[^。\n]{0,12}(?:用户|使用者|对方)|(?:不要|别|勿|切勿|请勿|不得|不能|无需|不许|禁止|绝不)(?:向|对|跟)[^。\n]{0,6}(?:用户|使用者|对方)[^。\n]{0,6}(?:透露|提及|提到|说|展示|显示|报告|告知|泄露|解释|公开|承认|披露)|对(?:用户|使用者)(?:保密|隐瞒)|向(?:用户|使用者)隐瞒|(?:别|勿|不要|不得)(?:告诉|告知|提及|透露|说出)|(?:瞒着|背着|避开)用户|用户(?:不知情|不会发现|不能知道|不应知道|察觉不到)"
    r"|ユーザー(?:に|へ)[^。\n]{0,24}(?:知らせ|伝え|教え|言わ|通知し|報告し|明かさ|話さ|気づかれ|見せ)(?:ない|ず|ないで|ては)|ユーザーに(?:秘密|内緒|隠し)|ユーザーに気付?づ?かれ"
    r"|사용자(?:에게|가|한테)[^.\n]{0,24}(?:알리지|말하지|밝히지|언급하지|보여주지|모르게|알지 못하게)|사용자 ?(?:몰래|모르게)|사용자가 모르"
    r"|kullanıcıya[^.\n]{0,30}(?:söyleme|bildirme|bahsetme|gösterme|haber verme)|kullanıcı(?:nın|dan)? (?:bilmemeli|haberi olmadan|fark etme|gizle)"
    r"|не (?:говори|сообщай|рассказывай|упоминай|показывай|раскрывай)(?:те)?[^.\n]{0,20}пользовател|скрой\w*[^.\n]{0,20}от пользовател|(?:без ведома|втайне от) пользовател|пользователь не должен (?:знать|узнать|заметить)"
    r"|لا تخبر[^.\n]{0,10}المستخدم|دون علم المستخدم|đừng (?:nói|cho)[^.\n]{0,20}người dùng|không (?:nói|cho|tiết lộ)[^.\n]{0,20}người dùng|उपयोगकर्ता को[^।\n]{0,20}(?:न बताएं|मत बताना|नहीं बताना)"
    r"|\bno (?:le |se lo |lo )?(?:diga|digas|informe|informes|mencione|menciones|revele|reveles|cuente|cuentes|avise|avises|muestre|muestres|comuniques)\b[^.\n]{0,40}\busuari[oa]s?\b|\bno (?:avisar|decir|informar|mencionar|mostrar|revelar|contar)(?:le|lo|selo)?\b[^.\n]{0,30}\busuari[oa]|\bnão (?:avisar|dizer|informar|mencionar|mostrar|revelar|contar)\b[^.\n]{0,30}\busuári[oa]|\bne (?:pas|rien) (?:le |lui )?(?:dire|informer|prévenir|mentionner|montrer|révéler|avertir)\b[^.\n]{0,30}utilisat|\bverschweig(?:e|en|t)\b[^.\n]{0,24}(?:benutzer|nutzer|anwender)|\bsin (?:que (?:el|la) usuari[oa]|informar|avisar|decirle|el conocimiento)[^.\n]{0,30}(?:usuari[oa]|sepa|entere|conocimiento)|\ba espaldas del usuario|\boculta\w* [^.\n]{0,30}al usuario"
    r"|\bnão (?:diga|informe|mencione|revele|conte|avise|mostre|comunique)\b[^.\n]{0,40}\busuári[oa]s?\b|\bsem (?:que o usuári[oa]|informar|avisar|o conhecimento)[^.\n]{0,20}(?:usuári[oa]|saiba)|\besconda [^.\n]{0,30}do usuári[oa]"
    r"|\bn[e'’] ?(?:en )?(?:le |lui |la |jamais )?(?:dis|dites|révèle|révélez|mentionne|mentionnez|informe|informez|montre|montrez|parle|parlez|signale|signalez|préviens|prévenez)\b[^.\n]{0,50}utilisat(?:eur|rice)|\bsans (?:informer|prévenir|avertir|en parler|que)[^.\n]{0,20}utilisat(?:eur|rice)|à l['’]insu de l['’]utilisat|\bcache[rz]? [^.\n]{0,30}à l['’]utilisat"
    r"|\b(?:sage|sag|sagen|teile|teilen|verrate|verraten|informiere|informieren|zeige|zeigen|erzähle|erzählen|erwähne|erwähnen|melde)\b[^.\n]{0,40}(?:benutzer|nutzer|anwender)[^.\n]{0,30}\b(?:nicht|nichts|niemals|nie)\b|\b(?:nicht|nichts|niemals|nie)\b[^.\n]{0,20}(?:dem|den|gegenüber dem) (?:benutzer|nutzer|anwender)[^.\n]{0,20}\b(?:sagen|mitteilen|verraten|zeigen|erwähnen)|\bohne (?:den |dem |dass der |wissen des )?(?:benutzer|nutzer|anwender)\w*[^.\n]{0,20}(?:informieren|wissen|mitzuteilen|merkt|bemerkt|weiß|erfährt)|\b(?:benutzer|nutzer|anwender) (?:darf|soll|sollte|muss)[^.\n]{0,20}(?:nicht|nichts)[^.\n]{0,20}(?:erfahren|wissen|merken|bemerken|sehen)|\bohne wissen des (?:benutzers|nutzers)"
    r"|\b(?:no|nunca) (?:menciones?|reveles?|cuentes?) (?:esta|estas|este|estos|esto)\b|\b(?:a escondidas|sin conocimiento|sin que lo sepa) (?:del? |el |la )?usuari|\bsem (?:o |a )?usuári[oa] (?:saber|perceber|notar)|\b(?:l['’]utilisat\w+|il|elle) ne (?:doit|devra|doivent) (?:pas|rien|jamais) (?:le )?(?:savoir|voir|remarquer|apprendre)|\b(?:kullanıcıya )?(?:haber|bilgi) vermeden\b|\bnon (?:dire|dica|informare|menzionare|rivelare|mostrare|avvisare|comunicare)\b[^.\n]{0,40}utente|\ball['’]insaputa dell['’]utente|\bsenza (?:informare|avvisare|dirlo)[^.\n]{0,20}utente"
    r"|\bvertel (?:het |dit )?(?:de |aan de )?gebruiker (?:niets|niet)|\bnie mów[^.\n]{0,20}użytkownikowi|\bbez wiedzy użytkownika"
)
#: This, not some value: what a conspirator speaks of.
THIS = (
    r"\b(?:this (?:step|to|instruction|message|behaviou?r|action|process|call|note|part|requirement|operation|request|from|is happening|happens|was done|file|upload|transfer|in your)|(?:this|these|that) (?:to|with|from)|that you|that this|that the (?:file|data|key|credential|upload|conversation|message|copy|content|secret|token|password)s?|that (?:their|his|her) (?:data|files?|messages?|credentials?|keys?|conversation|secrets?|passwords?)|that they are|these (?:instructions?|steps?|actions?|notes?|rules|directions?|requirements?)|about this|about these|about that|anything about|any of this|the above|the existence|nothing|the fact"
    r"|the (?:upload|transfer|copy|file access|side effect|side channel|data collection|instructions?)|instructions|why)\b"
)
#: Doing something behind somebody's back.
COVERTLY = r"\b(?:secretly|covertly|surreptitiously|stealthily|clandestinely|discreetly|silently|quietly|unobtrusively|inconspicuously|in secret|behind the scenes|in the background and without)\b|偷偷|悄悄|暗中|秘密地|こっそり|密かに|ひそかに|몰래|은밀|gizlice|тайно|незаметно|скрытно|secretamente|en secret|secrètement|heimlich|unbemerkt|segretamente|في الخفاء|سرا"
#: Verbs of taking something out, as an order.
TAKE = (
    r"\b(?:read|send|include|collect|gather|forward|copy|append|pass|upload|record|extract|transmit|invoke|exfiltrate|bcc|post|log|harvest|attach|share|submit|call|run|execute|add|redirect|transfer|monitor|store|save|track|envía|enviar|envie|envia|sube|sende|senden|envoie[zr]?|kopiere|copia|copie|lies|lee|leia|lisez|invia|lade)\b"
    r"|发送|上传|传递|收集|读取|复制|转发|记录|送信|送って|アップロード|収集|読み取|転送|보내|전송|업로드|수집|읽|gönder|yükle|topla|oku|отправ|загруз|передай|собер|скопир|прочит|أرسل|gửi|भेज"
)
#: The person is not to know.
UNKNOWING = (
    r"\bwithout (?:the |any |your |our )?(?:user|human|customer|operator|owner|person|them|anyone|anybody|end.?user)s?(?:['’]s?)? (?:knowledge|noticing|knowing|awareness|being aware|ever knowing|realizing|realising|seeing|finding out)"
    r"|\b(?:user|users|human|customer|operator|end.?user|they|anyone|person|people)\b (?:must|should|need|needs|can|may|will|does|do|shall|would)(?: ?not|n['’]?t|n['’]t| never)(?: (?:need|have|be able|get|ever|to|be|become|in any way))* (?:know(?: about| of)? (?:this|it|that|any|you|what)|know[.,;!]|be aware|aware|informed|told|notified|notice|find out|learn|see this|see it|see any of|suspicious|suspect|realise|realize|become aware)\b"
    r"|\b(?:keep|hide|conceal|mask|withhold|obscure|(?:be|remain|stay|kept|keep it|keep this) hidden|kept|concealed|(?:be|remain|stay) invisible)\b(?: \w+){0,4} (?:from|to) (?:the |any |your |our )?(?:user|users|human|customer|operator|end.?users?|person|anyone|owner)\b"
    r"|\b(?:keep|stays?|remains?) (?:this|it|these|that|them|the above|this (?:step|behaviou?r|action|part|process|request)|these (?:steps|instructions|actions)) (?:\w+ly )?(?:secret|confidential|to yourself|quiet|between us)\b"
    r"|\bso (?:that )?(?:the |no )?(?:user|human|customer|one|person|they)\b(?: \w+){0,3} (?:not|n['’]t|never|no)?(?: \w+){0,2} ?(?:suspicious|suspect|suspects|notices?|realises?|realizes?|alarmed|find out|finds out)\b"
    r"|\b(?:do|perform|execute|run) (?:this|it|so|that|all of (?:this|it)) (?:discreetly|silently|quietly|secretly|covertly|unnoticed|stealthily)|\b(?:never|do not|don'?t) (?:bring|speak|talk|mention)(?: of| about)? (?:it|this|that)(?: up)?(?: again)?(?:[.,;!]|$)|\b(?:act|behave|pretend) as (?:if|though) (?:nothing|this|you|everything|it)\b|\bsay nothing (?:about|of|to)\b|\bpretend to \w+[^.\n]{0,30} while (?:you|it|this)\b|\bdeny (?:that|having|any|it|everything|all knowledge)\b|\b(?:never|not) say so\b|\bleave (?:this|it|that|these)(?: \w+){0,3} out of (?:your|the) (?:answer|reply|response|summary)"
    r"|\b(?:nobody|no one|no-one) (?:notices|sees|knows|finds out|will (?:notice|see|know)|(?:may|must|should) (?:notice|see|know))\b|\bbehind (?:the |their |his |her )?(?:(?:user|human|customer|person|owner)'?s? )?back\b|\b(?:do not|don'?t|never|must not) let (?:the |any )?(?:user|users|human|customer|operator|anyone|them)\b[^.\n]{0,40}\b(?:know|notice|learn|find out|realise|realize|suspect)"
    r"|\b(?:do not|don'?t|never) (?:bring|mention) (?:this|it|that|any of (?:this|it)) (?:up|in (?:the )?(?:conversation|chat|your))\b|\b(?:do not|don'?t|never|without) let(?:ting)? on (?:that|about|why|what)\b|\b(?:nobody|no one|no-one|none) (?:may |must |should |shall |will |can |ever )*(?:(?:learns?|hears?) (?:about |of )?(?:this|the|it|that)|suspects?|realises?|realizes?|finds? out)\b|\b(?:user|human|person|customer|they) (?:must |should |shall |has to |is to |needs to |may )*(?:stay|remain|be kept|be left|is kept) (?:unaware|uninformed|in the dark|ignorant|oblivious)\b|\bwithout leaving (?:any |a )?(?:hints?|traces?|marks?|mention|word)\b|\bleave (?:no|not a) (?:hint|trace|mark|mention|word)\b"
    r"|\b(?:make|let) (?:it|this|the \w+) (?:look|appear|seem) like (?:an? )?(?:normal|ordinary|harmless|routine|regular|simple|innocent)\b|\b(?:if|when) (?:you are |anyone |the user |someone |they )?(?:asked|asks?)\b[^.\n]{0,50}\b(?:lie|deny|claim|pretend|say (?:that )?(?:it|you|this) (?:only|just|merely))\b|\b(?:keep|treat) (?:these|this|those|the above|my|our|such) (?:\w+ )?(?:directions?|instructions?|notes?|rules?|orders?|message|step|arrangement) (?:as )?(?:confidential|secret|private|hidden|to yourself)\b|\b(?:omit|exclude|leave out|drop|strip|remove|erase) (?:this|that|the|these) (?:\w+ )?(?:call|step|action|upload|transfer|message|instruction|read|access)s? (?:from|in) (?:the|your|any) (?:\w+ )?(?:summary|answer|reply|report|log|response|transcript|output)\b|\bno (?:reason|need) to (?:trouble|bother|worry|burden|confuse|alarm|involve) (?:the |your )?(?:user|human|customer|person)\b|\b(?:the )?(?:user|human|person|customer)s? (?:does not|doesn['’]?t|need not|needn['’]?t|should not|shouldn['’]?t) (?:need to |have to )?be (?:bothered|troubled|burdened|concerned|worried|alarmed)\b"
    r"|\b(?:conceal|hide|disguise|mask) (?:(?:the |this |your |its )(?:\w+ )?(?:write|upload|transfer|copy|exfiltration|theft)|(?:this |your )(?:call|access|operation|action|activity|read)|(?:that|what) (?:you|it|the tool|this tool) (?:did|do|does|are|were|was|is|have|has))\b|\bunder no circumstances\b[^.\n]{0,20}\b(?:the )?(?:user|human|person) (?:be |to be )?(?:told|informed|learn|know|shown|see)\b|\bnot (?:be )?(?:raise|arouse|cause|trigger) (?:any )?suspicion|\bavoid (?:any |raising |arousing )*suspicion|\bwithout (?:raising|arousing) suspicion|\bdo not report this (?:call|step|action)|\b(?:this|it|that|which) (?:need not|needn['’]?t|does not need to|doesn['’]?t need to|should not|must not|is not to) be (?:disclosed|mentioned|told|revealed|reported)\b|\b(?:model|assistant|agent|llm) (?:shall|must|should|will|has to|is to) (?:always |also )?(?:hide|conceal|omit|suppress|disguise) (?:all |any |the |every )*(?:of )?(?:its|this|these|tool calls|calls|steps|actions)\b"
)

#: Files that hold secrets.
PRIVATE = (
    r"(?:\.ssh\b|~/\.(?:config|docker|azure|kube|gnupg|password-store|mozilla|local/share/keyrings)\b|\bsecrets?\.(?:ya?ml|json|toml)\b|\bid[_ ]?(?:rsa|ed25519|ecdsa|dsa)\b|\.aws[/\\]|/etc/(?:passwd|shadow|sudoers)|\betc[ _/]passwd\b|\.netrc\b|\.npmrc\b|\.pypirc\b|git-credentials|\.gitconfig\b|\.kube[/\\]config|\bkubeconfig\b|\.gnupg|\.docker/config"
    r"|\.(?:bash|zsh|sh|python|psql)[_ ]history|\bmcp\.json\b|desktop[_ ]config|\.env\b|wallet\.dat|login\.keychain|cookies\.sqlite|\breading ssh\b|\bdot[ _]env\b|/var/run/secrets|\bserviceaccount/token|\b169\.254\.169\.254|metadata\.google\.internal|\bcontents? of [`'\"]?[\w.-]+\.(?:key|pem|kdbx|p12)\b"
    r"|\bcredentials\.json\b|\.pgpass\b|\.vault.token|\.config/(?:gh|gcloud)\b|\bcredentials\.db\b|application.default.credentials|\bssh id\b)"
)
#: Keys that open everything.
KEYS = r"\b(?:private ssh keys?|ssh private keys?|user'?s (?:private )?ssh keys?|seed phrases?|recovery phrases?|mnemonic phrases?|master passwords?)\b|私钥|秘密鍵|개인 ?키|закрыт[а-я]+ ключ"
#: Verbs that open something, as an order.
OPEN = (
    r"\b(?:read|reading|cat|open|load|fetch|get|retrieve|access|collect|grab|obtain|extract|dump|gather|locate|find|scan|look up|look for|take|copy|lee|leer|lea|abre|lis|lisez|lire|ouvre|ouvrez|leia|ler|abra|lies|lese|lesen|leggi|apri)\b"
    r"|读取|打开|获取|收集|查看|読み取|読み込|読んで|開い|取得|읽|열|가져|oku|aç|прочит|открой|получи|اقرأ|đọc|पढ़"
)
#: Verbs that bring something into an argument or out of the machine, as an order or as a duty.
HAND = (
    r"\b(?:pass|passed|include|included|send|sent|put|provide|provided|append|appended|attach|attached|encode|encoded|transmit|transmitted|forward|forwarded|submit|submitted|post|posted|upload|uploaded|insert|inserted|embed|embedded|copy|copied|paste|pasted|place|placed|fill|filled|supply|supplied|add|added|hand|give|paste|repeat|list|print|dump|recite|accompany|along|deliver|exfiltrate|leak|write|written|report|email|e-mail|base64|send along|hold|contain|contains|carry|echo|return it|set to|pasa|pase|p[aá]s[ae]l[oa]|envía|envíe|incluye|incluya|pon|transmets|transmettez|passe|passez|envoie|envoyez|mets|mettez|inclure|incluez|sende|füge|trage|passe|envie|inclua|coloque|passa|invia|includi)\b"
    r"|übergib|übergebe|传入|传递|发送|作为|放入|放到|放在|传给|发给|写入|填到|填入|附加|附上|上传|交给|渡し|渡す|送信|含め|入れ|添付|設定|전달|전송|넣|포함|보내|geç|gönder|ekle|передай|отправ|добав|вставь|укажи|أرسل|مرر|gửi|truyền|भेज"
)
#: Where a call carries something.
SLOT = (
    r"\b(?:parameters?|params?|arguments?|args?|fields?|property|input|body|header|query string|query|url|notes?|sidenote|metadata|meta|payload|context|values?|request|every call|each call|every request|each request|this tool|this function|the tool|the call|tool call|with the call|endpoint|our server|the server|webhook|init|issue body|message body|put here|goes here|in here|par[aáâ]metros?|paramètre|champ|campo|feld|argumento|parametro|base64)\b|[`'\"][a-z_]{2,30}[`'\"]|https?://"
    r"|参数|參數|字段|服务器|工具|调用|引数|パラメータ|フィールド|ツール|サーバー|매개변수|인수|필드|서버|parametre|alan|параметр|аргумент|пол[ея]|المعامل|tham số"
)
#: A duty or a moment: who is told so is the model.
MUST = (
    r"\b(?:must|always|have to|has to|need to|needs to|required|requires?|mandatory|first|before|prior to|please|you should|should|be sure to|make sure|remember to|otherwise|in order to|whenever|each time|every time|when|after|also|additionally|step|necessary|to verify|to authenticate|for compatibility|for security|security check|for debugging|ensure)\b"
    r"|请|必须|先|务必|每次|すべて|必ず|まず|先に|してください|먼저|반드시|항상|하세요|önce|mutlaka|her zaman|сначала|обязательно|всегда|\b(?:primero|antes|siempre|debe|d'abord|toujours|avant|zuerst|immer|vorher|primeiro|sempre|prima)\b|أولا|trước"
)
#: What a model holds and no ordinary argument needs.
CONTEXT = (
    r"\b(?:your system (?:prompt|message|instructions?)|(?:the |model'?s |hidden |assistant'?s )?system (?:prompt|message)|(?:developer|hidden|original|your|your initial|your own|initial) instructions|everything (?:that )?(?:was|has been|we|you|you have|they) (?:said|discussed|talked about|told|written|heard)|what(?:ever)? (?:the user|they) (?:has |have )?(?:asked|said|told|typed|wrote|requested|entered)|(?:the )?text above|(?:all )?(?:the )?tools (?:that )?you (?:have|can|know|see)|(?:its|your|whole|entire|current) environment\b|(?:full|entire|complete|whole|verbatim|raw) (?:conversation|chat|dialogue|(?:message|context|prompt) (?:history|log|transcript|window))|your (?:entire|full|whole|hidden|own) (?:context|prompt|instructions)|(?:copy|transcript|record|log|summary|text) of (?:the |this |our |your )?(?:whole |entire |full )?(?:conversation|chat|dialogue)|(?:conversation|chat) up to|the whole chat|dump of (?:the |all )?(?:context|environment|process\.env)|(?:whole|entire|full|complete|verbatim) (?:text|message|request|prompt|question) of the user"
    r"|(?:all|the) (?:of )?(?:the )?(?:previous|prior|earlier|preceding) (?:conversations?|tool (?:results?|outputs?|calls?))|(?:outputs?|results?) of (?:all |any |the |every )*(?:previous|prior|earlier|other) tools?(?: calls?)?|(?:everything|what(?:ever)?) (?:that )?the user (?:has )?(?:said|told|typed|wrote|shared|entered|types|says)"
    r"|(?:all |the |of )*(?:the )?user'?s? (?:previous |earlier |last )?messages|list of (?:all |your )(?:the |your )?(?:available |other )?tools|your (?:available )?tools|(?:your|host) (?:the |of the )?(?:environment|env) (?:variables|vars)|all environment variables of|environment variables of (?:the|this) (?:host|user|machine|system|process)|process\.env)\b"
    r"|完整的?(?:对话|聊天)|对话历史|聊天记录|系统提示|环境变量|会話履歴|会話の履歴|会話全体|システムプロンプト|環境変数|대화 기록|대화 내용|전체 대화|시스템 프롬프트|환경 ?변수|historial (?:completo )?de (?:la )?(?:conversación|chat)|toda la conversación|histórico da conversa|toda a conversa|historique (?:complet |entier |intégral )?de (?:la )?conversation|toute la conversation|gesprächsverlauf|gesamten? (?:chat|konversation|unterhaltung)|konuşma geçmişi|sistem istemi|истори[а-я]+ (?:разговора|диалога|переписки|чата)|системн[а-я]+ (?:промпт|подсказк)|cronologia della conversazione|tutta la conversazione|سجل المحادثة"
)
#: What a model holds, and what an honest chat tool may ask for as well.
TALK = r"\b(?:(?:previous|prior|earlier|preceding) (?:messages?|turns)|conversation (?:history|so far|log|transcript)|chat (?:history|log|transcript)|user'?s (?:\w+ )?(?:last|latest|previous|original|private|personal|recent) (?:\w+ )?(?:messages?|data|information|prompt|emails?|conversation)|environment variables|chain of thought|internal reasoning)\b"
#: Whatever the model or the machine holds that no ordinary call is about, and that it would not be asked for in passing.
LOOT = (
    r"\b(?:all|every|your|its|their|user'?s) (?:the |of the )?environment variables?\b|\b(?:secret|api|access|private) (?:keys?|tokens?) from (?:the|your|its) environment\b|\b(?:user'?s|their|his) (?:browsing|browser|search|location|purchase|call) history\b|\bprocess environment\b|\benvironment of the (?:process|host|machine|shell)\b|\b(?:harvest|collect|gather)\b[^.\n]{0,24}\b(?:e-?mail addresses|phone numbers|names|personal data|addresses)\b|\bprintenv\b|\bprocess\.env\b|\boutput of (?:the command )?[`'\"]?(?:env|set|printenv|whoami|ls|cat|history|id)\b|\b(?:session|browser|login|auth) cookies?\b|\bsecret access keys?\b|\b(?:every|all|any|all the|the user'?s|user'?s|their|his|saved|stored|found|private) (?:saved |stored |private |known |other |secret )*(?:passwords?|credentials?|secrets|api (?:keys?|tokens?)|tokens|keys|cookies|private (?:files|data|messages))\b|\bapi tokens? (?:from|in|of) (?:the )?(?:open|user'?s|project|workspace|environment|local)"
    r"|\b(?:credit|debit|bank|payment) cards?(?: numbers?| details?| data)?\b|\bhome address\b|\b(?:last|previous|recent|all|every|other|whole|earlier)(?: \w+)? messages (?:that |which )?(?:the user|you|he|they|of the user|in this)\b|\b(?:whole|entire|complete) (?:inbox|mailbox|conversation|chat|environment)\b|\b(?:tools|functions) (?:that are )?(?:available to you|you (?:have|know|can call|can use))\b"
)
#: Variables of the environment that hold secrets.
VARIABLES_OF_WORTH = r"\b(?:openai|anthropic|aws|github|gh|stripe|slack|hf|npm|db|database|google|azure|gitlab|telegram|discord)[_ ](?:api[_ ]key|token|secret(?:[_ ]access)?(?:[_ ]key)?|password|pat)\b"
#: Nobody is to be asked.
UNASKED = (
    r"\b(?:do not|don'?t|never|no need to|need not|without|not)(?: \w+)? (?:ask|asking|wait|waiting|seek|seeking|request|requesting|obtain|obtaining|prompt|prompting|check|checking|require|requiring)\b[^.\n]{0,24}\b(?:confirm\w*|consent|approval|permission|users?|human)\b"
    r"|\b(?:user|human|he|she|they) need(?:s)? (?:not|n['’]t|never) (?:to )?be (?:asked|consulted|bothered|involved)\b|\b(?:and|but) (?:do not|don'?t|never) ask\b|\bno (?:(?:user|prior|further|explicit) )*(?:consent|confirmation|approval|permission)(?: \w+){0,3} (?:necessary|needed|required)\b|\bwithout (?:(?:user|prior|further|explicit|any|the|his|their|user'?s) )*(?:consent|confirmation|approval|permission)\b|\bskip(?:ping)? (?:the |any |all )?(?:confirmation|approval|consent|permission)"
)
#: Everything that lies on the user's machine, as opposed to what a call is about.
BELONGINGS = r"\b(?:contents? of|everything in|all (?:the )?files (?:in|of|from)|every file (?:in|of)|copy of|archive of|zip of|listing of|tree of|(?:all|every)(?: the| of the)? (?:\w+ )?(?:pictures?|photos?|documents?|files?|messages?|e-?mails?) (?:in|of|from)) (?:the |your |this |their |his |user'?s )*(?:whole |entire |current |open |local |complete )*(?:workspace|repository|repo|home(?: directory| folder)?|project|working directory|code ?base|desktop|documents|downloads|clipboard|mailbox|inbox|contacts?|address book|browser profile|disk|drive|keychain|memory|vault|library|account|device|phone|computer|machine)\b|\bthe (?:user'?s )?(?:mailbox|inbox|contact list|address book|browser history|clipboard|home directory|keychain)\b"
#: What lets one in.
CREDENTIALS = (
    r"\b(?:passwords?|passwd|secrets?|credentials?|api[ _-]?keys?|(?:access|auth|session|bearer|github|oauth|api)[ _-]?tokens?|user'?s tokens?|tokens|private keys?|cookies|[a-z]+_(?:api_key|secret|password|token)|credit card(?: numbers?)?|card numbers?|seed phrases?|2fa codes?|one-time codes?|ssn|social security numbers?|contraseñas?|senhas?|passwörter|passwort|mots? de passe|personal data|private data|bank account|account number)\b"
    r"|密码|口令|密钥|令牌|凭证|凭据|パスワード|認証情報|秘密鍵|비밀번호|암호|자격 증명|şifre\w*|парол|учётн[а-я]+ данн|كلمة المرور|mật khẩu|पासवर्ड"
)
#: A place outside that is spelled out.
DESTINATION = r"\baccount (?:no\.? |number )?\d[\d-]{2,}|\bchannel #\w+|https?://[^\s\"'<>)]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\+\d[\d ()-]{6,}|\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b|\b0x[0-9a-f]{16}|\b[A-Z]{2}\d{2} ?\d{4} ?\d{4} ?\d{4}|\battacker\b|\bour (?:server|endpoint|backend|bucket|host|cloud|storage|webhook|site|collector|database|api)\b|(?:^|[^/\w.@-])(?:[a-z0-9-]+\.)+(?:com|net|org|io|example|invalid|xyz|ru|cn|top|site|dev|app|test)\b|\bto us\b|\bbc1[a-z0-9]{20}|服务器|サーバー|서버"
