"""One process at a time: an exclusive lock on an open file, which ends with the process."""

import sys

if sys.platform == "win32":
    import msvcrt
    import os

    # A lock on Windows keeps others from reading the locked bytes, so a byte is locked that no file ever has.
    _FAR = 2**60

    def try_lock(descriptor: int) -> bool:
        """Lock the file for this process; false where another holds it."""
        position = os.lseek(descriptor, 0, os.SEEK_CUR)
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(descriptor, position, os.SEEK_SET)
        return True

else:
    import fcntl

    def try_lock(descriptor: int) -> bool:
        """Lock the file for this process; false where another holds it."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
