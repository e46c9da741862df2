"""A private PostgreSQL for tests: made in a temporary folder, reached by a socket there, thrown away.

Where PostgreSQL is not installed its tests are skipped by name, but never in CI. `python -m tests.postgresql COMMAND…` runs a
command with the pages' database in such a one:

    python -m tests.postgresql python -m pytest tests/web
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

RUNNING = "YIJIAN_TEST_POSTGRESQL"
"""Address (without a database) of a server that runs already, for the processes of one run."""


def programs() -> Path | None:
    """Where `initdb` and `postgres` are: on the path, or where Debian puts them, the newest version."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    return max((p.parent for p in Path("/usr/lib/postgresql").glob("*/bin/initdb")), default=None, key=lambda p: int(p.parts[-2]))


needs_postgresql = pytest.mark.skipif(
    programs() is None and not os.environ.get("CI"), reason="PostgreSQL 没有安装"
)  # fmt: skip


def _unprivileged() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: there it runs as its own user, or as nobody."""
    if os.geteuid():
        return {}
    import pwd

    names = {entry.pw_name for entry in pwd.getpwall()}
    entry = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


@contextmanager
def server() -> Iterator[str]:
    """The address, without a database: that of the environment, else of a server of one's own, thrown away afterwards."""
    if RUNNING in os.environ:
        yield os.environ[RUNNING]
        return
    folder = Path(tempfile.mkdtemp(prefix="yijian-pg-"))
    try:
        with server_in(folder, "-c fsync=off -c full_page_writes=off -c max_connections=60", "immediate") as address:
            yield address
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def server_in(folder: Path, options: str = "", stop: str = "fast") -> Iterator[str]:
    """The address, without a database, of a server whose data lie in a folder and stay there. stop: a mode of `pg_ctl stop`."""
    bin_ = programs()
    assert bin_ is not None, "PostgreSQL is missing"
    owner, data = _unprivileged(), folder / "data"
    if owner:
        os.chown(folder, owner["user"], owner["group"])
    how: dict[str, Any] = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder, **owner}
    if not data.exists():
        initdb = [bin_ / "initdb", "-D", data, "-U", "tester", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C"]
        subprocess.run(initdb, **how)
    control = [bin_ / "pg_ctl", "-D", data, "-w", "-t", "60", "-l", folder / "log"]
    subprocess.run([*control, "-o", f"-k {folder} -c listen_addresses= {options}", "start"], **how)
    try:
        yield f"postgresql://tester@{quote(str(folder), safe='')}"
    finally:
        subprocess.run([*control, "-m", stop, "stop"], **how)


def main() -> int:
    """Run the command with a server beside it, and an empty database `yijian` there; its exit code."""
    import psycopg

    with server() as address:
        with psycopg.connect(f"{address}/postgres", autocommit=True) as db:
            db.execute("CREATE DATABASE yijian")
        env = {**os.environ, RUNNING: address, "YIJIAN_DATABASE_URL": f"{address}/yijian"}
        return subprocess.run(sys.argv[1:], env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
