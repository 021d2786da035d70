"""Policies written for Intercept, whose tools hold named `rules`, read into our law."""

from crawler.tools import Json
from enforce import windows
from enforce.policy import Condition, Limit, Rule, ToolRules
from enforce.reading.clauses import condition, is_countable
from enforce.reading.cursor import Cursor

KEYS = ("name", "action", "conditions", "on_deny", "rate_limit", "state")
STATE_KEYS = ("counter", "window", "increment", "increment_from")


def wrote(document: Json) -> bool:
    """Whether *document* is one of theirs: some tool has `rules`."""
    tools = document.get("tools") if isinstance(document, dict) else None
    return isinstance(tools, dict) and any(
        isinstance(tool, dict) and "rules" in tool for tool in tools.values()
    )


def tool(at: Cursor, name: str) -> ToolRules:
    """Read one tool. Their windows start with the calendar's; ours slide, which never lets more through."""
    members = at.members(("rules",))
    require: list[Rule] = []
    denials: list[Rule] = []
    limits: list[Limit] = []
    for rule in members["rules"].items():
        parts = rule.members(KEYS)
        if "rate_limit" in parts:
            limits += _rate(parts, name)
        elif _action(parts) == "deny":
            denials.append(_rule(parts, ()))
        else:
            _evaluate(rule, parts, require, limits)
    _check_counters(members["rules"], limits)
    return ToolRules(require=tuple(require), deny_if=tuple(denials), limits=tuple(limits))


def _action(parts: dict[str, Cursor]) -> str:
    action = parts["action"].choice(("evaluate", "deny")) if "action" in parts else "evaluate"
    if action == "deny":
        for key in ("conditions", "state"):
            if key in parts:
                parts[key].fault("has no place in a rule with action: deny")
    return action


def _rule(parts: dict[str, Cursor], conditions: tuple[Condition, ...]) -> Rule:
    return Rule(conditions=conditions, on_deny=_text(parts, "on_deny"), why=_text(parts, "name"))


def _rate(parts: dict[str, Cursor], name: str) -> list[Limit]:
    for key in ("conditions", "state", "action"):
        if key in parts:
            parts[key].fault("has no place beside rate_limit")
    at = parts["rate_limit"]
    rate = windows.rate(at.value) if isinstance(at.value, str) else None
    if rate is None:
        at.fault("must be a rate such as 5/hour")
        return []
    word = windows.words(rate[1])
    return [_limit(parts, f"{name}_rate_{word}", rate[1], rate[0], None)]


def _limit(parts: dict[str, Cursor], counter: str, window: int, most: int, cost: str | None) -> Limit:
    return Limit(
        counter=counter,
        window=window,
        max=most,
        cost=cost,
        on_deny=_text(parts, "on_deny"),
        why=_text(parts, "name"),
    )


def _evaluate(at: Cursor, parts: dict[str, Cursor], require: list[Rule], limits: list[Limit]) -> None:
    conditions = parts["conditions"].items() if "conditions" in parts else []
    if not conditions and isinstance(at.value, dict):
        at.fault("conditions is required in a rule with action: evaluate")
    on_state = [item for item in conditions if _is_state(item)]
    on_args = [item for item in conditions if not _is_state(item)]
    if on_args:
        read = [_theirs(condition(item, "args")) for item in on_args]
        require.append(_rule(parts, tuple(part for group in read for part in group)))
    for item in on_state:
        limits += _state_limit(item, parts)
    if "state" in parts and not on_state:
        parts["state"].fault("counts something that no condition of this rule limits")


def _is_state(at: Cursor) -> bool:
    path = at.value.get("path") if isinstance(at.value, dict) else None
    return isinstance(path, str) and path.startswith("state.")


def _theirs(condition: Condition) -> tuple[Condition, ...]:
    """Where an argument is absent they deny whatever the operator; `neq` and `not_in` would let it pass here."""
    if condition.op in ("neq", "not_in"):
        return (Condition(path=condition.path, op="exists", value=True), condition)
    return (condition,)


def _state_limit(at: Cursor, parts: dict[str, Cursor]) -> list[Limit]:
    members = at.members(("path", "op", "value"))
    if "state" not in parts or len(members) < 3:
        at.fault("a condition on a counter needs path, op and value, and a state beside it that counts")
        return []
    state = parts["state"].members(STATE_KEYS)
    operator = members["op"].choice(("lte", "lt"))
    most = members["value"].number()
    counter, window = _counter(parts["state"], state)
    step = _step(state)
    if most is None or not counter or not window or step is None:
        return []
    if not is_countable(members["value"], int(most)):
        return []
    room = (int(most) - (1 if operator == "lt" and int(most) == most else 0)) // step
    if room < 1:
        members["value"].fault("leaves room for nothing; use action: deny")
        return []
    if str(members["path"].value).rpartition(".")[2] != counter:
        members["path"].fault(f"names another counter than the state beside it, which is {counter!r}")
    cost = state["increment_from"].text() if "increment_from" in state else None
    return [_limit(parts, counter, window, room, cost)]


def _counter(at: Cursor, state: dict[str, Cursor]) -> tuple[str, int]:
    for key in ("counter", "window"):
        if key not in state:
            at.fault(f"{key} is required")
    word = state["window"].choice(("minute", "hour", "day")) if "window" in state else ""
    return (state["counter"].text() if "counter" in state else ""), windows.SECONDS.get(word, 0)


def _step(state: dict[str, Cursor]) -> int | None:
    if "increment_from" in state:
        path = state["increment_from"].text()
        if not path.startswith("args.") or len(path) < 6:
            state["increment_from"].fault("must be the path of an argument, such as args.amount")
        return 1
    if "increment" not in state:
        return 1
    step = state["increment"].value
    if type(step) is not int or step < 1:
        state["increment"].fault("must be a whole number of at least 1")
        return None
    return step


def _check_counters(at: Cursor, limits: list[Limit]) -> None:
    seen = set()
    for limit in limits:
        if (limit.counter, limit.window) in seen:
            at.fault(f"the counter {limit.counter!r} is here twice")
        seen.add((limit.counter, limit.window))


def _text(parts: dict[str, Cursor], key: str) -> str | None:
    return parts[key].text() if key in parts else None
