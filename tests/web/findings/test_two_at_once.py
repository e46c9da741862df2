"""Two people who screen one group at once: what each does is in the figures that are kept (PostgreSQL; SQLite lets one write)."""

import os
import subprocess
import sys

from tests.postgresql import needs_postgresql, server


@needs_postgresql
def test_of_two_who_screen_one_group_at_once_both_are_counted(tmp_path):
    import psycopg

    name = f"two_at_once_{os.getpid()}"
    with server() as address:
        with psycopg.connect(f"{address}/postgres", autocommit=True) as db:
            db.execute(f"CREATE DATABASE {name}")
        env = {**os.environ, "YIJIAN_DATABASE_URL": f"{address}/{name}", "YIJIAN_HOME": str(tmp_path)}
        command = [sys.executable, "-m", "tests.web.findings.two_at_once"]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "confirmed: 1, [1, 1, 1]" in done.stdout
    assert "rejected: 1, [1, 1, 1]" in done.stdout
    assert "new: 0, [0, 0, 0]" in done.stdout
