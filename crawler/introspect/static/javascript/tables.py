"""Tables that source reads out of files of its package: JSON and YAML."""

import json
import re

from crawler.introspect.static.unknown import UNKNOWN, Value

#: Characters of a text of YAML, and how deep its values may lie inside each other.
LONGEST_YAML, DEEPEST_YAML = 300_000, 60

#: What a scalar without quotes may mean besides its text, as the core schema of YAML 1.2 has it.
_CONSTANTS: dict[str, Value] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER, _NUMBER = (
    re.compile(r"[-+]?\d{1,15}"),
    re.compile(r"[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d{1,2})?"),
)


def json_value(source: Value) -> Value:
    """The value of a text of JSON."""
    if not isinstance(source, str):
        return UNKNOWN
    try:
        return json.loads(source)
    except (ValueError, RecursionError):
        return UNKNOWN


def yaml_value(source: Value) -> Value:
    """The value of a text of YAML; of several documents, and where a part stands for another, nothing."""
    if not isinstance(source, str) or len(source) > LONGEST_YAML:
        return UNKNOWN
    import yaml  # only packages that bring such a table pay for loading it

    #: The containers that are open, outermost first, with the key that waits for its value.
    opened: list[tuple[list[Value] | dict[str, Value], list[str]]] = [([], [])]

    def put(value: Value) -> None:
        holder, waiting = opened[-1]
        if isinstance(holder, list):
            holder.append(value)
        elif waiting:
            holder[waiting.pop()] = value
        else:
            waiting.append(str(value))

    try:
        for event in yaml.parse(source, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            if isinstance(event, yaml.AliasEvent) or len(opened) > DEEPEST_YAML:
                return UNKNOWN
            if isinstance(event, yaml.ScalarEvent):
                waits_for_value = isinstance(opened[-1][0], list) or bool(opened[-1][1])
                put(_scalar(event.value) if event.implicit[0] and waits_for_value else event.value)
            elif isinstance(event, yaml.CollectionStartEvent):
                if isinstance(opened[-1][0], dict) and not opened[-1][1]:
                    return UNKNOWN  # a key that is no text
                found: list[Value] | dict[str, Value] = (
                    [] if isinstance(event, yaml.SequenceStartEvent) else {}
                )
                put(found)
                opened.append((found, []))
            elif isinstance(event, yaml.CollectionEndEvent):
                opened.pop()
    except yaml.YAMLError:
        return UNKNOWN
    documents = opened[0][0]
    return documents[0] if isinstance(documents, list) and len(documents) == 1 else UNKNOWN


def _scalar(text: str) -> Value:
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text
