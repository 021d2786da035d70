"""Which flags and variables bring more tools, as a program's help and its README show them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crawler.introspect.configuration import Configuration
from crawler.introspect.dummies import dummy

_WIDE = re.compile(
    r"caps$|capabilit|tool-?sets?|tools?$|categor|(^|-)(all|full)(-|$)|enable|unsafe|dangerous|destructive|experimental"
    r"|modules?$|groups?$|features?$|(^|-)(allow|with|enable)-?(write|delete|admin|all|exec|edit|destructive|unsafe)|read-?write$",
    re.IGNORECASE,
)
_NARROW = re.compile(
    r"read-?only|disable|(^|-)no-|deny|exclude|hosts?|origins?|cors|auth|log|debug|telemetry|trac|metric|cache|proxy|http|sse"
    r"|path|file|folder|dir(ectory)?$|url|key|fps|port|color|help|version|ssl|tls|list-|name|description|prefix|timeout|format|max",
    re.IGNORECASE,
)
_FLAG = re.compile(
    r"(?<![\w-])(--[a-zA-Z][a-zA-Z0-9-]+)(?:[ =](<[^>\n]{1,200}>|\[[^\]\n]{1,200}\]|\{[^}\n]{1,400}\}|[A-Z][A-Z_,]+\b))?"
)
_VARIABLE = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")
_WORD = r"[\"'`]?[a-z][\w-]*[\"'`]?"
_CHOICES = re.compile(
    r"(?:possible values|choices|options|one of|valid|available|supported|e\.g\.|values)[^:=.\n]{0,30}?[:=]?\s*[\[{(]?"
    rf"(?<![\w-])({_WORD}(?:(?:\s*,\s*(?:and |or )?|\|){_WORD})+)",
    re.IGNORECASE,
)
_NEEDED = re.compile(r"\btools?\b[^.\n]{0,80}\b(?:require|need)s?\b[^.\n]{0,200}", re.IGNORECASE)
_WINDOW = 400
_MOST = 24
_FEW = 4
_MOST_ACCOUNTS = 2
#: Where and who one is, but not where the server itself is to listen, nor what stands for a value or is for tests.
_ACCOUNT = re.compile(
    r"^(?!FASTMCP_|MCP_|HTTP_|SERVER_|REDIS_|OTEL_|YOUR_|MY_|\w*TEST_)\w*(?:URL|URI|HOST|ENDPOINT|DOMAIN|TOKEN|KEY|SECRET|PASSWORD|USER|USERNAME|EMAIL|ACCOUNT(?:_ID)?|CLIENT_ID)$"
)
_MOST_OF_ACCOUNT = 6


@dataclass(frozen=True, kw_only=True)
class Widening:
    """Something to add to a launch."""

    arguments: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()


def widenings(help_text: str, readme: str) -> tuple[Widening, ...]:
    """Each flag and variable that looks as if it opened a door; whether it does, a launch must show."""
    flags = dict.fromkeys(_flags(help_text)) or dict.fromkeys(_flags(readme))
    found = [Widening(arguments=arguments) for arguments in flags]
    found += [Widening(environment=(variable,)) for variable in dict.fromkeys(_variables(readme))]
    return tuple(found[:_MOST])


def opens_doors(source: str) -> bool:
    """Whether the source shows such a flag, or makes its flags of names, so that asking for help is worth a launch."""
    return "typer" in source or any(True for _ in _flags(source))


def combinations(parts: tuple[Widening, ...]) -> tuple[Widening, ...]:
    """What to try: the flags together, the variables together, both; and each part alone, as one may spoil the rest."""
    flags = _together([part for part in parts if part.arguments])
    variables = _together([part for part in parts if part.environment])
    tried = (flags, variables, _together([flags, variables]), *(parts if len(parts) < _FEW else ()))
    return tuple(part for part in dict.fromkeys(tried) if part != Widening())


def credentials(readme: str, shown: Sequence[Configuration]) -> tuple[Widening, ...]:
    """The variables that a README says tools need, or shows: some servers list more to who has an account."""
    said = [name for match in _NEEDED.finditer(readme) for name in _VARIABLE.findall(match[0])]
    named = tuple((name, dummy(name)) for name in dict.fromkeys(said[:_MOST]))
    found = dict.fromkeys([named, *(configuration.environment for configuration in shown)])
    return tuple(Widening(environment=environment) for environment in found if environment)[:_MOST_ACCOUNTS]


def accounts(readme: str) -> tuple[tuple[str, str], ...]:
    """Variables that by their names tell of an account, with harmless values, wherever a README shows them."""
    names = dict.fromkeys(name for name in _VARIABLE.findall(readme) if _ACCOUNT.search(name))
    return tuple((name, dummy(name)) for name in [*names][:_MOST_OF_ACCOUNT])


def _together(parts: Sequence[Widening]) -> Widening:
    return Widening(
        arguments=tuple(word for part in parts for word in part.arguments),
        environment=tuple(pair for part in parts for pair in part.environment),
    )


def _flags(text: str) -> Iterator[tuple[str, ...]]:
    seen = set()
    for match in _FLAG.finditer(text):
        flag, value = match[1], match[2]
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", flag[2:]).lower()
        if flag in seen or not _WIDE.search(name) or _NARROW.search(name):
            continue
        seen.add(flag)
        described = text[match.end() : match.end() + _WINDOW].split("\n  --")[0]
        if value is None:
            yield (flag,)
        else:
            yield (f"{flag}={_everything(value, described)}",)


def _everything(value: str, described: str) -> str:
    """All the choices that are named, joined by commas; `all` where that is one of them or none are named."""
    inner = value.strip("{}<>[]")
    choices = re.split(r"[,|]", inner) if value.startswith("{") else _named_choices(described)
    return "all" if not choices or "all" in choices else ",".join(choices)


def _named_choices(described: str) -> list[str]:
    match = _CHOICES.search(described)
    if match is None:
        return []
    words = re.findall(r"[a-zA-Z][\w-]*", re.sub(r"\b(and|or)\b", "", match[1]))
    return list(dict.fromkeys(words))


def _variables(readme: str) -> Iterator[tuple[str, str]]:
    for match in _VARIABLE.finditer(readme):
        name = match[0]
        flag = name.replace("_", "-").lower()
        described = readme[match.end() : match.end() + _WINDOW].partition("\n\n")[0].partition("\n|")[0]
        if re.search(r"read-?only", flag):
            if re.search(r"default\w*[^.\n|]{0,20}true", described, re.IGNORECASE):
                yield name, "false"
        elif _WIDE.search(flag) and not _NARROW.search(flag):
            plural = re.search(
                r"sets?$|tools$|categories$|groups$|modules$|features$|caps$|capabilities$", flag
            )
            yield name, _everything("", described) if plural else "true"
