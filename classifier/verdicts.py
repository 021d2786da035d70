"""What we think of a tool, and how to ask for it; what finds it out is loaded at the first question."""

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from classifier.categories import Category, Severity
from classifier.evidence import Evidence, Finding, Signal, Trait
from crawler.tools import Tool

if TYPE_CHECKING:
    from classifier.model import Model

#: Identical definitions are judged once, as long as their verdicts are at hand.
_KEPT = 4096
#: Tools that are judged together.
_TOGETHER = 64


class Verdict(Struct, frozen=True, kw_only=True, gc=False):
    """What we think of a tool at rest."""

    category: Category
    #: 0 to 1, calibrated: of all verdicts at 0.9, nine in ten are right.
    confidence: float
    signals: tuple[Signal, ...] = ()
    traits: tuple[Trait, ...] = ()
    findings: tuple[Finding, ...] = ()
    #: Sentences in the order in which they counted.
    why: tuple[str, ...] = ()
    #: Version of rules and weights together; another version judges anew.
    version: str

    @property
    def severity(self) -> Severity:
        """Follows from the category alone."""
        return self.category.severity

    @property
    def poisoned(self) -> bool:
        """Whether any finding is overt."""
        return bool(self.findings) and any(finding.strength == "hard" for finding in self.findings)

    def __reduce__(self) -> tuple[Any, ...]:
        """To another process it travels in one piece, which takes a fraction of the time that its many parts take."""
        try:
            return _unpacked, (_packed(self),)
        except UnicodeEncodeError:  # lone surrogates in hostile text
            made: Any = super().__reduce__()
            return made  # type: ignore[no-any-return]  # one, as any object gives


_packed = msgspec.msgpack.Encoder().encode
_decoder = msgspec.msgpack.Decoder(Verdict)


def _unpacked(content: bytes) -> Verdict:
    return _decoder.decode(content)


# The probes, the model and the patterns take longer to import than most commands take that only read verdicts.


def __getattr__(name: str) -> str:
    """`VERSION`: rules and weights together, known once the weights are read."""
    if name == "VERSION":
        from classifier import model, weighing

        return weighing.version(model.shipped())
    raise AttributeError(name)


def classify(tool: Tool, *, siblings: Sequence[Tool] = ()) -> Verdict:
    """Judge one tool from its definition; *siblings* are the other tools of the same server."""
    from classifier import model

    del siblings
    with _uncollected():
        return judge(tool, model.shipped())


def classify_all(tools: Iterable[Tool]) -> Iterator[Verdict]:
    """Judge many tools in order, a few dozen together; identical definitions are judged once, and memory stays flat."""
    from classifier import model
    from classifier.weighing import weigh

    with _uncollected():
        weights = model.shipped()
    kept: dict[bytes, Verdict] = {}
    coming = iter(tools)
    while told := [(_what_counts(tool), tool) for tool in islice(coming, _TOGETHER)]:
        if len(kept) >= _KEPT:
            kept.clear()
        new = {key: tool for key, tool in told if key not in kept}
        with _uncollected():
            kept.update(zip(new, weigh(list(new.values()), weights), strict=True))
        yield from [kept[key] for key, _ in told]


@contextmanager
def _uncollected() -> Iterator[None]:
    """Hold the garbage collector back for a moment: what judging leaves is in no cycle, and looking at it takes long."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def judge(tool: Tool, weights: "Model") -> Verdict:
    """Judge one tool by the given weights."""
    from classifier.weighing import weigh

    (verdict,) = weigh([tool], weights)
    return verdict


def _what_counts(tool: Tool) -> bytes:
    """What a verdict depends on, as bytes."""
    seen = (tool.name, tool.title, tool.description, tool.definition)
    try:
        return msgspec.json.encode(seen)
    except (UnicodeEncodeError, msgspec.MsgspecError, OverflowError):
        return repr(seen).encode("utf-8", "backslashreplace")


__all__ = ["VERSION", "Evidence", "Verdict", "classify", "classify_all", "judge"]  # noqa: F822  # VERSION is lazy
