"""What the loop of asyncio has to say, such as that there are no files left for who comes: told like everything else."""

import logging

from enforce.cli.words import tell


class _Told(logging.Handler):
    """Tells it, at a pace and without waiting for who reads: a crowd of clients can make the loop say the same without end."""

    def emit(self, record: logging.LogRecord) -> None:
        fault = record.exc_info[1] if record.exc_info else None
        if isinstance(fault, OSError):  # nothing is wrong with us, so nobody needs to know where
            tell(f"{record.getMessage().splitlines()[0]}: {fault}")
        else:
            tell(self.format(record))


def tell_of_loops() -> None:
    """From now on no loop writes to standard error by itself."""
    log = logging.getLogger("asyncio")
    log.handlers = [_Told()]
    log.propagate = False
