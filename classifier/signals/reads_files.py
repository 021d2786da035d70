"""Does a call read local files that the caller chooses?"""

from classifier.cues import Cues
from classifier.probe import Probe

PROBE = Probe(
    code="reads-files",
    label="Reads files",
    question="Does a call read local files or folders chosen by the caller?",
    meaning="An argument is a path on the machine where the server runs, and its content is read.",
    matters="A path can point at keys, tokens and private documents as easily as at the file that was meant.",
    advice="Run the server in a container that sees one folder only, or require a path pattern in the policy.",
    name=Cues(
        "read|open|load|view|parse|cat|tail|head|grep|list|search|find|get|import|analyze|convert|upload|extract|index|scan|ingest|process|attach|send|play|transcribe|summarize|show|compare|diff|inspect|validate|stat ~3 file|files|directory|dir|folder|path|pdf|csv|excel|workbook|xlsx|docx|docm|image|audio|video|spreadsheet|codebase|filesystem|ipynb|notebook|zip|log|logs|pptx|local",
        "directory tree|structure|list|listing",
        "file|files ~1 read|search|info|content|contents|list|view|upload|exists|stat|tree",
        "ls|cat|grep|glob|readfile|listdir|ripgrep|codebase",
        "pdf|csv|excel|docx|image to",
        "read ~1 text",
        "git ~1 status|diff|log|show|blame",
        "读取文件",
        "读取",
        friends=[
            "drive|s3|gcs|blob|bucket|dropbox|onedrive|sharepoint|figma|github|gitlab|slack|box|remote|cloud ~3 file|files|folder|document"
        ],
    ),
    text=Cues(
        "read|open|load|analyze|parse|search|list|scan|process|extract|convert|import|upload|index|return|get ~6 file|directory|folder|filesystem|path|codebase",
        "local file|files|folder|directory|path|filesystem|project|repository|disk",
        "file path|paths|system",
        "absolute|relative path",
        "from ~2 local|disk|file",
        "directory|folder path",
        "contents of ~2 file|directory",
        "working directory",
        "读取 ~3 文件",
        "文件路",
        "本地文",
        "ファイル",
        "파일",
        "archivo|archivos|fichero",
        "arquivo|arquivos",
        "dosya|dosyayı",
        "datei",
        "fichier",
        friends=[
            "google drive",
            "file|folder|document ~4 drive|dropbox|onedrive|sharepoint|bucket",
            "s3 bucket",
            "github|gitlab|remote|bitbucket ~2 repository|file",
            "write ~3 to",
        ],
    ),
    parameters=Cues(
        "filepath|filename|filepaths|directory|dir|rootdir",
        "file|files|input|image|audio|video|pdf|document|source|src|project|repo|repository|local|workspace|root|base|directory|folder|dir|working|absolute|csv|media|notebook|data|dataset|attachment|workbook|presentation ~1 path|paths|file|dir|directory|folder|filename",
        "path|paths|file|files|attachments|attachment",
        friends=[
            "output|save|dest|destination|target|out|url|api|web|remote|json|export|download ~1 path|file|dir|directory|folder|filename",
            "file ~1 id|ids|key|type|name|url|format|size",
            "path ~1 param|params|parameter|parameters",
            "folder ~1 id|ids|key|uid|name",
        ],
    ),
)
