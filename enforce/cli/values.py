"""What may stand after an option, read for `argparse`: each raises ArgumentTypeError, which becomes a sentence."""

from argparse import ArgumentTypeError

#: Bytes of each unit of a size.
_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


def port(text: str) -> int:
    """A port, 0 to 65535."""
    if not text.isdecimal() or int(text) > 65535:
        raise ArgumentTypeError(f"{text!r} is no port")
    return int(text)


def address(text: str) -> tuple[str, int]:
    """A host, which may be an IPv6 address in brackets, and a port."""
    host, _, number = text.rpartition(":")
    try:
        found = port(number)
    except ArgumentTypeError:
        host = ""
    if not host:
        raise ArgumentTypeError(f"{text!r} is no address such as 127.0.0.1:8700")
    return host.strip("[]"), found


def seconds(text: str) -> float:
    """A number of seconds above 0."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise ArgumentTypeError(f"{text!r} is no number of seconds above 0")
    return number


def hours(text: str) -> float:
    """A number of hours, from 0 to a year."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 24 * 366:
        raise ArgumentTypeError(f"{text!r} is no number of hours, from 0 to a year")
    return number


def size(text: str) -> int:
    """A number of bytes, such as `500MB`; units are powers of 1000."""
    number, unit = text.rstrip("KMGTB"), text.lstrip("0123456789")
    if not number.isdecimal() or unit not in _UNITS or number + unit != text:
        raise ArgumentTypeError(f"{text!r} is no size such as 500MB")
    return int(number) * _UNITS[unit]
