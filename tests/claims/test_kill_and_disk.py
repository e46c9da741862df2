"""An import that dies at any moment leaves the lake as it was, and run again gives what an undisturbed one gives."""

import fcntl
import os
import random
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.claims.claims_cast import Bureau
from yijian.claims.lake import Lake
from yijian.claims.quarantine import Quarantine
from yijian.claims.vault import Vault
from yijian.vocabulary.errors import UserError

PROGRAM = "import sys; from pathlib import Path; from yijian.claims.intake import import_files; " \
          "from yijian.vocabulary.home import Home; import_files(Home.of(Path(sys.argv[1])), [Path(sys.argv[2])])"  # fmt: skip


def started(bureau: Bureau, delivery: Path) -> "subprocess.Popen[bytes]":
    """An import in a process of its own."""
    source = Path(__file__).parents[2] / "src"
    env = {**os.environ, "PYTHONPATH": str(source)}
    args = [sys.executable, "-c", PROGRAM, str(bureau.home.path), str(delivery)]
    return subprocess.Popen(args, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def begun_at(bureau: Bureau) -> int:
    """When the last import began to work: a killed one leaves its folder behind, the next one makes it anew."""
    folder = bureau.home.lake / ".staging"
    try:
        return folder.stat().st_ctime_ns
    except FileNotFoundError:
        return 0


def delivery(bureau: Bureau) -> list[Path]:
    """Two deliveries: a first, and one with new, equal, corrected and bad rows."""
    people = [{"setl_id": f"S{i}", "psn_no": f"P{i % 40}", "psn_name": f"甲{i % 40}"} for i in range(400)]
    lines = [{"bkkp_sn": f"L{i}", "setl_id": f"S{i}", "psn_no": f"P{i % 40}"} for i in range(400)]
    first, second = bureau.folder / "1", bureau.folder / "2"
    for folder in (first, second):
        folder.mkdir()
    bureau.write("setl_d", people, "1/setl_d.csv")
    bureau.write("fee_list_d", lines, "1/fee_list_d.csv")
    corrected = [{**line, "cnt": "3", "updt_time": "2026-03-01"} if i % 3 == 0 else line for i, line in enumerate(lines)]
    more = [{"bkkp_sn": f"N{i}", "psn_no": f"P{i % 40}", "cnt": "x" if i % 10 == 0 else "1"} for i in range(100)]
    bureau.write("fee_list_d", [*corrected, *more], "2/fee_list_d.csv")
    return [first, second]


def state(bureau: Bureau) -> object:
    """All that an import can change."""
    with Vault.open(bureau.home) as vault:
        people = [vault.identity(f"P{i}") for i in range(40)]
    rejected = sorted((r.line, r.check, r.value) for r in Quarantine(bureau.home).rejections())
    tables = [bureau.rows(t) for t in ("setl_d", "fee_list_d")]
    return [tables, bureau.rows("row_chg_d"), rejected, people]


def test_killed_at_random_moments_and_run_again_gives_the_same(tmp_path: Path) -> None:
    calm, shaken = Bureau(tmp_path / "calm"), Bureau(tmp_path / "shaken")
    folders = delivery(calm)
    begun = time.monotonic()
    assert started(calm, folders[0]).wait() == 0
    took = time.monotonic() - begun
    calm.take(folders[1])
    shutil.copytree(calm.home.keys, shaken.home.keys)  # the same keys give the same tokens
    chance, kills = random.Random(20260105), 0
    for folder in folders:
        for moment in [0.0, *sorted(chance.uniform(0, 0.6) for _ in range(4))]:
            before = begun_at(shaken)
            process = started(shaken, folder)
            while process.poll() is None and begun_at(shaken) == before:
                time.sleep(0.002)
            time.sleep(took * moment)
            process.kill()
            kills += process.wait() != 0
        assert started(shaken, folder).wait() == 0
    assert state(shaken) == state(calm)
    assert kills >= 2
    live = {p for n in Lake.open(shaken.home).numbers() for t in ("setl_d", "fee_list_d", "row_chg_d")
            for p in Lake.open(shaken.home).at(n).files(t)}  # fmt: skip
    assert {p for p in shaken.home.lake.rglob("*.parquet") if ".staging" not in p.parts} == live


def test_only_one_importer_at_a_time(bureau: Bureau) -> None:
    path = bureau.write("setl_d")
    bureau.home.lake.mkdir(parents=True)
    with (bureau.home.lake / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(UserError, match="另一个导入"):
            bureau.take(path)
    assert bureau.take(path).commit == 1


def test_a_full_disk_is_one_sentence_and_writes_nothing(bureau: Bureau) -> None:
    """A limit on file size stands in for a full disk: the system refuses the write in the middle."""
    rows = [{"bkkp_sn": f"L{i}", "psn_no": "P1", "memo": os.urandom(40).hex()} for i in range(3000)]
    path = bureau.write("fee_list_d", rows)
    code = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (40000, 40000)); "
        "from pathlib import Path; from yijian.claims.intake import import_files; from yijian.vocabulary.home import Home\n"
        "from yijian.vocabulary.errors import UserError\n"
        "try: import_files(Home.of(Path(sys.argv[1])), [Path(sys.argv[2])])\n"
        "except UserError as e: print(e); sys.exit(2)"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src"), "PYTHONIOENCODING": "utf-8"}
    args = [sys.executable, "-c", code, str(bureau.home.path), str(path)]
    done = subprocess.run(args, env=env, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (done.returncode, "空间" in done.stdout) == (2, True), done
    assert Lake.open(bureau.home).snapshot().number == 0
    assert not list(bureau.home.lake.rglob("*.parquet"))
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 40000
    assert bureau.take(path).commit == 1
