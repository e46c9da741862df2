"""The demo's gateway: the city's hospitals ask it about a sample of their encounters, and doctors act on what they hear."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home

SINGLE, LABELLED = 350, 350
"""Encounters of the sample: so many drawn at random, and at most so many in which the city staged something."""
STARTS_WITHIN = 30
"""Seconds that the gateway may take to answer for the first time."""
EXAMPLE = "example-3101.json"
LOOPBACK = "127.0.0.1"


def free_port(port: int, option: str) -> None:
    """UserError where something listens on the port already."""
    with socket.socket() as probe:
        if probe.connect_ex((LOOPBACK, port)) == 0:
            raise UserError(f"端口 {port} 已被别的程序占用", where=LOOPBACK, do=f"请用 {option} 换一个端口，或先停掉那个程序")


@contextmanager
def gateway(home: Home, port: int, *options: str) -> Generator[None]:
    """`yijian gateway --open` in a process of its own until the block ends. UserError where it does not start."""
    command = [sys.executable, "-m", "yijian.cli", "gateway", "--open", "--port", str(port), "--home", str(home.path), *options]
    env = {name: value for name, value in os.environ.items() if name != "YIJIAN_HISTORY_URL"}  # the demo keeps to its home
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=env)  # noqa: S603
    try:
        _wait_for(process, port)
        yield
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(process: "subprocess.Popen[bytes]", port: int) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while process.poll() is None and time.monotonic() < until:
        with closing(http.client.HTTPConnection(LOOPBACK, port, timeout=2)) as line:
            try:
                line.request("GET", "/health")
                if line.getresponse().status == http.client.OK:
                    return
            except OSError:
                time.sleep(0.05)
    raise UserError("网关没有启动", where=f"{LOOPBACK}:{port}", do="请运行 yijian gateway --open 查看原因")


def curl_line(home: Home, port: int) -> str:
    """What to type to try the gateway out; '' where the trial got no advice to show."""
    example = home.path / EXAMPLE
    shown = os.path.relpath(example) if example.is_relative_to(Path.cwd()) else str(example)
    return f"curl -s http://{LOOPBACK}:{port}/ -d @{shown}" if example.is_file() else ""


def run_trial(home: Home, seed: int, tell: Callable[[str, int, int | None], None]) -> str:
    """Build pack and history, let hospitals ask and doctors answer, take the reminders into the lake. Done once a home."""
    from yijian.claims.lake import Lake
    from yijian.cli.reminders import take_into_lake
    from yijian.gateway.history import build as build_history
    from yijian.gateway.journal import journal_path

    if Lake.open(home).snapshot().rows("bffact_warn_rslt_d"):
        return "已有提醒，不再询问"
    rules = _pack(home)
    tell("就诊历史", 0, None)
    build_history(home)
    journal = journal_path(home)
    for left in (journal, journal.with_name(f"{journal.name}-wal"), journal.with_name(f"{journal.name}-shm")):
        left.unlink(missing_ok=True)  # of a trial that was broken off
    with socket.socket() as free:
        free.bind((LOOPBACK, 0))
        port = free.getsockname()[1]
    with gateway(home, port, "--replay", "--per-second", "0"):
        asked, reminders, acted = _ask(home, seed, port, rules, tell)
    take_into_lake(home)
    return f"询问 {asked:,} 次，提醒 {reminders:,} 条，反馈 {acted:,} 条"


def _pack(home: Home) -> set[str]:
    """Build the area's pack and put it in use; its rules."""
    from yijian.gateway import packs
    from yijian.gateway.pack import build
    from yijian.rulebook.library import load_rules

    path = home.path / "area.pack"
    path.unlink(missing_ok=True)  # of a trial that was broken off; a pack is never written over
    build(home, load_rules(), path, "示例市")
    return {rule.id for rule in packs.use(home, path).rules}


def _ask(home: Home, seed: int, port: int, rules: set[str], tell: Callable[[str, int, int | None], None]) -> tuple[int, int, int]:
    """Requests, reminders and feedback."""
    from yijian.city.doctors import Doctors, labelled_encounters
    from yijian.gateway.replay import Settled

    doctors, asked, reminders, acted = Doctors(seed), 0, 0, 0
    staged = labelled_encounters(home.path / "city", rules, LABELLED)
    tell("挑选就诊", 0, None)
    settled = list(Settled(home, single=SINGLE, seed=seed, also=staged).messages())
    with closing(http.client.HTTPConnection(LOOPBACK, port, timeout=30)) as line:
        for number, after in enumerate(settled, 1):
            for message in (doctors.draft(after), after):
                if message is None:
                    continue
                results = _send(line, message)["result"]
                asked, reminders = asked + 1, reminders + len(results)
                if results and message is not after:
                    _keep_example(home, message)
                if feedback := doctors.feedback(message, results):
                    _send(line, feedback)
                    acted += len(feedback["input"]["data"]["warns"])
            tell("询问", number, len(settled))
    return asked, reminders, acted


def _send(line: http.client.HTTPConnection, message: Mapping[str, Any]) -> dict[str, Any]:
    """The output of the answer. UserError where the gateway refuses what a hospital of the city sends."""
    line.request("POST", "/", json.dumps(message), {"Content-Type": "application/json"})
    answer = json.loads(line.getresponse().read())
    if answer["infcode"] != 0:
        raise UserError(f"网关拒绝了演示报文：{answer['err_msg']}", do="请把这句话报告给开发者")
    return answer["output"]


def _keep_example(home: Home, message: Mapping[str, Any]) -> None:
    """Keep a short message that gets advice, to be sent again by hand."""
    example = home.path / EXAMPLE
    text = json.dumps(message, ensure_ascii=False, indent=1)
    if not example.is_file() or len(text) < example.stat().st_size:
        example.write_text(text, encoding="utf-8")
