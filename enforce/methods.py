"""The methods of the protocol, every revision together, and which of them a session cannot do without."""

from crawler.mcp.jsonrpc import bare, is_beyond_telling

#: Protocol, list and subscription methods: nothing happens to the world and nothing of the user's is read.
PASSES = frozenset({
    "initialize", "server/discover", "ping", "logging/setLevel",
    "tools/list", "resources/list", "resources/templates/list", "prompts/list", "roots/list",
    "resources/subscribe", "resources/unsubscribe", "subscriptions/listen",
    "notifications/initialized", "notifications/cancelled", "notifications/progress", "notifications/message",
    "notifications/roots/list_changed", "notifications/tools/list_changed", "notifications/prompts/list_changed",
    "notifications/resources/list_changed", "notifications/resources/updated",
    "notifications/subscriptions/acknowledged", "notifications/elicitation/complete",
    "notifications/tasks", "notifications/tasks/status",
})  # fmt: skip

#: Methods that read, prompt, ask the user or spend the user's model: denied under default deny unless named.
GUARDED = frozenset({
    "resources/read", "prompts/get", "completion/complete", "sampling/createMessage", "elicitation/create",
    "tasks/get", "tasks/result", "tasks/list", "tasks/cancel", "tasks/update",
})  # fmt: skip

#: Notifications that may bring the result of a task.
TASK_NEWS = frozenset({"notifications/tasks", "notifications/tasks/status"})

#: Requests whose answers tell how a task stands, or bring its result.
TASK_STATES = frozenset({"tasks/get", "tasks/result"})

KNOWN = PASSES | GUARDED | {"tools/call"}


def imitates(method: str) -> bool:
    """Whether a method that the protocol does not have could be taken for one that it has, such as `Tools/Call`."""
    return is_beyond_telling(method) or bare(method) in _BARE


_BARE = frozenset(map(bare, KNOWN))
