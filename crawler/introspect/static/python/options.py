"""What a program's options are when nobody gives any: those of argparse, click and typer, and the words of `sys.argv`."""

from collections.abc import Mapping, Sequence

from crawler.introspect.static.python.values import External, Function, Made, plain
from crawler.introspect.static.unknown import UNKNOWN, Setting, Value

#: The name under which a parser keeps its options.
_KEPT = "__options__"

#: What gives another parser, or a part of one, that fills the same namespace.
_PARTS = frozenset({"add_argument_group", "add_mutually_exclusive_group", "add_subparsers", "add_parser"})

_ACTIONS: dict[Value, Value] = {"store_true": False, "store_false": True}


def is_parser(value: Value) -> bool:
    """Whether the value is a parser of command lines, or a part of one."""
    return isinstance(value, Made) and (
        _KEPT in value.names
        or (isinstance(value.what, External) and value.what.path == "argparse.ArgumentParser")
    )


def of_parser(parser: Made, name: str, args: Sequence[Value], kwargs: Mapping[str, Value]) -> Value:
    """What a method of a parser gives; `None` where it is none that matters here."""
    options: dict[str, Value] = parser.names.setdefault(_KEPT, {})
    if name in _PARTS:
        part = Made(External("argparse.ArgumentParser"), [], {}, parser.place)
        part.names[_KEPT] = options
        return part
    if name == "add_argument":
        key, value = _argument(list(map(plain, args)), kwargs)
        options.setdefault(key, value)
    elif name == "set_defaults":
        options.update({key: _unset(value) for key, value in kwargs.items()})
    elif name in {"parse_args", "parse_known_args"}:
        space = Made(External("argparse.Namespace"), [], {}, parser.place)
        space.names = options
        return space if name == "parse_args" else (space, [])
    return None


def _argument(names: list[Value], kwargs: Mapping[str, Value]) -> tuple[str, Value]:
    """The attribute that an argument fills, and what it is when it is not given."""
    given = plain(kwargs.get("dest"))
    key = given if isinstance(given, str) else _key(names)
    positional = bool(names) and isinstance(names[0], str) and not names[0].startswith("-")
    if plain(kwargs.get("required")) is True or (positional and plain(kwargs.get("nargs")) not in {"?", "*"}):
        return key, UNKNOWN
    return key, _unset(kwargs.get("default", _ACTIONS.get(plain(kwargs.get("action")))))


def _key(names: Sequence[Value]) -> str:
    """`read_only` of `-r` and `--read-only`."""
    words = [name for name in names if isinstance(name, str)]
    first = next((word for word in words if not word.startswith("-")), None)
    first = first or next((word for word in words if word.startswith("--")), words[0] if words else "")
    return first.partition("/")[0].lstrip("-").replace("-", "_")


def _unset(value: Value) -> Value:
    """A value that somebody may set."""
    return value if isinstance(value, Setting) or value is UNKNOWN else Setting(value)


def note_option(function: Function, decorator: Value) -> bool:
    """Keep what `@click.option(...)` gives a function; whether it was one."""
    path = decorator.what.path if isinstance(decorator, Made) and isinstance(decorator.what, External) else ""
    if path.partition(".")[0] not in {"click", "asyncclick", "rich_click"} or not path.endswith(".option"):
        return False
    names, kwargs = list(map(plain, decorator.args)), decorator.kwargs
    flag = plain(kwargs.get("is_flag")) is True or any("/" in name for name in names if isinstance(name, str))
    nothing = () if plain(kwargs.get("multiple")) is True else False if flag else None
    value = UNKNOWN if plain(kwargs.get("required")) is True else _unset(kwargs.get("default", nothing))
    function.options[_key(names)] = value
    return True


def of_default(default: Value) -> Value:
    """What a parameter is when nobody gives it; typer's `Option(...)` stands for its default."""
    if not isinstance(default, Made) or not isinstance(default.what, External):
        return default
    if default.what.path not in {"typer.Option", "typer.Argument", "cyclopts.Parameter"}:
        return default
    value = default.kwargs.get("default", default.args[0] if default.args else UNKNOWN)
    return UNKNOWN if value is Ellipsis else _unset(value)
