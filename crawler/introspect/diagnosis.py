"""What a failed launch says about the help that would let it succeed."""

import itertools
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from crawler.introspect.packages.install import Installation, source_text
from crawler.mcp.stdio import LISTENING
from crawler.tools import Json

#: A package written for the first generation of the official SDK, started with the second.
_OLD_SDK = re.compile(
    r"No module named 'mcp\.server\.fastmcp|No module named 'mcp\.|cannot import name '\w+' from 'mcp[.']"
    r"|'(Server|MCPServer|FastMCP)' object has no attribute '(list|call|get|read|add|set|run|request|create)\w*'"
    r"|module 'mcp[\w.]*' has no attribute|This is mcp 2\.x"
)
#: A module or a name that a library may have had before.
_GONE = re.compile(r"(?:No module named|cannot import name '\w+' from) '([A-Za-z]\w*)(?=[.'])")
#: At the beginning of a line, also of one inside a log's JSON.
_DRIFT = re.compile(
    r"(?:^|\\n)(?:ImportError|ModuleNotFoundError|AttributeError|TypeError|pydantic\S{0,99}Error)\b"
    r"|\w\(\) got an unexpected keyword argument",
    re.MULTILINE,
)
_BROKEN = re.compile(
    r"^(ImportError|ModuleNotFoundError|SyntaxError)\b|ERR_MODULE_NOT_FOUND|Cannot find module", re.MULTILINE
)
#: A compiled part that install scripts would have made or fetched, and nobody lets them run.
_NOT_COMPILED = re.compile(
    r"Cannot find module '[^'\n]*\.node'|Could not locate the bindings file|No native build was found|\.node: cannot open"
)
_NODE_END, _NODE_ERROR = (
    re.compile(r"Node\.js v[\d.]+$|at \S.*\)?:\d+|code: '|[a-z]\w*: (?:true|false|null|undefined|\d+),?$"),
    re.compile(r"(?:\[?\w*Error\b|Uncaught ).*\S: \S|\w*Error: "),
)
#: Under which keys a log in JSON has words, or an error that has some; an error in an error in an error is none of them.
_SAYING, _DEEPEST_ERROR = ("message", "msg", "error", "err", "data", "cause"), 2
#: Only where to read on.
_POINTER = re.compile(r"(?:[\w ]{0,30}: ?)?https?://\S+$")
#: What an older Node.js says of code that was written for a newer one; a program's own faults can look the same.
_OUTGROWN = re.compile(
    r"^(?:TypeError: [\w$.]{1,200} is not a (?:function|constructor)|ReferenceError: [A-Z]\w{0,99} is not defined"
    r"|SyntaxError: (?:The requested module|Invalid regular expression flags)|\S{0,9}Error \[ERR_UNKNOWN_BUILTIN_MODULE\])",
    re.MULTILINE,
)
#: A variable that the program itself tells people to set, whatever its name.
_EXPORTED = re.compile(r"\bexport (?!PATH\b|HOME\b)([A-Z][A-Z0-9_]+)=")
#: A flag by which it starts with data of its own.
_DEMO = re.compile(r"(?<![\w-])--demo\b")
_VARIABLE = re.compile(r"\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b")
_WANTS = re.compile(
    r"environment variable|env(ironment)? var|api[ _-]?key|token|credential|password|secret|not set|must be set"
    r"|is required|are required|missing|unauthori[sz]ed|not configured|Field required"
    r"|authentication (?:failed|required|error)|not authenticated|(?:please|must|need to) log ?in\b",
    re.IGNORECASE,
)
#: How a client says that nobody answers it, which is what happens to each in a sandbox.
_NOBODY = re.compile(
    r"ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ENETUNREACH|getaddrinfo|fetch failed|socket hang up|no such host|dial tcp"
    r"|Name or service not known|Temporary failure in name resolution|connection (?:refused|error|attempts failed)"
    r"|Connect(?:ion)?Error|ConnectTimeout|Max retries exceeded|Network is unreachable"
    r"|(?:failed|could not|cannot|unable) to? ?(?:connect|resolve|reach)",
    re.IGNORECASE,
)
_LISTENS = re.compile(LISTENING)
_NO_FILE = re.compile(r"ENOENT|no such file|not found|does not exist|cannot (?:open|read)", re.IGNORECASE)
#: An address that is shown where another was refused, and what stands in it for a part that is one's own.
_ADDRESS = re.compile(
    r"\b(?:valid|invalid|must (?:be|start|match)|expected|format)\b[^\n]{0,200}?(https://[^\s()'\"`,;]{4,200})",
    re.IGNORECASE,
)
_OWN_PART = re.compile(
    r"<[^<>\n]{1,60}>|\{[^{}\n]{1,60}\}|\[[^\[\]\n]{1,60}\]|\*|(?<=//)(?:your|my|xxx)[\w-]*", re.IGNORECASE
)
#: Characters before it in which the variable is looked for.
_LINE = 300
_USAGE = re.compile(r"^[ \t]*usage[: ]|Commands:|unrecognized arguments|the following arguments are required"
                    r"|Missing (argument|option|command)|Options:|required option|unknown (option|command)", re.IGNORECASE | re.MULTILINE)  # fmt: skip
#: How parsers of arguments say which are missing.
_REQUIRED = re.compile(
    r"following arguments are required: ([^\n]{1,300})|Missing (?:option|argument) (?:'-\w' / )?'([^'\n]{1,80})'"
    r"|(?:required option|missing required argument) '(?:-\w, )?([^'\n]{1,80})'|Missing required arguments?: ([^\n]{1,300})",
    re.IGNORECASE,
)
_FLAG = re.compile(r"(?<![\w-])--?[a-z][\w-]*[ =]$", re.IGNORECASE)
_CHOICES = re.compile(r"\{([\w-]+(?:,[\w-]+)*)\}")
#: A flag by which stdio is chosen, as its name says or the choices right after it; no other flag stands between.
_CHOOSING = re.compile(
    r"(--[\w-]*(?:transport|mode|protocol|interface|type|connection)[\w-]*|--[a-z][\w-]*(?=[ =][\[{<(]?[\w,|-]{0,99}\bstdio\b))"
    r"(?:(?!--[a-z]).){0,200}?\bstdio\b",
    re.IGNORECASE | re.DOTALL,
)
#: A flag of that kind with the choices right after it.
_TRANSPORTS = re.compile(r"(--[\w-]{1,40})[ =][\[{<(]([\w,|-]{0,99}\b(?:http|sse)\b[\w,|-]{0,99})[\]}>)]")
_COMMAND_LINE = re.compile(r"^[ │|]{1,6}([a-z][a-z0-9_-]{1,30})(?:[ │|]{2,}|$)", re.MULTILINE)
_SERVING = re.compile(r"stdio|mcp|serve|server|start|run")


def wants_old_sdk(errors: str, resolved: dict[str, str]) -> bool:
    """Whether the server fell over the second generation of the official SDK, which it did not reckon with."""
    return resolved.get("mcp", "").startswith("2.") and bool(_OLD_SDK.search(errors))


def older_generation(errors: str, resolved: dict[str, str]) -> str:
    """The constraint `NAME<MAJOR` on a library that no longer has what the server imports of it; empty where none is at fault."""
    for name in (match[1] for match in _GONE.finditer(errors)):
        major = resolved.get(name, "").partition(".")[0]
        if major.isdecimal() and int(major) > 0:
            return f"{name}<{major}"
    return ""


def drifted(errors: str) -> bool:
    """Whether the server fell over its own code or that of a dependency, perhaps a newer one than it was written for."""
    return bool(_DRIFT.search(errors))


def broken(errors: str) -> bool:
    """Whether the code does not even load, so that no arguments or variables help."""
    return bool(_BROKEN.search(errors))


def wants_compiled(errors: str) -> bool:
    """Whether a compiled module of Node.js is missing, which an install script would have made or fetched."""
    return bool(_NOT_COMPILED.search(errors))


def outgrown(errors: str, installation: Installation) -> bool:
    """Whether a program of Node.js fell over what only a newer one has, as far as one can guess."""
    return installation.ecosystem == "npm" and bool(_OUTGROWN.search(errors))


def wants_configuration(errors: str) -> bool:
    """Whether the words on stderr ask for settings or credentials."""
    return bool(_WANTS.search(errors))


def wants_service(errors: str) -> bool:
    """Whether the words say that a service did not answer, or that its name is not known."""
    return bool(_NOBODY.search(errors))


def listens(errors: str) -> bool:
    """Whether the server says that it listens at a port."""
    return bool(_LISTENS.search(errors))


def named_variables(errors: str, installation: Installation) -> tuple[str, ...]:
    """Variables that stderr tells people to export, and those that it names and the package's own source knows."""
    told = dict.fromkeys(_EXPORTED.findall(errors))
    names = dict.fromkeys(_VARIABLE.findall(errors))
    known = _variables_in_source(installation.code, installation.files) if names else frozenset()
    return (*told, *(name for name in names if name in known and name not in told))


def opened(errors: str, value: str) -> bool:
    """Whether the server took a value for the name of a file, and did not find that."""
    return any(_NO_FILE.search(line) for line in errors.splitlines() if value in line)


def example_address(errors: str) -> tuple[str, tuple[str, ...]]:
    """The address that a server shows as one of the kind that it wants, and the variables that it names beside it; else empty.

    What is one's own in the address is made up.
    """
    match = _ADDRESS.search(errors)
    if match is None:
        return "", ()
    line = errors[errors.rfind("\n", 0, match.start()) + 1 : match.start(1)]
    return _OWN_PART.sub("dummy", match[1]).rstrip("."), tuple(
        dict.fromkeys(_VARIABLE.findall(line[-_LINE:]))
    )


def shows_usage(errors: str) -> bool:
    """Whether the program tells how it is to be used."""
    return bool(_USAGE.search(errors))


def serving_words(errors: str) -> tuple[tuple[str, ...], ...]:
    """Arguments that a usage text offers for serving over stdio, the likeliest first; without one, for a demonstration."""
    demo = [("--demo",)] if _DEMO.search(errors) else []
    if not shows_usage(errors):
        return tuple(demo)
    found: list[tuple[str, ...]] = [(match[1], "stdio") for match in _CHOOSING.finditer(errors)]
    if re.search(r"--transport\b", errors):
        found.append(("--transport", "stdio"))
    if re.search(r"--stdio\b", errors):
        found.append(("--stdio",))
    return tuple(dict.fromkeys([*_subcommands(errors), *found, *demo]))


def listening_words(errors: str) -> tuple[str, ...]:
    """Arguments that a usage text offers for listening at a port, as streamable HTTP does; empty where none are."""
    for match in _TRANSPORTS.finditer(errors):
        offered = re.split(r"[,|]", match[2])
        for choice in ("streamable-http", "streamable_http", "http", "sse"):
            if choice in offered:
                return (match[1], choice)
    return ()


def required_arguments(errors: str) -> tuple[str, ...]:
    """Flags, and names of words without one, that the program says are missing."""
    found = _REQUIRED.search(errors)
    said = next((part for part in found.groups() if part), "") if found else ""
    # `-d/--db-path`, `--db-path <file>`, and where yargs names a flag without its hyphens.
    parts = [part.strip().split(" ")[0].split("/")[-1] for part in said.split(",")]
    hyphens = "--" if found and found[4] else ""
    return tuple(dict.fromkeys(hyphens + part for part in parts if re.fullmatch(r"-{0,2}\w[\w-]*", part)))


def _subcommands(errors: str) -> Iterator[tuple[str, ...]]:
    # Those of a flag follow it.
    sets = [found for found in _CHOICES.finditer(errors) if not _FLAG.search(errors[: found.start()][-60:])]
    offered = [word for found in sets for word in found[1].split(",")]
    offered += _COMMAND_LINE.findall(errors)
    serving = [word for word in offered if _SERVING.search(word)]
    for word in sorted(serving, key=_likelihood):
        yield (word,)


def _likelihood(word: str) -> int:
    order = ("stdio", "mcp", "serve", "server", "start", "run")
    return next(place for place, part in enumerate(order) if part in word)


@cache
def _variables_in_source(code: Path, files: tuple[str, ...]) -> frozenset[str]:
    return frozenset(_VARIABLE.findall(source_text(code, files)))


def last_words(errors: str) -> str:
    """The last line of stderr that says something, with the first where it only says where to read on.

    Frames drawn around it and brackets are no words.
    """
    lines = [_words(line.strip()) for line in errors.splitlines() if line.strip(" ╭╮╰╯─│|+-\t{}[]")]
    if lines and _NODE_END.match(lines[-1]):
        lines = list(itertools.takewhile(_no_wrapper, lines)) or lines
    if lines and _NODE_END.match(lines[-1]):
        # After a crash Node.js tells where and its own version last, and what happened farther up.
        lines = [line for line in lines if _NODE_ERROR.search(line)] or lines
    if len(lines) > 1 and _POINTER.match(lines[-1]):
        return f"{lines[0].strip('│ ')} … {lines[-1].strip('│ ')}"
    return lines[-1].strip("│| ") if lines else ""


def _no_wrapper(line: str) -> bool:
    """Whether a line is none where Node.js falls over the end of a program that it only wraps; that has said why before."""
    return not line.startswith("node:child_process:")


def _words(line: str) -> str:
    """What a line of a log in JSON says, and why, as an error in it tells."""
    if not line.startswith('{"'):
        return line
    try:
        said: Json = json.loads(line)
    except (ValueError, RecursionError):
        return line
    return ": ".join(dict.fromkeys(_told(said, _DEEPEST_ERROR))) or line


def _told(said: Json, deepest: int) -> Iterator[str]:
    entries = said if isinstance(said, dict) else {}
    for text in (entries.get(name) for name in _SAYING):
        if isinstance(text, str) and text:
            yield text
        elif deepest:
            yield from _told(text, deepest - 1)
