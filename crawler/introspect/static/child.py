"""The process in which source is parsed: parsers written in C and Rust can be driven to crash or hang, and then only this dies."""

import gc
import sys

import msgspec

from crawler.introspect.static.languages import read_sources

#: Bytes of address space, beyond which the system gives the process no more.
MEMORY = 3_000_000_000


def main() -> None:
    """Read files from stdin, name each on stderr before it is parsed, write the reading to stdout.

    The argument is the processor time in seconds after which the system ends the process.
    """
    _confine(int(sys.argv[1]))
    # Trees are millions of objects, all of them wanted to the end; looking for garbage takes longer than reading.
    gc.disable()
    files = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=dict[str, bytes])
    reading = read_sources(files, announce=_announce)
    sys.stdout.buffer.write(msgspec.msgpack.encode(reading))


def _announce(path: str) -> None:
    sys.stderr.write(path + "\n")
    sys.stderr.flush()


def _confine(seconds: int) -> None:
    """Set the limits, where the system has any."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


if __name__ == "__main__":
    main()
