"""Harmless values for what a server wants configured before it will list its tools."""

import re

#: An address at which nobody answers.
NOWHERE = "http://127.0.0.1:9"

_PLACEHOLDER = re.compile(
    r"your|xxx|\.\.\.|…|<.*>|\{.*\}|\[.*\]|changeme|change-me|replace|example|placeholder|insert|/path/|/users/|/home/|^$"
    r"|^[a-z]{2,6}[-_]\*+|\*\*\*|some[-_]|^(api[-_]?)?(key|token|secret|password)$",
    re.IGNORECASE,
)
_SECRET = re.compile(r"KEY|TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|AUTH|COOKIE|SESSION|PAT$", re.IGNORECASE)
#: Which of several ways is meant, whatever it is a way of.
_CHOICE = re.compile(r"(^|_)(TYPE|METHOD|MODE|SCHEME|FLOW|STRATEGY|PROVIDER|BACKEND)$", re.IGNORECASE)

_FOLDER = "/tmp"  # noqa: S108 - in the sandbox
#: What a variable of such a name is given; the first that matches.
_KINDS = (
    (re.compile(r"(DATABASE|DB|POSTGRES\w*|MYSQL|SQL\w*)_?(URL|URI)$|(^|_)DSN$|CONNECTION_?(STRING|URL|URI)", re.IGNORECASE), "sqlite:////tmp/x.db"),
    (re.compile(r"(DATABASE|DB|SQLITE|DUCKDB)_?(PATH|FILE)$", re.IGNORECASE), "/tmp/x.db"),  # noqa: S108 - in the sandbox
    (re.compile(r"(URL|URI|ENDPOINT|BASE|INSTANCE)S?$", re.IGNORECASE), NOWHERE),
    (re.compile(r"(^|_)(HOST|HOSTNAME|SERVER|ADDRESS)$", re.IGNORECASE), "127.0.0.1"),
    (re.compile(r"(^|_)PORT$", re.IGNORECASE), "9"),
    (re.compile(r"REGION$", re.IGNORECASE), "us-east-1"),
    (re.compile(r"EMAIL$", re.IGNORECASE), "a@example.com"),
    (re.compile(r"(DIR|DIRECTORY|FOLDER|PATH|ROOT|WORKSPACE)S?$", re.IGNORECASE), _FOLDER),
    (re.compile(r"(^|_)(ENABLED?|DISABLED?|VERBOSE|DEBUG|SSL|TLS|VERIFY)(_|$)", re.IGNORECASE), "false"),
)  # fmt: skip
#: What is in a home that nobody has, and the kind of file that a path names.
_ELSEWHERE = re.compile(r"^(?:~|\$\{?HOME\}?|%\w+%|[A-Za-z]:)[/\\]")
_FILE = re.compile(r"[\w>}\]-](\.[A-Za-z][A-Za-z0-9]{0,9})$")
_NUMBERS = re.compile(r"(^|_)(ID|TIMEOUT|LIMIT|MAX|MIN|COUNT|SIZE|SECONDS|TTL|RETRIES)(_|$)", re.IGNORECASE)
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://")

SECRET = "dummydummydummydummydummydum"  # noqa: S105 - 28 letters, and nobody's


#: Stands for a file of credentials that are nobody's, for what wants the path of one; written when the server starts.
CREDENTIALS = "~/credentials.json"


def dummy(name: str, sample: str = "") -> str:
    """A harmless value of the right type for a variable, guided by the sample that a README gives for it.

    A sample that is plainly a setting is kept; a secret or a placeholder never is.
    """
    if _CHOICE.search(name) or not _SECRET.search(name):
        if _ELSEWHERE.match(sample):
            return _place(sample)
        if sample and not _PLACEHOLDER.search(sample) and len(sample) < 200 and not _SCHEME.match(sample):
            return sample
        if _SCHEME.match(sample) and not sample.startswith("sqlite"):
            return NOWHERE if sample.startswith("http") else _nowhere(sample)
        for kind, value in _KINDS:
            if kind.search(name):
                return _place(sample) if value == _FOLDER else value
        if _NUMBERS.search(name):
            return "1"
    return SECRET


def _nowhere(sample: str) -> str:
    """An address of the sample's shape that leads to nobody: some clients refuse a person, or a path that is no number."""
    scheme, _, rest = sample.partition("://")
    authority, slash, path = rest.partition("/")
    person = "a:a@" if "@" in authority else ""
    return f"{scheme}://{person}127.0.0.1:9{slash}{path if path.isdecimal() or not path else 'x'}"


def dummy_argument(argument: str) -> str:
    """The argument, or something harmless where it is a placeholder."""
    flag, equals, value = argument.partition("=")
    if not _PLACEHOLDER.search(argument) and not _ELSEWHERE.match(value or argument):
        return argument
    if equals and flag.startswith("-"):
        return f"{flag}={dummy(flag.strip('-').replace('-', '_'), value)}"
    if _SCHEME.match(argument):
        return dummy("URL", argument)
    if "/" in argument or "\\" in argument or re.search(r"dir|path|folder", argument, re.IGNORECASE):
        return _place(argument)
    return SECRET


def _place(sample: str) -> str:
    """A file of that kind, which can be made there, or a folder."""
    named = _FILE.search(sample)
    return f"{_FOLDER}/x{named[1].lower()}" if named and "/" in sample.replace("\\", "/") else _FOLDER
