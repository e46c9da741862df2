"""Two offices that act on one campaign at once (PostgreSQL; SQLite lets one write)."""

import os
import subprocess
import sys

from tests.postgresql import needs_postgresql, server


@needs_postgresql
def test_of_two_at_once_one_makes_the_plan_and_one_asks_a_hospital(tmp_path):
    import psycopg

    name = f"campaign_at_once_{os.getpid()}"
    with server() as address:
        with psycopg.connect(f"{address}/postgres", autocommit=True) as db:
            db.execute(f"CREATE DATABASE {name}")
        env = {**os.environ, "YIJIAN_DATABASE_URL": f"{address}/{name}", "YIJIAN_HOME": str(tmp_path)}
        command = [sys.executable, "-m", "tests.web.campaigns.two_at_once"]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "plans: 1\n" in done.stdout
    assert "returns: 1\n" in done.stdout
