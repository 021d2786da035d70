"""Running a confined program to its end, however much it says and however long it takes."""

import os
import selectors
import time
from collections.abc import Callable
from subprocess import Popen, TimeoutExpired

from crawler.mcp.session import Silent, TooMuch

_CHUNK = 1 << 16
#: Seconds between two looks at what it does.
_LOOK = 0.25


def ended(
    child: Popen[bytes],
    *,
    seconds: float,
    most_output: int,
    most_errors: int,
    look: Callable[[], None] = lambda: None,
    now: Callable[[], float] = time.monotonic,
) -> tuple[int, bytes, bytes]:
    """The exit status of a program without input, and what it said on both streams; it is killed if need be.

    Raises Silent after so many seconds, and TooMuch after more bytes than *most_output* or *most_errors*. While it runs,
    *look* is called several times a second; what that raises ends it too.
    """
    until = now() + seconds
    assert child.stdin is not None and child.stdout is not None and child.stderr is not None  # noqa: S101, PT018 - pipes
    heard = {child.stdout: bytearray(), child.stderr: bytearray()}
    most = {child.stdout: most_output, child.stderr: most_errors}
    try:
        child.stdin.close()
        with selectors.DefaultSelector() as selector:
            for stream in heard:
                selector.register(stream, selectors.EVENT_READ)
            while selector.get_map():
                ready = selector.select(max(0.0, min(_LOOK, until - now())))
                look()
                if now() >= until:
                    raise Silent(f"it took more than {seconds:.0f} s")
                for stream in [stream for stream in heard if any(key.fileobj is stream for key, _ in ready)]:
                    chunk = os.read(stream.fileno(), _CHUNK)
                    heard[stream] += chunk
                    if not chunk:
                        selector.unregister(stream)
                    if len(heard[stream]) > most[stream]:
                        raise TooMuch(f"more than {most[stream]} bytes of output")
        status = child.wait(max(0.0, until - now()))
    except TimeoutExpired:
        raise Silent(f"it took more than {seconds:.0f} s") from None
    finally:
        child.kill()
        child.wait()
        child.stdout.close()
        child.stderr.close()
    return status, bytes(heard[child.stdout]), bytes(heard[child.stderr])
