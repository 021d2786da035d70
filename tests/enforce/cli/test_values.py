"""What may stand after an option."""

from argparse import ArgumentTypeError
from collections.abc import Callable

import pytest

from enforce.cli import values


@pytest.mark.parametrize(
    ("read", "text", "expected"),
    [
        (values.port, "0", 0),
        (values.port, "65535", 65535),
        (values.address, "127.0.0.1:8700", ("127.0.0.1", 8700)),
        (values.address, "[::1]:0", ("::1", 0)),
        (values.seconds, "0.5", 0.5),
        (values.hours, "0", 0.0),
        (values.hours, "0.0", 0.0),
        (values.hours, "24", 24.0),
        (values.size, "0", 0),
        (values.size, "500MB", 500_000_000),
        (values.size, "10GB", 10_000_000_000),
    ],
)
def test_values_are_read(read: Callable[[str], object], text: str, expected: object) -> None:
    """Each in the unit that its option speaks of."""
    assert read(text) == expected


@pytest.mark.parametrize(
    ("read", "text", "fault"),
    [
        (values.port, "65536", "'65536' is no port"),
        (values.port, "²", "'²' is no port"),
        (values.address, "8700", "'8700' is no address such as 127.0.0.1:8700"),
        (values.address, ":8700", "':8700' is no address such as 127.0.0.1:8700"),
        (values.address, "localhost:²", "'localhost:²' is no address such as 127.0.0.1:8700"),
        (values.seconds, "0", "'0' is no number of seconds above 0"),
        (values.seconds, "inf", "'inf' is no number of seconds above 0"),
        (values.seconds, "soon", "'soon' is no number of seconds above 0"),
        (values.hours, "-1", "'-1' is no number of hours, from 0 to a year"),
        (values.hours, "nan", "'nan' is no number of hours, from 0 to a year"),
        (values.hours, "9000", "'9000' is no number of hours, from 0 to a year"),
        (values.size, "500 MB", "'500 MB' is no size such as 500MB"),
        (values.size, "MB", "'MB' is no size such as 500MB"),
        (values.size, "5EB", "'5EB' is no size such as 500MB"),
    ],
)
def test_a_value_that_is_none_is_told_with_what_would_be_one(
    read: Callable[[str], object], text: str, fault: str
) -> None:
    """`argparse` puts the option's name before it."""
    with pytest.raises(ArgumentTypeError) as caught:
        read(text)

    assert str(caught.value) == fault
