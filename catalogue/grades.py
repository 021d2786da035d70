"""A server's letter, computed in the open: how much care an agent needs with it, by four parts that add up to at most 100 points.

* **severity**, 40: how grave the tools are. Half of it goes by the gravest tool, half by the average tool; low weighs
  0, medium 0.25, high 0.6, critical 1.
* **definitions**, 25: how well the tools say what they do: described at all, parameters described, parameters typed,
  hints declared.
* **integrity**, 25: nothing hidden or contradictory, in the tools or in the server's instructions: a suspicious
  passage costs 5, an overt fault all 25, a tool whose definition changes from start to start 5, a contradiction
  between listings 5.
* **evidence**, 10: how the tools were seen: 10 from the running server, 8 from a list in the package, 5 read from the
  source or imported, 0 from the README.

From 85 points an A, from 70 a B, from 55 a C, from 40 a D, from 25 an E, below that an F. Two things go before the sum:
with a tool of high or critical severity the letter is a C at best, since good words make a payment no less of one, and
an overt fault is an F, also of a tool that only other flags or variables bring. A server that has shown no tools has no grade: unknown is not the same as safe.
"""

from collections.abc import Sequence
from typing import Literal

from catalogue.entries import Entry, Grade, GradePart
from catalogue.judged import judged
from catalogue.website.parameters import parameters
from classifier.categories import Severity
from classifier.evidence import Finding
from classifier.poisoning import find_in_instructions
from classifier.verdicts import Verdict
from crawler.snapshots import Method, Snapshot
from crawler.tools import Tool

Letter = Literal["A", "B", "C", "D", "E", "F"]

WEIGHTS = {Severity.LOW: 0.0, Severity.MEDIUM: 0.25, Severity.HIGH: 0.6, Severity.CRITICAL: 1.0}
LETTERS: tuple[tuple[Letter, int], ...] = (("A", 85), ("B", 70), ("C", 55), ("D", 40), ("E", 25), ("F", 0))
#: The best letter where a tool can run, destroy or pay. Without it a shell that says well what it runs would be a B.
CEILING: Letter = "C"
SEEN = {
    Method.LIVE: (10, "the tools were listed by the running server"),
    Method.REMOTE: (10, "the tools were listed by the hosted server"),
    Method.MANIFEST: (8, "the tools come from a list inside the package"),
    Method.STATIC: (5, "the tools were read from the source, the server was not started"),
    Method.IMPORTED: (5, "the tools come from another catalogue"),
    Method.README: (0, "the tools come from the README, which may be wrong"),
}


def grade(entry: Entry, verdicts: Sequence[Verdict] | None = None) -> Grade | None:
    """The server's grade with its four parts; `None` where no tool was ever seen.

    *verdicts* are those on the tools of the entry's snapshot, for a caller who has them at hand.
    """
    snapshot = entry.snapshot
    if snapshot is None:
        return None
    if verdicts is None:
        verdicts = [one.verdict for one in judged(snapshot, entry.verdicts)]
    if not verdicts:
        return None
    said = tuple(find_in_instructions(snapshot.instructions)) if snapshot.instructions else ()
    parts = (
        severity_part([verdict.severity for verdict in verdicts]),
        definitions_part(snapshot.tools),
        integrity_part(entry, snapshot, verdicts, said),
        evidence_part(snapshot.method),
    )
    points = round(sum(part.points for part in parts), 1)
    every = [*verdicts, *_wider(entry, snapshot)]
    found, ceiling = _held_down(letter(points), every, said)
    return Grade(letter=found, points=points, parts=parts, ceiling=ceiling, suspected=_overt(every, said))


def letter(points: float) -> Letter:
    """The letter for a sum of points."""
    return next(name for name, least in LETTERS if points >= least)


def _held_down(
    earned: Letter, verdicts: Sequence[Verdict], said: Sequence[Finding]
) -> tuple[Letter, str | None]:
    """The letter that is left of the *earned* one, and the sentence that says why where it is another."""
    if _overt(verdicts, said):
        return "F", "An overt sign of tampering is an F whatever the sum." if earned != "F" else None
    grave = sum(WEIGHTS[verdict.severity] >= WEIGHTS[Severity.HIGH] for verdict in verdicts)
    if grave and earned < CEILING:
        of = f"{grave} of its {_count(len(verdicts), 'tool')}" if len(verdicts) > 1 else "Its one tool"
        return CEILING, f"{of} can run, destroy or pay, which makes it a {CEILING} at best."
    return earned, None


def _wider(entry: Entry, snapshot: Snapshot) -> list[Verdict]:
    """The verdicts on tools that only the widest launch profile brings."""
    if entry.widest is None:
        return []
    names = {tool.name for tool in snapshot.tools}
    digests = [tool.digest for tool in entry.widest.tools if tool.name not in names]
    return [entry.verdicts[digest] for digest in digests if digest in entry.verdicts]


def severity_part(severities: Sequence[Severity]) -> GradePart:
    """40 points less what the gravest and the average tool weigh; at least one severity."""
    weights = [WEIGHTS[severity] for severity in severities]
    exposure = (max(weights) + sum(weights) / len(weights)) / 2
    critical = sum(weight == 1 for weight in weights)
    gravest = max(severities, key=WEIGHTS.__getitem__)
    if len(weights) == 1:
        why = f"Its one tool is of {gravest} severity."
    elif critical:
        why = f"{critical} of {len(weights)} tools {_are(critical)} critical."
    else:
        why = f"None of {len(weights)} tools is above {gravest}."
    return GradePart(name="severity", points=round(40 * (1 - exposure), 1), why=why)


def definitions_part(tools: Sequence[Tool]) -> GradePart:
    """25 points times how well the average tool says what it does."""
    scores = [quality(tool) for tool in tools]
    described = sum(has_description(tool) for tool in tools)
    hinted = sum(_hinted(tool) for tool in tools)
    why = _said(len(tools), described, hinted)
    return GradePart(name="definitions", points=round(25 * sum(scores) / len(scores), 1), why=why)


def _said(tools: int, described: int, hinted: int) -> str:
    if tools == 1:
        declares = "declares" if hinted else "does not declare"
        return f"Its one tool is {'' if described else 'not '}described in words and {declares} whether it changes anything."
    declare = "declares whether it changes" if hinted == 1 else "declare whether they change"
    return f"Of {tools} tools, {described} {_are(described)} described in words, and {hinted} {declare} anything."


def integrity_part(
    entry: Entry, snapshot: Snapshot, verdicts: Sequence[Verdict], said: Sequence[Finding] = ()
) -> GradePart:
    """25 points less 5 for each suspicious passage, unstable tool and contradiction; none left where a fault is overt.

    *said* is what is suspected in the server's instructions.
    """
    soft = sum(_passages(findings) for findings in (said, *(verdict.findings for verdict in verdicts)))
    unstable, conflicts = len(snapshot.unstable), len(entry.conflicts)
    if _overt(verdicts, said):
        where = "A definition shows" if _overt(verdicts, ()) else "The server's instructions show"
        return GradePart(name="integrity", points=0, why=f"{where} an overt sign of tampering.")
    why = "Nothing hidden, contradictory or unstable was found."
    if soft or unstable or conflicts:
        why = (
            f"Found: {_count(soft, 'suspicious passage')}, {_count(unstable, 'unstable definition')}, "
            f"{_count(conflicts, 'contradiction')} between listings."
        )
    return GradePart(name="integrity", points=max(0, 25 - 5 * (soft + unstable + conflicts)), why=why)


def evidence_part(method: Method) -> GradePart:
    """Up to 10 points for how directly the tools were seen."""
    points, why = SEEN[method]
    return GradePart(name="evidence", points=points, why=why[0].upper() + why[1:] + ".")


def quality(tool: Tool) -> float:
    """0 to 1: how well a definition says what the tool does."""
    rows = parameters(tool.input_schema)
    described = sum([bool(row.description) for row in rows]) / len(rows) if rows else 1.0
    typed = sum([row.type != "anything" for row in rows]) / len(rows) if rows else 1.0
    return 0.35 * has_description(tool) + 0.3 * described + 0.15 * typed + 0.2 * _hinted(tool)


def has_description(tool: Tool) -> bool:
    """Whether the description says more than a word or two."""
    return len((tool.description or "").split(None, 3)) == 4


def _hinted(tool: Tool) -> bool:
    return tool.annotations.read_only is not None or tool.annotations.destructive is not None


def _overt(verdicts: Sequence[Verdict], said: Sequence[Finding]) -> bool:
    return any(verdict.poisoned for verdict in verdicts) or any(one.strength == "hard" for one in said)


def _passages(findings: Sequence[Finding]) -> int:
    """How many passages are suspected, however many sayings a probe heard in one."""
    return len({(one.code, one.evidence.field) for one in findings})


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
