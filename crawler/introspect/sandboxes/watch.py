"""The host's end of a watched run: asks the supervisor inside what the server did at start-up."""

import json
import re
import socket
from types import TracebackType
from typing import Literal, Self

from crawler.snapshots import Observation

#: Seconds that a server is left alone after its list, since some only then phone home.
SETTLE = 0.5
_PATIENCE = 5.0
#: Each kind of thing has 200 texts of 300 characters, each of which may be six bytes.
_MOST_BYTES = 2 << 20
_MOST = 400
#: Times, random names and numbers of processes, which are others at every start.
_PASSING = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\d[T_ -]?[\d_:.-]*Z?|(?<=pid=)\d+|\d{6,}"
)
_KINDS: tuple[Literal["host", "listen", "file", "process"], ...] = ("host", "listen", "file", "process")


class Watch:
    """A pair of sockets; `descriptor` goes into the sandbox."""

    def __init__(self) -> None:
        self._ours, self._theirs = socket.socketpair()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ours.close()
        self._theirs.close()

    @property
    def descriptor(self) -> int:
        """The end for the sandbox, to be inherited."""
        return self._theirs.fileno()

    def report(self) -> tuple[Observation, ...]:
        """End the run and hear what was seen; nothing, if the run has ended badly."""
        self._theirs.close()
        self._ours.settimeout(SETTLE)
        try:
            self._ours.recv(1)
        except TimeoutError:
            return _observations(self._ask())
        except OSError:
            pass
        return ()

    def _ask(self) -> bytes:
        heard = b""
        try:
            self._ours.settimeout(_PATIENCE)
            self._ours.sendall(b"\n")
            while not heard.endswith(b"\n") and len(heard) < _MOST_BYTES:
                chunk = self._ours.recv(1 << 16)
                if not chunk:
                    break
                heard += chunk
        except OSError:
            return b""
        return heard


def _observations(heard: bytes) -> tuple[Observation, ...]:
    """The report as values; whatever in it is not as expected is dropped, for it comes from inside."""
    try:
        report = json.loads(heard)
    except (ValueError, RecursionError):
        return ()
    if not isinstance(report, dict):
        return ()
    seen = [
        Observation(kind=kind, what=what if kind in ("host", "listen") else _PASSING.sub("*", what))
        for kind in _KINDS
        for what in _texts(report.get(kind))
    ]
    return tuple(dict.fromkeys(seen))[:_MOST]


def _texts(value: object) -> list[str]:
    return [item[:300] for item in value if isinstance(item, str)] if isinstance(value, list) else []
