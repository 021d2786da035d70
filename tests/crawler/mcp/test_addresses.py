"""Which addresses are contacted, with look-ups that answer as the test says."""

import pytest

from crawler.mcp.addresses import Address, Unreachable, check_address


@pytest.mark.parametrize(
    ("url", "found", "address"),
    [
        (
            "https://example.com/mcp?x=1",
            ["93.184.215.14"],
            Address(scheme="https", host="example.com", port=443, target="/mcp?x=1", ip="93.184.215.14"),
        ),
        (
            "https://example.com/mcp",
            ["64:ff9b::5db8:d70e"],
            Address(scheme="https", host="example.com", port=443, target="/mcp", ip="64:ff9b::5db8:d70e"),
        ),
        (
            "http://127.0.0.1:8000",
            ["127.0.0.1"],
            Address(scheme="http", host="127.0.0.1", port=8000, target="/", ip="127.0.0.1"),
        ),
        (
            "http://localhost:8000/mcp",
            ["::1", "127.0.0.1"],
            Address(scheme="http", host="localhost", port=8000, target="/mcp", ip="::1"),
        ),
    ],
)
def test_a_public_server_and_one_of_ones_own_are_contacted(
    url: str, found: list[str], address: Address
) -> None:
    """The address that was checked is the one that is used."""
    assert check_address(url, lambda *_: found) == address


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("http://example.com/", ["93.184.215.14"]),
        ("https://example.com/", ["10.0.0.1"]),
        ("https://example.com/", ["93.184.215.14", "192.168.0.1"]),
        ("https://example.com/", ["127.0.0.1"]),
        ("https://example.com/", ["169.254.169.254"]),
        ("https://example.com/", ["::ffff:10.0.0.1"]),
        ("https://example.com/", ["fe80::1%eth0"]),
        ("https://example.com/", ["64:ff9b::a9fe:a9fe"]),
        ("https://example.com/", ["64:ff9b:1::7f00:1"]),
        ("https://example.com/", ["2002:7f00:1::1"]),
        ("https://example.com/", ["::7f00:1"]),
        ("https://example.com/", ["2001:0:a9fe:a9fe::"]),
        ("https://example.com/", ["224.0.0.1"]),
        ("https://example.com/", []),
        ("http://localhost/", ["10.0.0.1"]),
        ("https://user:secret@example.com/", ["93.184.215.14"]),
        ("https://example.com:99999/", ["93.184.215.14"]),
        ("ftp://example.com/", ["93.184.215.14"]),
        ("https:///mcp", ["93.184.215.14"]),
        ("https://[::1", ["93.184.215.14"]),
    ],
)
def test_other_addresses_are_not(url: str, found: list[str]) -> None:
    """Inner networks under any name, passwords in the open, other protocols."""
    with pytest.raises(Unreachable):
        check_address(url, lambda *_: found)


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("/messages?s=1", "/messages?s=1"),
        ("messages", "/a/messages"),
        ("https://example.com/m", "/m"),
        ("https://example.com:444/m", None),
        ("//evil.example/m", None),
        ("https://[::1", None),
        ("//[", None),
        ("http://example.com/m", None),
    ],
)
def test_a_reference_stays_within_its_origin(reference: str, expected: str | None) -> None:
    """Scheme, host and port must stay the same."""
    address = Address(scheme="https", host="example.com", port=443, target="/a/b", ip="93.184.215.14")

    assert address.same_origin(reference) == expected
