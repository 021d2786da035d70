"""Whether an audit log is whole: every edit, deletion, insertion, reordering, truncation and fork, and where."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from enforce.audit.chain import START, BadLine, is_torn, read
from enforce.audit.files import chains
from enforce.audit.heads import Head
from enforce.audit.log import LONGEST_LINE


class Damage(Struct, frozen=True, kw_only=True):
    """Where a log is not what was written."""

    path: Path
    #: Counted from 1 in its file; 0 means the file as a whole.
    line: int
    #: The sequence number that should have stood there.
    seq: int
    fault: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: record {self.seq}: {self.fault}"


class Report(Struct, frozen=True, kw_only=True):
    """What reading a whole log found."""

    records: int
    heads: tuple[Head, ...]
    #: The first damage of each chain.
    damages: tuple[Damage, ...]
    #: Ends of files that a crash cut short before they were set aside; nothing is lost with them but themselves.
    torn: tuple[Path, ...]


def verify(path: Path, kept: Mapping[str, Head] | None = None) -> Report:
    """Read every chain under *path*; *kept* are heads stored elsewhere, by file name, by which missing ends are seen."""
    seen = [_Chain(files, (kept or {}).get(files[-1].name)) for files in chains(path)]
    missing = sorted(set(kept or {}) - {chain.end.name for chain in seen})
    lost = [
        Damage(path=path.with_name(name), line=0, seq=1, fault="the whole file is missing")
        for name in missing
    ]
    return Report(
        records=sum(chain.seq - 1 for chain in seen),
        heads=tuple(Head(file=chain.end.name, seq=chain.seq - 1, hash=chain.prev) for chain in seen),
        damages=tuple([chain.damage for chain in seen if chain.damage] + lost),
        torn=tuple(chain.torn for chain in seen if chain.torn),
    )


class _Chain:
    """One chain, read from its first line to its end or its first damage."""

    def __init__(self, files: list[Path], kept: Head | None) -> None:
        self.end = files[-1]
        self.seq = 1
        self.prev = START
        self.damage: Damage | None = None
        self.torn: Path | None = None
        self._kept = kept
        for path, number, line in _lines(files):
            if fault := self._fault(path, line):
                self.damage = Damage(path=path, line=number, seq=self.seq, fault=fault)
                return
        if kept and kept.seq >= self.seq:
            fault = f"the log ends before record {kept.seq}, which the kept head names: its end was cut off"
            self.damage = Damage(path=self.end, line=0, seq=self.seq, fault=fault)

    def _fault(self, path: Path, line: bytes) -> str | None:
        if not line.endswith(b"\n") and path == self.end and is_torn(line):
            self.torn = path
            return None
        try:
            link = read(line.removesuffix(b"\n"))
        except BadLine as error:
            return str(error)
        if link.seq != self.seq:
            return f"it says that it is record {link.seq}: records are missing, doubled or out of order"
        if link.prev != self.prev:
            return "it does not follow from the record before: the chain forks or a record was replaced"
        if self._kept and self._kept.seq == link.seq and self._kept.hash != link.hash:
            return "the kept head names another record with this number: the log was rewritten"
        self.seq, self.prev = self.seq + 1, link.hash
        return None


def _lines(files: list[Path]) -> Iterator[tuple[Path, int, bytes]]:
    for path in files:
        with path.open("rb") as file:
            # No line of ours is longer, and one without an end would fill the memory.
            for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE), b""), 1):
                yield path, number, line
