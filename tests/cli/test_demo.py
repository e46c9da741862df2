"""The demo: hospitals ask the gateway, the pages show what doctors did, and both are served together."""

import http.client
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.test_commands import ROOT, one_sentence, yijian

PERSONS = 1000


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> tuple[Path, str]:
    """A demo's home, and what was printed."""
    home = tmp_path_factory.mktemp("demo") / "home"
    done = yijian("demo", "--persons", PERSONS, "--no-serve", home=home)
    assert done.returncode == 0, done.stderr
    return home, done.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_hospitals_ask_and_the_pages_know_what_doctors_did(demo):
    home, said = demo
    asked, reminders, acted = (int(n.replace(",", "")) for n in re.findall(r"(?:询问|提醒|反馈) ([\d,]+) [次条]", said))
    assert 600 <= asked <= 1500
    with closing(sqlite3.connect(home / "web" / "yijian.sqlite3")) as db:
        ways = dict(db.execute("SELECT done, COUNT(*) FROM reminders_reminder GROUP BY done"))
        (months,) = db.execute("SELECT COUNT(DISTINCT month) FROM reminders_reminder").fetchone()
        assert db.execute("SELECT SUM(requests) FROM reminders_asked").fetchone() == (asked,)
        # what was followed was not settled: nothing of it is found afterwards
        both = "FROM reminders_reminder r JOIN findings_finding f ON f.rule = r.rule_id AND f.mdtrt_id = r.mdtrt_id"
        assert db.execute(f"SELECT COUNT(*) {both} WHERE r.done = '1'").fetchone()[0] > 20
        followed = db.execute(f"SELECT COUNT(DISTINCT r.id) {both} WHERE r.done = '2'").fetchone()[0]
    assert sum(ways.values()) == reminders
    assert ways["1"] + ways["2"] == acted
    assert min(ways["0"], ways["1"], ways["2"]) > 20
    assert months >= 6
    assert followed <= 0.05 * ways["2"]


def test_a_second_demo_does_not_ask_again(demo):
    home, _ = demo
    again = yijian("demo", "--persons", PERSONS, "--no-serve", home=home)
    assert again.returncode == 0, again.stderr
    assert "已有提醒，不再询问" in again.stdout


def test_the_demo_serves_the_gateway_beside_the_pages_and_ends_it_with_them(demo):
    home, _ = demo
    page, port = free_port(), free_port()
    command = [sys.executable, "-m", "yijian.cli", "demo", "--persons", str(PERSONS), "--home", str(home)]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "200", "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [*command, "--port", str(page), "--gateway-port", str(port)], stdout=subprocess.PIPE, text=True, encoding="utf-8",
        env=env, cwd=ROOT,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        lines = []
        while not any("网页服务已启动" in line for line in lines):
            line = process.stdout.readline()
            assert line, lines
            lines.append(line)
        example = next(re.search(r"-d @(\S+)", line) for line in lines if "curl" in line)
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as gateway:
            gateway.request("POST", "/", (ROOT / example[1]).read_bytes())
            answer = json.loads(gateway.getresponse().read())
        assert answer["infcode"] == 0
        assert answer["output"]["result"][0]["vola_cont"]
        until = time.monotonic() + 30
        while not listens(page) and time.monotonic() < until:
            time.sleep(0.1)
        assert listens(page)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    until = time.monotonic() + 20
    while (listens(page) or listens(port)) and time.monotonic() < until:
        time.sleep(0.1)
    assert not listens(page)
    assert not listens(port)


@pytest.mark.parametrize("option", ["--port", "--gateway-port"])
def test_a_port_that_is_taken_is_one_sentence_before_anything_is_made(tmp_path, option):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        other = "--gateway-port" if option == "--port" else "--port"
        said = one_sentence(yijian("demo", option, number, other, free_port(), home=tmp_path / "home"))
    assert str(number) in said
    assert option in said
    assert not (tmp_path / "home").exists()


def test_replay_is_for_trying_out_only(tmp_path):
    assert "--open" in one_sentence(yijian("gateway", "--replay", home=tmp_path))
