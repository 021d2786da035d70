"""One client on our standard input and output, one server as our child."""

import gc
import os
import select
import stat
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from enforce.reload import PolicyFile

if TYPE_CHECKING:  # the server is started before all this is loaded
    from enforce.gate import Gate


def relay(gate: "Gate", child: subprocess.Popen[bytes], tell: Callable[[str], None], policy: PolicyFile) -> int:  # fmt: skip
    """Relay until either side ends or a signal comes; the exit code to end with."""
    gc.freeze()  # what is loaded stays, so that no collection looks through it in the midst of a call
    if hasattr(select, "poll") and all(_can_be_polled(each.fileno()) for each in (sys.stdin, sys.stdout)):
        from enforce.transports.polling import Polling

        return Polling(gate, child, tell, policy).run()
    from enforce.transports.threads import Threads

    return Threads(gate, child, tell, policy).run()


def _can_be_polled(descriptor: int) -> bool:
    """Whether it tells truly that it is ready: a terminal may block all the same, and some systems poll no devices."""
    mode = os.fstat(descriptor).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)
