"""Arguments that are repeated as headers: written for servers, and compared where clients write them."""

from typing import Any

import pytest

from crawler.mcp.jsonrpc import Refused, parse
from enforce.transports.http.messages import Request
from enforce.transports.parameters import check_parameters, parameter_headers

SCHEMA = {
    "type": "object",
    "properties": {
        "region": {"type": "string", "x-mcp-header": "Region"},
        "count": {"type": "integer", "x-mcp-header": "Count"},
        "dry": {"type": "boolean", "x-mcp-header": "Dry"},
        "deep": {"type": "object", "properties": {"zone": {"type": "string", "x-mcp-header": "Zone"}}},
        "plain": {"type": "string"},
        "bad": {"type": "string", "x-mcp-header": "Bad\r\nName"},
        "odd": {"type": "string", "x-mcp-header": "Odd.!"},
    },
}


@pytest.mark.parametrize(
    ("arguments", "headers"),
    [
        ({"region": "eu", "plain": "x"}, {"region": "eu"}),
        ({"count": 7, "dry": True, "deep": {"zone": "a"}}, {"count": "7", "dry": "true", "zone": "a"}),
        ({"region": None, "count": [1], "deep": "x", "bad": "x"}, {}),
        ({"region": "Zürich"}, {"region": "=?base64?WsO8cmljaA==?="}),
        ({"region": " x"}, {"region": "=?base64?IHg=?="}),
    ],
)
def test_marked_arguments_become_headers(arguments: dict[str, Any], headers: dict[str, str]) -> None:
    expected = [(f"mcp-param-{name}".encode(), value.encode()) for name, value in headers.items()]
    assert parameter_headers(SCHEMA, arguments) == expected


def checked(arguments: str, **headers: str) -> bool:
    """Whether the headers say what the arguments say."""
    line = b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":%s}}'
    fields = {f"mcp-param-{name}".encode(): value.encode() for name, value in headers.items()}
    request = Request(method="POST", path="/", headers=list(fields.items()), fields=fields, body=b"")
    try:
        check_parameters(request, parse(line % arguments.encode()), SCHEMA)
    except Refused as refused:
        return refused.code != -32020
    return True


@pytest.mark.parametrize(
    ("arguments", "headers", "agree"),
    [
        ('{"region":"eu"}', {"region": "eu"}, True),
        ('{"region":"eu"}', {}, True),
        ('{"region":"eu"}', {"other": "x"}, True),
        ('{"region":"eu"}', {"region": "us"}, False),
        ('{"region":"eu"}', {"region": "EU"}, False),
        ('{"odd":"eu"}', {"odd.!": "us"}, False),
        ('{"region":"Zürich"}', {"region": "=?base64?WsO8cmljaA==?="}, True),
        ('{"region":"Zürich"}', {"region": "=?base64?WsO8cmljaA=?="}, False),
        ('{"count":7}', {"count": "007"}, True),
        ('{"count":7}', {"count": "8"}, False),
        ('{"count":7}', {"count": "7_0"}, False),
        ('{"count":1}', {"count": "true"}, False),
        ('{"dry":true}', {"dry": "true"}, True),
        ('{"dry":true}', {"dry": "1"}, False),
        ('{"region":null}', {"region": "eu"}, False),
        ('{"deep":{"zone":"a"}}', {"zone": "b"}, False),
        ("{}", {"region": "eu"}, False),
        ('{"deep":{}}', {"zone": "a"}, False),
        ('{"deep":"x"}', {"zone": "a"}, False),
        ("{}", {"zone": "a"}, False),
    ],
)
def test_headers_must_say_what_the_arguments_say(arguments: str, headers: dict[str, str], agree: bool) -> None:  # fmt: skip
    assert checked(arguments, **headers) is agree
