"""Does a call create or change local files?"""

from classifier.cues import Cues
from classifier.probe import Probe

PROBE = Probe(
    code="writes-files",
    label="Writes files",
    question="Does a call create or change local files or folders?",
    meaning="Something on the disk of the machine where the server runs is there, or is different, afterwards.",
    matters="A file in the right place is a program: a start-up script, a hook, a configuration.",
    advice="Give the server one folder to write to, outside of everything that is run or loaded.",
    name=Cues(
        "write|save|create|edit|append|modify|update|move|copy|rename|delete|insert|replace|patch|export|download|make|remove|generate|overwrite|touch|put|add|apply|format|convert|merge|split|set ~3 file|files|directory|dir|folder|pdf|csv|excel|workbook|worksheet|xlsx|docx|document|docs|notebook|pptx|presentation|spreadsheet|readme|markdown|zip|disk|local|text|lines|cell|cells|content|paragraph|image|svg",
        "mkdir|writefile|unzip|untar|scaffold|str|savefile|createfile",
        "file|files ~1 write|edit|create|save|append|delete|move|copy|update|rename|download",
        "git ~1 add|commit|checkout|init|clone|merge|reset|stash|rebase|pull|attributes|lfs|apply|branch|worktree",
        "export|save|download ~3 to",
        "init|initialize|create|setup ~1 project|app|workspace|repo|vault",
        "screenshot ~1 save|file",
        "写入文件",
        "保存",
        friends=[
            "drive|s3|gcs|blob|bucket|dropbox|onedrive|sharepoint|figma|github|gitlab|slack|box|remote|cloud|google|notion|confluence ~3 file|files|folder|document|docs|image|content|text|presentation|spreadsheet"
        ],
    ),
    text=Cues(
        "write|save|create|append|edit|modify|export|download|store|insert|output|generate|copy|move|rename ~6 file|directory|folder|disk|filesystem|workbook|docx|pptx|xlsx|locally|svg|png",
        "save|saved|write|written|download|downloaded|export|exported|output ~4 to ~3 path|disk|file|local|directory|folder",
        "output ~1 path|directory|folder|dir|file",
        "local ~1 disk|file|directory|folder|path",
        "写入",
        "保存到",
        "保存 ~3 文件",
        "生成 ~4 文件",
        "ファイル ~3 保存|作成",
        "저장",
        "guarda|guardar",
        "salva|salvar",
        "kaydet|kaydeder",
        "speichert",
        "enregistre",
        friends=["google drive", "s3 bucket", "github|gitlab ~2 repository|file", "read ~3 from"],
    ),
    parameters=Cues(
        "output|save|dest|destination|target|out|export|download|local|new ~1 path|file|dir|directory|folder|filename|filepath|name",
        "outputdir|outfile|outputpath|savepath|outputfile|outdir",
        "save csv|json|desktop|disk|locally|file",
        friends=[
            "target|dest|destination|new|local ~1 name",
            "export name",
            "target|new ~1 project|file|image",
        ],
    ),
)
