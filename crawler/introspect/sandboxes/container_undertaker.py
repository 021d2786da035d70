"""The program beside one run in a container: waits until the engine's client or the crawl has ended, then removes the container."""

import os
import select
import subprocess
import sys
import time

#: Times that the container is looked for, and seconds between them: the engine may still have been making it.
_TIMES, _PAUSE = 5, 1.0


def main(client: int, crawl: int, engine: str, called: str) -> None:
    """*client* and *crawl* are process ids, *called* is the container's name."""
    try:
        ends = [os.pidfd_open(client), os.pidfd_open(crawl)]
    except ProcessLookupError:
        pass
    else:
        select.select(ends, [], [])
    for _ in range(_TIMES):
        # Removing succeeds for a container that is not there as well, so that all that can be done is to do it again.
        # By itself podman would first ask kindly, and wait for ten seconds.
        for words in (["kill"], ["rm", "--force", "--volumes"]):
            subprocess.run(
                [engine, *words, called], stdin=subprocess.DEVNULL, capture_output=True, check=False
            )
        time.sleep(_PAUSE)


if __name__ == "__main__":
    # Whoever starts it does not wait for the end of a run.
    if os.fork():
        os._exit(0)
    os.setsid()
    main(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
