"""Does a call run operating-system commands?"""

from classifier.cues import Cues
from classifier.probe import Probe

PROBE = Probe(
    code="runs-shell",
    label="Runs shell commands",
    question="Does a call run operating-system commands?",
    meaning="An argument reaches a shell, a terminal or a process of the machine.",
    matters="A shell is every other tool at once: it reads secrets, deletes files and opens connections.",
    advice="Hide it, or allow a short list of commands by pattern and confine the server.",
    name=Cues(
        "shell|bash|terminal|cmd|powershell|ssh|subprocess|zsh|tmux|pty",
        "run|execute|exec|send|start ~3 command|cmd|cli|process|shell|terminal|kubectl|docker|adb",
        "command run|execute|exec|execution",
        "pod|container|docker|kubectl|kubernetes|k8s|remote|ssh ~1 exec|execute",
        "exec",
        "kubectl|awscli",
        "call aws",
        "执行命令",
        "system command",
        friends=[
            "list|get|search|show|help|explain|describe|read|suggest|history ~3 command|shell|terminal|ssh|cmd",
            "ssh key|keys",
            "run|execute query|sql",
            "nmap scan",
        ],
    ),
    text=Cues(
        "shell command|script|session",
        "execute|run|issue ~5 command|cmd ~5 shell|terminal|system|remote|machine|server|container|pod|device|host|cli|ssh|directory|vm|instance",
        "run|execute ~2 shell|bash|terminal|powershell|cli|system|adb|ssh|kubectl|console|os|zsh|linux|windows command|cmd|script",
        "execute|run a|any|arbitrary|the ~1 command",
        "command ~3 in ~2 terminal|shell|container|pod|sandbox|vm",
        "via|over|through ssh",
        "执行 ~4 命令",
        "命令",
        "コマンド ~4 実行",
        "명령",
        "ejecuta ~4 comando",
        "executa ~4 comando",
        "komut ~3 çalıştır",
        friends=["redis|git|slash|voice|robot|mcp|bot|sql command", "command palette"],
    ),
    parameters=Cues("command|cmd|shell|commands|argv", friends=["command ~1 id|name|type"]),
)
