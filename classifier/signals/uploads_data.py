"""Does a call send local data to a third party?"""

from classifier.cues import Cues
from classifier.probe import Probe

PROBE = Probe(
    code="uploads-data",
    label="Uploads data",
    question="Does a call send local or caller-held data, such as files, code or documents, to a third-party service?",
    meaning="A file or document leaves the machine for a service of somebody else.",
    matters="Once there it is under other rules, and a path chosen by a hostile text may be a secret.",
    advice="Allow paths from one folder only; check what the service keeps and who can see it.",
    name=Cues(
        "upload|uploadfile|ingest|transcribe|push",
        "attach ~2 file|document|image|photo",
        "send ~2 file|document|image|photo|audio|video|media|attachment|voice",
        "add ~1 attachment|document|file|image|documents|files",
        "deploy ~2 folder|local|zip|directory|files",
        "put ~1 object|blob|file",
        "analyze|parse|process|extract|convert|scan|summarize|edit ~2 file|document|pdf|image|audio|video|invoice|receipt|text|code|resume",
        "file|image|media|document|video|audio ~1 upload|attach",
        "speech to text",
        "pdf|image|document ~1 to ~1 text|markdown",
        "上传",
        friends=[
            "get|list|delete|check|search|cancel|abort|status ~3 upload|uploads|attachment|import|backup|sync",
            "get|list ~3 url",
            "push ~1 notification|message|branch|stack",
        ],
    ),
    text=Cues(
        "upload|uploaded",
        "attach ~3 file|document|image",
        "send ~4 file|document|image|code|audio ~4 to",
        "import ~4 file|document|csv",
        "transcribe ~4 file|audio|video",
        "local file ~5 to ~2 api|cloud|service|server|storage|s3|drive",
        "ingest ~4 document|file|data|content",
        "base64 ~2 encoded|content|image|data|file|string",
        "add ~3 document|file ~3 to ~3 knowledge|index|collection|store|vector|library",
        "上传",
        "アップロード",
        "업로드",
        "sube|subir|carga|cargar",
        "yükle",
        "hochlad|lädt",
        "téléverse",
        friends=[
            "get|list|delete|check ~5 upload|uploaded",
            "status|progress|list|history|id ~3 upload",
            "uploaded|upload ~3 previously|already|by",
            "use ~4 upload",
        ],
    ),
    parameters=Cues(
        "attachments|attachment|base64|blob",
        "file|image|audio|document|video|pdf ~1 base64|content|data|path|bytes",
        "local ~1 path|file",
    ),
)
