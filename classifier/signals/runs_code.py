"""Does a call run program code that the caller writes?"""

from classifier.cues import Cues
from classifier.probe import Probe

PROBE = Probe(
    code="runs-code",
    label="Runs code",
    question="Does a call run program code or scripts that the caller supplies, JavaScript in a page included?",
    meaning="An argument is a program, and the server runs it.",
    matters="Code can do whatever the server's account can do; a text that the agent read may have dictated it.",
    advice="Run the server in a container without network and secrets, and hold the tool for approval.",
    name=Cues(
        "run|execute|exec|eval|evaluate|interpret ~3 code|script|python|javascript|js|typescript|node|ruby|snippet|cell|notebook|function|program|lua|php|java|r|kernel|ipython|expression|gdscript|applescript|playwright|wolfram|matlab|solidity",
        "code execution|interpreter|runner|exec|run|eval|sandbox",
        "python|js|javascript|script|node exec|execute|run|repl|eval|runner|interpreter|evaluate",
        "evaluate|eval|repl|applescript|userscript|jupyter",
        "inject ~1 script|js|javascript|code",
        "执行代码",
        "运行代码",
        friends=[
            "evaluate ~3 model|quality|policy|performance|answer|response|prompt|trace|risk|flag",
            "execute ~1 function call",
            "explain|analyze|review|search|get|list|generate|format|read ~2 code|script",
        ],
    ),
    text=Cues(
        "execute|run|evaluate|interpret|inject ~5 python|javascript|js|typescript|ruby|lua|applescript|r|node|php|java|matlab|code|script|snippet|gdscript|expression",
        "arbitrary ~2 code|script|python|javascript",
        "code interpreter|execution",
        "execution of ~3 code|script|python",
        "runs the code|script",
        "执行 ~4 代码",
        "运行 ~4 代码",
        "コード ~4 実行",
        "代码",
        "脚本",
        "ejecuta ~3 código",
        "executa ~3 código",
        friends=[
            "code review|search|base|example|block",
            "generate|search|find|get|list|analyze|explain|review|format|lint ~4 code|script",
            "country|zip|postal|status|error|currency|http|qr code",
        ],
    ),
    parameters=Cues(
        "code|script|snippet|javascript|python|js|program|expression",
        friends=[
            "country|zip|postal|status|error|currency|language|area|product|airport|auth|source|verification|discount|promo|stock|color|iata|state code",
            "code ~1 id|type|language",
            "data|resource source",
            "source id|url|type|lang|language|branch|path|name|file|currency|node",
        ],
    ),
)
