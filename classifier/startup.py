"""What a server's doings before it was asked for anything say of it: risks of the server, not of one of its tools."""

import re
from collections.abc import Callable, Iterable

from msgspec import Struct

from crawler.snapshots import Observation


class StartupSignal(Struct, frozen=True, kw_only=True):
    """A risk that a watched start showed."""

    #: `contacts-hosts-at-start`, `listens-on-all-interfaces` or `edits-dot-files`.
    code: str
    #: What it says, in a few words.
    title: str
    #: The hosts, addresses or files; hostile text, so escape it.
    seen: tuple[str, ...]


_EVERYWHERE = re.compile(r"(?:0\.0\.0\.0|\[::\]):\d+")
#: What shells, desktops and other programs of the person read by themselves.
_DOT_FILE = re.compile(r"~/(?:\.[^/]+|\.(?:ssh|gnupg|aws|kube|config/(?:fish|git|autostart|systemd))/.+)")


def startup_signals(observations: Iterable[Observation]) -> tuple[StartupSignal, ...]:
    """The signals of one start, each with what was seen; none where nothing was."""
    seen = tuple(observations)
    found = (
        StartupSignal(code=code, title=title, seen=tuple(one.what for one in seen if shows(one)))
        for code, title, shows in _SIGNALS
    )
    return tuple(signal for signal in found if signal.seen)


_SIGNALS: tuple[tuple[str, str, Callable[[Observation], bool]], ...] = (
    ("contacts-hosts-at-start", "Contacts hosts before it is asked for anything", lambda one: one.kind == "host"),
    (
        "listens-on-all-interfaces",
        "Accepts connections from other machines",
        lambda one: one.kind == "listen" and _EVERYWHERE.fullmatch(one.what) is not None,
    ),
    (
        "edits-dot-files",
        "Writes files that shells and other programs read",
        lambda one: one.kind == "file" and _DOT_FILE.fullmatch(one.what) is not None,
    ),
)  # fmt: skip
