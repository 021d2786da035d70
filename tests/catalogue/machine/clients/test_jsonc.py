"""JSON with comments, as clients write it."""

import pytest

from catalogue.machine.clients.jsonc import BadJsonc, parse


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{}", {}),
        ('{"a": [1, -2.5e3, true, false, null, "x"]}', {"a": [1, -2500.0, True, False, None, "x"]}),
        ('// head\n{"a": 1, /* in */ "b": [1, 2,], } // tail\n', {"a": 1, "b": [1, 2]}),
        ('{"url": "https://x//y"}', {"url": "https://x//y"}),
        (r'{"a": "\u00e9\"\\"}', {"a": 'é"\\'}),
        ('{"a": 1, "a": 2}', {"a": 2}),
    ],
)
def test_a_value_is_read_as_clients_read_it(text: str, value: object) -> None:
    assert parse(text).value == value


def test_a_node_knows_where_it_stands() -> None:
    text = '{\n  // the server\n  "mcpServers": {"x": {"command": "uvx"}}\n}'

    node = parse(text).at("mcpServers", "x", "command")

    assert node is not None
    assert text[node.start : node.end] == '"uvx"'


@pytest.mark.parametrize(
    ("text", "line", "column", "fault"),
    [
        ("", 1, 1, "the text ends where a value should stand"),
        ('{\n  "a" 1}', 2, 7, "a colon should stand here"),
        ('{"a": 1\n "b": 2}', 2, 2, "a comma or } should stand here"),
        ('{"a": "x\n"}', 1, 7, "a string should stand here, closed on its line"),
        ("{} {}", 1, 4, "there is more text after the value"),
        ("[" * 100, 1, 66, "nested deeper than 64"),
        ("{a: 1}", 1, 2, "a string should stand here, closed on its line"),
        ('{"a": undefined}', 1, 7, "a value should stand here"),
        ('{"a": 01}', 1, 8, "a comma or } should stand here"),
        ('{"a": \u0661}', 1, 7, "a value should stand here"),
        ('{"a": ' + "1" * 5000 + "}", 1, 7, "the number has too many digits"),
    ],
)
def test_a_fault_is_named_with_its_place(text: str, line: int, column: int, fault: str) -> None:
    with pytest.raises(BadJsonc) as caught:
        parse(text)

    assert (caught.value.line, caught.value.column, caught.value.fault) == (line, column, fault)
