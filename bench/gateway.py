"""`make bench-gateway`: the gateway under load on loopback, and beside it zen-engine with the row rules, in the same run.

A store of many persons with two years of history; requests of 50 and of 10 lines at 200 a second, at 1 and 2 workers. The load
generator keeps its timetable whatever the answers take (open loop): waiting counts as latency.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw
import httpx
import psutil

from bench.measure import ROOT, show
from bench.zen_service import decision
from yijian.city.knowledge_books import write_knowledge
from yijian.claims.views import views
from yijian.gateway import packs
from yijian.gateway.answer import now
from yijian.gateway.history import KEPT, history_path, store_of
from yijian.gateway.history_sqlite import create, index
from yijian.gateway.judge import Judge
from yijian.gateway.message import read
from yijian.gateway.pack import Pack, build
from yijian.gateway.rows import case_of, tuples
from yijian.knowledge.importing import import_knowledge
from yijian.rulebook.library import load_rules
from yijian.vocabulary.home import Home

DAY = "2026-03-01"
INVENTED = 20_000
"""Persons whose visits are invented one by one; more are the same visits under other numbers."""

PORT = 8791


def prepare(folder: Path, persons: int, lines: int) -> Home:
    """A home with the invented area's lists, its pack, and a store; made once."""
    home = Home(folder / f"gateway-{persons}")
    if (home.path / "done").exists():
        return home
    home.path.mkdir(parents=True)
    write_knowledge(home.path / "books")
    import_knowledge(home, [home.path / "books"])
    build(home, load_rules(), home.path / "area.pack", "bench")
    packs.use(home, home.path / "area.pack")
    _store(home, persons, lines)
    (home.path / "done").touch()
    return home


def _store(home: Home, persons: int, lines: int) -> None:
    """Persons with visits over two years: rows of one person's message, moved in time."""
    pack = Pack.open(home.path / "area.pack")
    history_path(home).parent.mkdir(parents=True, exist_ok=True)
    with apsw.Connection(str(history_path(home))) as db:
        db.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
        create(db)
        plan = random.Random(1)
        codes = goods(pack)
        at = now()
        for first in range(0, min(persons, INVENTED), 2_000):
            rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in KEPT}
            for number in range(first, min(first + 2_000, persons, INVENTED)):
                visits = max(1, lines // 5)
                for visit in range(visits):
                    said = patient(number, [plan.choice(codes) for _ in range(5)], f"V{visit}")
                    case = case_of(read("patient", said), at)
                    shift = plan.randrange(1, 720)
                    for name, given in case.now.items():
                        for row in given:
                            for column in ("service_day", "adm_day", "dscg_day", "setl_day"):
                                if row.get(column) is not None:
                                    row[column] -= shift
                            row.pop("sent", None)
                        rows[name] += tuples(name, given)
                rows["person"] += tuples("person", case.context["person"])
            with db:
                for name, given in rows.items():
                    marks = ", ".join("?" for _ in views()[name].columns)
                    db.executemany(f"INSERT INTO h_{name} VALUES ({marks})", given)
        for first in range(INVENTED, persons, INVENTED):
            _repeat(db, first, min(INVENTED, persons - first))
        index(db)
        db.execute("PRAGMA journal_mode = WAL")


def _repeat(db: apsw.Connection, first: int, count: int) -> None:
    """The first persons once more under other numbers, in order of the numbers: what a store of a city is, made in minutes."""
    for name in KEPT:
        columns = list(views()[name].columns)
        if "psn_no" not in columns:
            continue
        said = ["printf('P%09d', CAST(SUBSTR(psn_no, 2) AS INTEGER) + ?1)" if c == "psn_no" else c for c in columns]
        with db:
            db.execute(f"INSERT INTO h_{name} SELECT {', '.join(said)} FROM h_{name} WHERE psn_no < ?2", (first, f"P{count:09d}"))


def goods(pack: Pack) -> list[tuple[str, str]]:
    """Codes of the pack's lists with their kind, and as many of no list."""
    found: list[tuple[str, str]] = []
    for name in pack.manifest.lists:
        kind = (
            "201"
            if name.startswith("item")
            else "301"
            if name.startswith("consumable")
            else "102"
            if name.startswith("tcm")
            else "101"
        )
        found += [(str(point["code"]), kind) for point in pack.points(name)]
    return [*found, *((f"X{n:06d}", "101" if n % 2 else "201") for n in range(4 * len(found)))]


def patient(number: int, chosen: list[tuple[str, str]], visit: str) -> dict[str, Any]:
    orders = [
        {
            "rx_id": f"{visit}-{n}", "rxno": f"{visit}-{n // 5}", "hilist_type": kind, "chrg_type": "09", "hilist_code": code,
            "hilist_name": "项目", "hosplist_code": "L", "hosplist_name": "项目", "cnt": 1, "pric": 12.5, "sumamt": 12.5,
            "ownpay_amt": 0, "selfpay_amt": 0, "drord_begn_date": f"{DAY} 09:{n % 60:02d}:00", "drord_stop_date": "2026-03-07",
            "drord_dept_name": "内科", "drord_dr_codg": "D1", "drord_dr_profttl": "3", "curr_drord_flag": "1",
        }
        for n, (code, kind) in enumerate(chosen)
    ]  # fmt: skip
    return {
        "patn_id": f"P{number:09d}", "patn_name": "", "gend": str(1 + number % 2), "brdy": f"{1940 + number % 80}-05-06",
        "poolarea": "999999", "curr_mdtrt_id": visit,
        "fsi_encounter_dtos": [{
            "mdtrt_id": visit, "medins_id": f"H{number % 50:011d}", "medins_lv": "05", "adm_date": f"{DAY} 08:00:00",
            "dscg_date": f"{DAY} 10:00:00", "med_type": "11", "insutype": "310",
            "fsi_diagnose_dtos": [{"dise_id": "1", "maindise_flag": "1", "dise_codg": "I10.x00", "dise_name": "高血压"}],
            "fsi_order_dtos": orders, "fsi_operation_dtos": [],
        }],
    }  # fmt: skip


def messages(pack: Pack, persons: int, lines: int, count: int) -> list[bytes]:
    """Requests about persons of the store."""
    plan, codes = random.Random(2), goods(pack)
    said: list[bytes] = []
    for number in range(count):
        who = plan.randrange(persons)
        person = patient(who, [plan.choice(codes) for _ in range(lines)], "NOW")
        said.append(json.dumps({
            "infno": "3102", "msgid": f"B{number:029d}", "mdtrtarea_admvs": "999999", "inf_time": f"{DAY} 10:00:00",
            "fixmedins_code": f"H{who % 50:011d}",
            "input": {"data": {"trig_scen": "7", "patient_dtos": [person]}},
        }).encode())  # fmt: skip
    return said


def quantile(sorted_values: list[float], q: float) -> float:
    return sorted_values[min(len(sorted_values) - 1, int(len(sorted_values) * q))]


def in_process(home: Home, persons: int, lines: int, count: int = 500) -> list[object]:
    """Reading and judging in this process, one core: processor time."""
    pack = packs.current(home)
    judge = Judge(pack, store_of(home).reader(), rule_seconds=1.0, request_seconds=10.0)
    spent: list[float] = []
    for body in messages(pack, persons, lines, count):
        said = json.loads(body)
        begun = time.thread_time()
        case = case_of(read("patient", said["input"]["data"]["patient_dtos"][0]), now())
        judge.judge(case, "mid")
        spent.append((time.thread_time() - begun) * 1000)
    judge.close()
    spent = sorted(spent[20:])
    return [f"in process, {lines} lines", "", *(f"{quantile(spent, q):.1f}" for q in (0.5, 0.99, 0.999)), "", ""]


@contextmanager
def serving(command: list[str], **environment: str):
    """A server on PORT; gives the seconds to its first answer and its process."""
    begun = time.perf_counter()
    child = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)
    try:
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{PORT}/health", timeout=1)
                break
            except httpx.HTTPError:
                if child.poll() is not None:
                    raise RuntimeError("the server did not start") from None
                time.sleep(0.05)
        yield time.perf_counter() - begun, psutil.Process(child.pid)
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait(20)


def gateway(home: Home, workers: int):
    """The gateway."""
    command = [sys.executable, "-W", "ignore", "-m", "yijian.cli", "gateway", "--port", str(PORT), "--open"]
    return serving([*command, "--workers", str(workers)], YIJIAN_HOME=str(home.path))


def zen_served():
    """zen-engine with one row rule, one worker, on the same server."""
    command = [sys.executable, "-m", "uvicorn", "bench.zen_service:served", "--factory", "--http", "httptools"]
    return serving([*command, "--port", str(PORT), "--log-level", "warning", "--no-access-log"])


class Caller:
    """One kept connection; as little work as can be, so that the generator takes little of the cores that it measures."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls) -> "Caller":
        return cls(*await asyncio.open_connection("127.0.0.1", PORT))

    async def post(self, body: bytes) -> bytes:
        head = f"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self._writer.write(head.encode() + body)
        said = await self._reader.readuntil(b"\r\n\r\n")
        length = next(int(line[15:]) for line in said.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        return await self._reader.readexactly(length)


async def load(said: list[bytes], per_second: float, seconds: float) -> tuple[list[float], float, int]:
    """Send on time; latencies in ms from the time each should have been sent, answers a second, answers that were no advice."""
    spent: list[float] = []
    poor = 0
    idle: asyncio.Queue[Caller] = asyncio.Queue()
    for _ in range(32):
        idle.put_nowait(await Caller.open())

    async def one(body: bytes, due: float) -> None:
        nonlocal poor
        caller = await idle.get()
        answer = await caller.post(body)
        idle.put_nowait(caller)
        spent.append((time.perf_counter() - due) * 1000)
        poor += b'"infcode":0' not in answer or b"warn_msg" in answer

    begun, tasks = time.perf_counter(), list[asyncio.Task[None]]()
    for number in range(int(per_second * seconds)):
        due = begun + number / per_second
        if (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        tasks.append(asyncio.create_task(one(said[number % len(said)], due)))
    await asyncio.gather(*tasks)
    return sorted(spent), len(tasks) / (time.perf_counter() - begun), poor


def _processor(processes: list[psutil.Process]) -> float:
    return sum(sum(p.cpu_times()[:2]) for p in processes)


def over_http(name: str, server: Any, pack: Pack, persons: int, per_second: float, seconds: float) -> list[list[object]]:
    rows = list[list[object]]()
    with server as (started, process):
        for lines in (50, 10):
            said = messages(pack, persons, lines, 600)
            asyncio.run(load(said, min(per_second, 50), 2))
            children = [process, *process.children(recursive=True)]
            before = _processor(children)
            spent, rate, poor = asyncio.run(load(said, per_second, seconds))
            each = (_processor(children) - before) / len(spent) * 1000
            memory = max(p.memory_info().rss for p in children) / 1024**2
            quantiles = [f"{quantile(spent, q):.1f}" for q in (0.5, 0.99, 0.999)]
            note = f"{poor} poor; {each:.1f} ms of processor each; first answer {started:.1f} s"
            rows.append([f"{name}, {lines} lines, {per_second:g}/s asked", f"{rate:.0f}", *quantiles, f"{memory:.0f}", note])
    return rows


def zen(lines: int, count: int = 200) -> list[object]:
    """zen-engine in process: only the row rule `amount_arithmetic`, for each line of a request."""
    rule, spent = decision(), list[float]()
    for _ in range(count):
        begun = time.thread_time()
        for number in range(lines):
            rule.evaluate({"cnt": 1, "pric": 12.5, "amount": 12.5 + number % 2})
        spent.append((time.thread_time() - begun) * 1000)
    spent.sort()
    quantiles = [f"{quantile(spent, q):.1f}" for q in (0.5, 0.99, 0.999)]
    return [f"zen-engine in process, {lines} lines, 1 row rule", "", *quantiles, "", ""]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.gateway", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("bench-home"))
    parser.add_argument("--persons", type=int, default=100_000)
    parser.add_argument("--history", type=int, default=60, help="lines of history of each person")
    parser.add_argument("--per-second", type=float, default=200)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    given = parser.parse_args()
    home = prepare(given.folder.absolute(), given.persons, given.history)
    rows = [in_process(home, given.persons, lines) for lines in (50, 10)]
    rows += [zen(lines) for lines in (50, 10)]
    pack = packs.current(home)
    for workers in given.workers:
        name = f"HTTP, workers {workers}"
        rows += over_http(name, gateway(home, workers), pack, given.persons, given.per_second, given.seconds)
    rows += over_http("zen-engine over HTTP, 1 row rule", zen_served(), pack, given.persons, given.per_second, given.seconds)
    size = history_path(home).stat().st_size / 1024**3
    title = f"Gateway: {given.persons:,} persons with {given.history} lines of history ({size:.1f} GB)"
    show(title, ["", "answers/s", "p50 ms", "p99 ms", "p99.9 ms", "MB a worker", ""], rows)


if __name__ == "__main__":
    main()
