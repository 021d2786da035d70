"""What `tollhouse stack` saw at its last look, kept so that the next one can tell what is new."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from catalogue.codec import dump, load, sha256
from catalogue.entries import Change
from catalogue.machine.clients.configured import Configured, Unreadable
from catalogue.machine.known import Answers


class Memory(Struct, frozen=True, kw_only=True):
    """One look. How a server is started is kept as a digest only, since commands hold secrets."""

    #: RFC 3339; `None` where there never was a look.
    seen_at: str | None = None
    #: Digest of the way in which each server is started or reached, by file and place in it.
    launches: Mapping[str, str] = {}
    #: What the record answered, good as long as it stays as it was.
    answers: Answers = msgspec.field(default_factory=Answers)

    def notes(self, item: Configured) -> Iterator[str]:
        """What is different about one server."""
        if self.seen_at is None:
            return
        before = self.launches.get(_key(item))
        if before is None:
            yield f"new since the last look at {self.seen_at}"
        elif before != _digest(item):
            yield f"it is started in another way than at the last look at {self.seen_at}"

    def newer(self, changes: Iterable[Change]) -> tuple[Change, ...]:
        """The changes that were seen after the last look; none where there was no look."""
        since = self.seen_at
        return tuple(change for change in changes if since is not None and change.seen_at > since)

    def gone(self, found: Iterable[Configured | Unreadable], looked: Collection[str]) -> tuple[str, ...]:
        """Servers that are not configured any more in the files that were looked at."""
        items = tuple(found)
        now = {_key(item) for item in items if isinstance(item, Configured)}
        broken = {str(item.file) for item in items if isinstance(item, Unreadable)}
        keys = [key.split("\n") for key in sorted(self.launches.keys() - now)]
        return tuple(f"{name} in {file}" for file, *_, name in keys if file in looked and file not in broken)

    def after(self, found: Iterable[Configured | Unreadable], looked: Collection[str], now: str) -> "Memory":
        """The memory of this look; what stands in files that were not looked at is kept."""
        seen = {_key(item): _digest(item) for item in found if isinstance(item, Configured)}
        kept = {key: digest for key, digest in self.launches.items() if key.partition("\n")[0] not in looked}
        return Memory(seen_at=now, launches=kept | seen, answers=self.answers)


NOTHING_SEEN = Memory()


def read_memory(file: Path) -> Memory:
    """The memory in *file*; that of nothing where there is none, or none that can be read."""
    try:
        return load(file.read_text(encoding="utf-8"), Memory)
    except (OSError, ValueError, msgspec.DecodeError):
        return NOTHING_SEEN


def write_memory(file: Path, memory: Memory) -> None:
    """Keep *memory* in *file*."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(dump(memory), encoding="utf-8")


def _key(item: Configured) -> str:
    return "\n".join((str(item.file), *item.keys))


def _digest(item: Configured) -> str:
    return sha256(dump((item.command, item.url)))
