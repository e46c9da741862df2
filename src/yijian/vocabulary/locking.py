"""One process at a time, on Linux and Windows. A lock is let go of when its file is closed, also by a killed process."""

import sys
from typing import IO, Any


def hold(file: IO[Any], *, wait: bool) -> bool:
    """Hold the lock that this open file stands for; False where another process holds it and we do not wait."""
    if sys.platform == "win32":
        import msvcrt
        import time

        while True:
            try:
                file.seek(0)
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            except OSError:
                if not wait:
                    return False
                time.sleep(0.1)
            else:
                return True
    else:
        import fcntl

        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
