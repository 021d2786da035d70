"""The conditions of one tool as one expression of another language, true where a call may go."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from enforce import paths
from enforce.export.losses import Losses
from enforce.export.outline import small_losses
from enforce.law import ToolLaw
from enforce.policy import Condition


class Dialect(Protocol):
    """How a language asks one condition."""

    def ask(self, condition: Condition, unsure: bool) -> str | None:
        """An expression that holds where the condition does, and where it cannot be compared if *unsure*; `None` if it has none."""


#: Always, and never.
ALWAYS, NEVER = "", None


def permission(tool: ToolLaw, dialect: Dialect, losses: Losses) -> str | None:
    """When a call of *tool* may go: an expression, ALWAYS, or NEVER where that is so or cannot be said."""
    if tool.hidden is not None or tool.allowed is None:
        return NEVER
    parts: list[str] = []
    for rule, conditions, required in _questions(tool, losses):
        if not conditions:
            if required:
                continue
            return NEVER
        asked = [dialect.ask(condition, not required) for condition in conditions]
        if None in asked:
            losses.stricter(rule, "it has no words for this, so the tool is denied altogether")
            return NEVER
        joined = " && ".join(f"({text})" for text in asked)
        parts.append(joined if required else f"!({joined})")
    for rule in _unsayable(tool):
        losses.stricter(rule, "it has no words for this, so the tool is denied altogether")
        return NEVER
    small_losses(tool, losses)
    return " && ".join(parts)


def _questions(tool: ToolLaw, losses: Losses) -> Iterator[tuple[str, Sequence[Condition], bool]]:
    """Every rule that is enforced: its pointer, its conditions, and whether they are required."""
    for clause in tool.clauses:
        if not clause.rule.dry_run:
            yield clause.pointer, clause.rule.conditions, clause.required
    for hold in tool.holds:
        if not hold.approval.dry_run:
            losses.stricter(hold.pointer, "denied, since nobody can be asked")
            yield hold.pointer, hold.approval.conditions, False


def _unsayable(tool: ToolLaw) -> Iterator[str]:
    yield from (quota.pointer for quota in tool.quotas if quota.limit.cost and not quota.limit.dry_run)
    yield from (pointer for pointer, _ in (*tool.hours, *tool.inner))


def member_steps(condition: Condition) -> tuple[str, ...] | None:
    """The names that lead to the argument; `None` where a step may go into a list, which other languages write otherwise."""
    steps = paths.parse(condition.path, ("args",)) or ()
    return None if any(step.isdigit() for step in steps) else steps
