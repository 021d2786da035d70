"""The words of the policy language: every key by the object that it stands in, and every option."""

#: Keys of a tool that stand for others; see `shorthand`.
SHORTHAND = ("action", "reason", "rate_limit")

#: Every key of the language by the object that it stands in.
KEYS: dict[str, tuple[str, ...]] = {
    "policy": (
        "version", "default", "hide", "list", "all_tools", "tools", "methods", "selectors", "drift",
        "description", "server", "release", "$schema",
    ),
    "all_tools": ("limits",),
    "tool": (
        "require", "deny_if", "limits", "require_approval", "pin", "validate", "hours", "redact", "inner", "list", "why",
        *SHORTHAND, "rules",
    ),
    "method": ("action", "require", "deny_if", "limits", "on_deny", "why"),
    "rule": ("conditions", "on_deny", "why", "dry_run"),
    "condition": ("path", "op", "value"),
    "limit": ("counter", "window", "max", "scope", "cost", "on_deny", "why", "dry_run"),
    "approval": ("conditions", "timeout", "on_hold", "why", "dry_run"),
    "hours": ("days", "from", "to", "zone"),
    "redact": ("args", "result"),
    "inner": ("tool", "args"),
    "drift": ("changed", "new", "shadowing", "instructions"),
}  # fmt: skip

OPERATORS = ("eq", "neq", "lt", "lte", "gt", "gte", "in", "not_in", "exists", "regex", "contains")
#: What other languages call the operators.
OTHER_OPERATORS = {
    "=": "eq", "==": "eq", "===": "eq", "is": "eq", "equals": "eq", "equal": "eq",
    "!=": "neq", "<>": "neq", "ne": "neq", "not_equals": "neq", "is_not": "neq",
    "<": "lt", "less_than": "lt", "lessthan": "lt", "<=": "lte", "le": "lte", "at_most": "lte", "max": "lte",
    ">": "gt", "greater_than": "gt", "greaterthan": "gt", "more_than": "gt", ">=": "gte", "ge": "gte", "at_least": "gte", "min": "gte",
    "one_of": "in", "any_of": "in", "notin": "not_in", "not in": "not_in", "none_of": "not_in", "nin": "not_in",
    "present": "exists", "given": "exists", "has": "exists", "matches": "regex", "match": "regex", "pattern": "regex", "~": "regex",
    "=~": "regex", "includes": "contains", "include": "contains", "like": "contains",
}  # fmt: skip
SCOPES = ("grant", "session", "identity", "server", "global")
EFFECTS = ("allow", "deny")
REACTIONS = ("report", "hold", "hide", "deny")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
