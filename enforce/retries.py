"""What a request says that comes again, with answers to questions which a server asked in its result."""

from typing import Any

from crawler.mcp.jsonrpc import Json, bare

#: What a server may ask in the midst of a call, and the key by which its answer is known.
_ANSWERS = {"elicitation/create": "action", "sampling/createMessage": "role", "roots/list": "roots"}


def answered_methods(params: dict[str, Any]) -> tuple[str, ...]:
    """The kinds of questions that a request answers with its `inputResponses`, each once."""
    if "inputResponses" not in params:
        return ()
    responses = params["inputResponses"]
    answers = responses.values() if isinstance(responses, dict) else (None,)
    return tuple(dict.fromkeys(method for answer in answers for method in _asked_by(answer)))


def _asked_by(answer: Json) -> tuple[str, ...]:
    """The question that an answer belongs to; all of them where its shape does not tell, to a careless reader either."""
    shape = set(map(bare, answer)) if isinstance(answer, dict) else ()
    found = tuple(method for method, key in _ANSWERS.items() if key in shape)
    return found if len(found) == 1 else tuple(_ANSWERS)
