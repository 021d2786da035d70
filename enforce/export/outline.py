"""What a policy comes to for a target that knows only tools: each allowed, asked about, or denied."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from enforce.export.losses import Loss, Losses
from enforce.law import Law, ToolLaw
from enforce.paths import pointer
from enforce.policy import Effect, Limit, Policy, ToolRules
from enforce.selectors import catches_all, is_glob

Standing = Literal["allow", "ask", "deny"]


class Outline(NamedTuple):
    """The standing of every tool that the policy knows by name."""

    #: What becomes of every other tool.
    default: Effect
    tools: dict[str, Standing]

    def named(self, *standings: Standing) -> list[str]:
        """The tools of these standings, in the order of the policy."""
        return [name for name, standing in self.tools.items() if standing in standings]


class _Prepared:
    """What all the targets want to know of a policy, worked out once for those that it is exported to in a row."""

    def __init__(self, policy: Policy) -> None:
        self.law = Law(policy)
        self.names = tuple(_names(policy))
        self.globs = tuple(filter(is_glob, policy.tools))
        self._policy = policy
        self._standings: dict[bool, dict[str, tuple[Standing, tuple[Loss, ...]]]] = {}
        self._outlines: dict[bool, tuple[Outline, tuple[Loss, ...]]] = {}

    def standings(self, *, can_ask: bool) -> dict[str, tuple[Standing, tuple[Loss, ...]]]:
        """What becomes of each tool, and what is lost by it."""
        if can_ask not in self._standings:
            found = self._standings[can_ask] = {}
            for name in self.names:
                lost = Losses()
                effect = standing(self.law.tool(name), lost, can_ask=can_ask)
                found[name] = effect, lost.found
        return self._standings[can_ask]

    def outline(self, *, can_ask: bool) -> tuple[Outline, tuple[Loss, ...]]:
        """The policy reduced, and what is lost by it."""
        if can_ask not in self._outlines:
            lost = Losses()
            losses_of_all(self._policy, lost)
            tools = dict(standings(self._policy, lost, can_ask=can_ask))
            found = Outline(default=default_without_globs(self._policy, lost), tools=tools)
            self._outlines[can_ask] = found, lost.found
        return self._outlines[can_ask]


#: By identity, the policies that were exported last, to which the next export most likely belongs as well.
_recent: dict[int, tuple[Policy, _Prepared]] = {}
_MOST_RECENT = 16


def _prepared(policy: Policy) -> _Prepared:
    found = _recent.get(id(policy))
    if found is None:
        if len(_recent) >= _MOST_RECENT:
            _recent.clear()
        found = _recent[id(policy)] = policy, _Prepared(policy)
    return found[1]


def law_of(policy: Policy) -> Law:
    """The law of *policy*."""
    return _prepared(policy).law


def names(policy: Policy) -> tuple[str, ...]:
    """Every tool that the policy names exactly, by itself or through a selector."""
    return _prepared(policy).names


def globs(policy: Policy) -> tuple[str, ...]:
    """The keys of `tools` that may speak of tools which the policy does not name."""
    return _prepared(policy).globs


def standings(policy: Policy, losses: Losses, *, can_ask: bool) -> Iterator[tuple[str, Standing]]:
    """What becomes of each tool that the policy names exactly, with what is lost by it."""
    for name, (effect, lost) in _prepared(policy).standings(can_ask=can_ask).items():
        if lost:
            losses.note(lost)
        yield name, effect


def outline(policy: Policy, losses: Losses, *, can_ask: bool) -> Outline:
    """Reduce *policy*; what depends on arguments is asked about where the target can ask, and denied where not."""
    found, lost = _prepared(policy).outline(can_ask=can_ask)
    losses.note(lost)
    return found


def _names(policy: Policy) -> Iterator[str]:
    found: dict[str, None] = {}
    for key in (*policy.tools, *policy.hide):
        if key.startswith("@"):
            found.update(dict.fromkeys(policy.selectors.get(key, ())))
        elif not is_glob(key):
            found[key] = None
    yield from found


def losses_of_all(policy: Policy, losses: Losses, *, limits: bool = True) -> None:
    """Note what no target of this kind has: limits over all tools, reactions to drift, rules for methods."""
    for index, limit in enumerate(policy.all_tools.limits if limits else ()):
        losses.looser(pointer(("all_tools", "limits", index)), f"{limit_words(limit)} over all tools")
    for method in policy.methods:
        losses.looser(pointer(("methods", method)), "rules for methods have no counterpart")
    for what in ("changed", "new", "shadowing", "instructions"):
        if getattr(policy.drift, what) != "report":
            losses.looser(pointer(("drift", what)), "changes of definitions are not watched")


def limit_words(limit: Limit) -> str:
    """`at most 30 in 60 s`."""
    return f"at most {limit.max}{f' of {limit.cost}' if limit.cost else ''} in {limit.window} s"


def default_without_globs(policy: Policy, losses: Losses) -> Effect:
    """Globs have no counterpart: those that list are left out, those that restrict close the default."""
    closed = policy.default == "deny" or policy.list == "listed"
    for key in globs(policy):
        if catches_all(key) and policy.default == "deny":
            continue
        if policy.default == "deny":
            losses.stricter(
                pointer(("tools", key)), f"tools that fit {key} are denied unless named by themselves"
            )
        elif restricts(policy.tools[key]):
            closed = True
            losses.stricter(
                pointer(("tools", key)), "only tools named by themselves are allowed, since it has no globs"
            )
    for index, key in enumerate(policy.hide):
        if is_glob(key) and not closed:
            closed = True
            losses.stricter(
                pointer(("hide", index)), "only tools named by themselves are allowed, since it has no globs"
            )
    return "deny" if closed else "allow"


def restricts(rules: ToolRules) -> bool:
    """Whether some call that the default lets through may not pass under *rules*."""
    return bool(rules.require or rules.deny_if or rules.require_approval or rules.hours or rules.inner)


def standing(tool: ToolLaw, losses: Losses, *, can_ask: bool) -> Standing:
    """What becomes of one tool, with what is lost by it."""
    if tool.hidden is not None or tool.allowed is None:
        return "deny"
    for clause in tool.clauses:
        if not clause.required and not clause.questions and not clause.rule.dry_run:
            return "deny"
    conditional = _conditional(tool)
    asked = [hold.pointer for hold in tool.holds if not hold.questions and not hold.approval.dry_run]
    for rule in conditional if can_ask else (*conditional, *asked):
        if can_ask:
            losses.looser(rule, "a person is asked instead, every time")
        else:
            losses.stricter(rule, "the tool is denied altogether")
    if (conditional or asked) and not can_ask:
        return "deny"
    small_losses(tool, losses)
    return "ask" if conditional or asked else "allow"


def _conditional(tool: ToolLaw) -> list[str]:
    """Pointers of what makes the decision depend on more than the name."""
    return [
        *[clause.pointer for clause in tool.clauses if clause.questions and not clause.rule.dry_run],
        *[hold.pointer for hold in tool.holds if hold.questions and not hold.approval.dry_run],
        *[quota.pointer for quota in tool.quotas if quota.limit.cost and not quota.limit.dry_run],
        *[pointer for pointer, _ in (*tool.hours, *tool.inner)],
    ]


def small_losses(tool: ToolLaw, losses: Losses) -> None:
    """Note what is merely not watched there while the tool may be called: rates, pins, schemas, blanked fields."""
    for quota in tool.quotas:
        if not quota.limit.cost and not quota.limit.dry_run and quota.owner != "/all_tools":
            losses.looser(quota.pointer, limit_words(quota.limit))
    for rule, _ in tool.pins:
        losses.looser(rule, "the definition is not compared with the pinned one")
    for rule in tool.validates:
        losses.looser(rule, "arguments are not held against the schema")
    if tool.redact.args or tool.redact.result:
        losses.looser((tool.allowed or "") + "/redact", "fields are not blanked")
