"""Runs `yijian` as on Windows: without the modules and functions of POSIX, and with files as strict as there.

    python -X warn_default_encoding -m tests.gateway.elsewhere selfcheck …

A temporary folder that is removed while a file in it is open, or that holds a name which Windows does not allow, is an error.
"""

import os
import sys
import tempfile
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any

MODULES = ("fcntl", "grp", "posix", "pty", "pwd", "resource", "termios", "tty", "uvloop", "psycopg")
"""What Windows, or an installation without extras, does not have."""

FUNCTIONS = (
    "chown", "fchmod", "fork", "forkpty", "getegid", "geteuid", "getgid", "getloadavg", "getpgid", "getuid", "killpg", "mkfifo",
    "nice", "pread", "register_at_fork", "sched_getaffinity", "setsid", "statvfs", "sync", "uname", "wait4",
)  # fmt: skip
"""Functions of `os` that Windows does not have."""

LIBRARIES = (
    "apsw", "cryptography", "duckdb", "gmssl.sm2", "msgspec", "numpy", "pyarrow.csv", "pyarrow.parquet", "python_calamine",
    "rich.live", "sqlglot", "subprocess", "typer", "xlsxwriter",
)  # fmt: skip
"""What others wrote is not tested here."""

FORBIDDEN = frozenset('<>:"\\|?*')


class Strict(tempfile.TemporaryDirectory[str]):
    """A temporary folder that Windows could remove."""

    def cleanup(self) -> None:
        folder = Path(self.name)
        for name in (path.relative_to(folder).as_posix() for path in folder.rglob("*")):
            assert not FORBIDDEN & set(name) and not name.endswith((".", " ")), f"Windows has no such name: {name}"
        held = [link.readlink() for link in Path("/proc/self/fd").iterdir() if link.is_symlink() and link.exists()]
        assert not [path for path in held if path.is_relative_to(folder.resolve())], "still open"
        super().cleanup()


class Locks:
    """In the place of `msvcrt`: the lock of the first byte, which nobody else asks for here."""

    LK_NBLCK = 2

    @staticmethod
    def locking(handle: int, mode: int, count: int) -> None:
        assert (mode, count) == (Locks.LK_NBLCK, 1) and handle >= 0


def forget_posix() -> None:
    """Take away what Windows does not have. `sys.platform` says win32 to our own modules only, when they ask while they run."""
    for name in LIBRARIES:  # they know from `sys.platform` where they are, and take what there is
        import_module(name)
    for name in MODULES:
        sys.modules[name] = None  # type: ignore[assignment]
    for name in FUNCTIONS:
        if hasattr(os, name):
            delattr(os, name)
    made: Any = Locks
    sys.modules["msvcrt"] = made
    tempfile.TemporaryDirectory = Strict  # type: ignore[misc]


def main() -> None:
    forget_posix()
    warnings.filterwarnings("error", category=EncodingWarning, module=r"yijian\b")
    from yijian.cli import main as yijian
    from yijian.vocabulary import locking

    class Windows:
        platform = "win32"

    locking.sys = Windows  # type: ignore[attr-defined]
    yijian()


if __name__ == "__main__":
    main()
