"""What the gateway does with a message, step by step: read, check who sends it, judge, answer, record.

Nothing here knows HTTP. A message that cannot be worked on raises `Refused`; whatever else goes wrong inside the judging ends
in an answer without advice: the hospital is never held up by us.
"""

import asyncio
import logging
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from yijian.gateway import metrics, packs
from yijian.gateway.access import Keys, Limiter, Seen, check_clock
from yijian.gateway.answer import envelope, now, output_of, reference
from yijian.gateway.history import store_of
from yijian.gateway.journal import Journal, Recorder, journal_path, reminder_rows
from yijian.gateway.judge import Judge, Judgement
from yijian.gateway.message import Fields, Refused, decode, input_data, nodes, read
from yijian.gateway.openapi import SCENES
from yijian.gateway.pack import Pack
from yijian.gateway.rows import Case, case_of
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home

log = logging.getLogger(__name__)

STAGE = {"3101": "pre", "3102": "mid"}
SETTLED = frozenset(("6", "8", "10"))
"""触发场景 in which the encounter is settled, not only tried."""

PATHS = {"beforeanalyze": "3101", "courseanalyze": "3102", "feedback": "3103"}
"""Last part of a path, as some areas have it → transaction."""

OTHERS_WRITE = 10
"""Times that feedback looks, 50 ms apart, for a reminder that another worker answered and is still writing down."""

BUSY = "系统繁忙，本次未提供审核意见"
FAULT = "审核服务故障，本次未提供审核意见"


class Settings(msgspec.Struct, frozen=True):
    """How a worker runs.

    history: address of the PostgreSQL database with the store ('': the home's file); max_waiting: requests that may wait, and
    answer_seconds: how long one may take until it is answered; beyond, the answer is quick and without advice.
    replay: past encounters are sent for trying out; what is recorded carries the messages' own time. Only with `open`.
    """

    home: str
    open: bool = False
    history: str = ""
    replay: bool = False
    max_waiting: int = 40
    answer_seconds: float = 2.0
    per_second: float = 100.0
    rule_seconds: float = 0.05
    request_seconds: float = 0.3


@dataclass(frozen=True)
class Asked:
    """A 3101 or 3102 that was read and may be judged."""

    infno: str
    case: Case
    scene: str
    rules: tuple[str, ...]
    task_id: str
    doctor: str
    reference: str
    received: datetime
    sent: datetime


class Service:
    """One worker's gateway. `start` before the first message, `stop` after the last."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._home = settings, Home(Path(settings.home))
        self._store = store_of(self._home, settings.history)
        self._keys, self._limiter = Keys(self._home), Limiter(settings.per_second)
        self._pool = ThreadPoolExecutor(1, "judge")
        self._seen: Seen | None = None
        self._waiting = 0
        self._watching = threading.Event()

    def start(self) -> None:
        """Open the pack and the files. UserError where the pack is missing or bad."""
        folder = self._home.path / "gateway"
        self._seen = None if self._settings.open else Seen(folder / "seen.sqlite")
        self._recorder = Recorder(journal_path(self._home), self._store)
        self._journal = Journal(journal_path(self._home))
        self._pack_stamp = self._stamp()
        self._judge = self._judge_by(packs.current(self._home))
        self._watcher = threading.Thread(target=self._watch, name="packs", daemon=True)
        self._watcher.start()

    def stop(self) -> None:
        """Answer what waits, record it, close."""
        self._watching.set()
        self._watcher.join(5)
        self._pool.shutdown(wait=True)
        self._recorder.close()
        self._judge.close()
        self._journal.close()
        if self._seen:
            self._seen.close()

    @property
    def pack(self) -> Pack:
        """The pack that is judged by."""
        return self._judge.pack

    def _judge_by(self, pack: Pack) -> Judge:
        s = self._settings
        return Judge(pack, self._store.reader(), rule_seconds=s.rule_seconds, request_seconds=s.request_seconds)

    def _stamp(self) -> bytes:
        """What changes when another pack is put in use."""
        pointer = packs.pointer(self._home)
        return pointer.read_bytes() if pointer.is_file() else b""

    def _watch(self) -> None:
        while not self._watching.wait(1.0):
            self._judge.watch()
            stamp = self._stamp()
            if stamp != self._pack_stamp:
                self._pack_stamp = stamp
                self.reload()

    def reload(self) -> None:
        """Change over to the pack in use; requests that run keep the old one."""
        try:
            fresh = self._judge_by(packs.current(self._home))
        except UserError:
            log.exception("the new pack is not taken; the old one stays")
            return
        old, self._judge = self._judge, fresh
        self._pool.submit(old.close)  # the judging thread is single: what was asked before runs before
        log.info("judging by pack %s", fresh.pack.manifest.version)

    async def answer(self, body: bytes, key: str = "", path: str = "") -> dict[str, Any]:
        """The answer to a message, whatever it is."""
        received, began, infno = now(), time.perf_counter(), "?"
        refmsgid = reference("000000", received)
        try:
            message = decode(body)
            head, infno = self._head(message, path)
            refmsgid = reference(head.get("mdtrtarea_admvs", ""), received)
            self._admit(head, key, received)
            if infno == "3103":
                await self._feedback(message, head)
                answer = envelope(refmsgid, received, {"result": []})
            else:
                answer = await self._advise(self._read(message, head, infno, refmsgid, received))
            outcome = "advised" if answer.get("output", {}).get("result") else "silent"
        except Refused as refused:
            answer = envelope(refmsgid, received, None, code=refused.code, error=str(refused))
            outcome = "refused"
        seconds = time.perf_counter() - began
        metrics.REQUESTS.labels(infno, outcome).inc()
        metrics.SECONDS.labels(infno).observe(seconds)
        return answer

    def _head(self, message: dict[str, Any], path: str) -> tuple[Fields, str]:
        by_path = PATHS.get(path.rstrip("/").rsplit("/", 1)[-1].lower(), "")
        if by_path and not message.get("infno"):
            message["infno"] = by_path
        head = read("envelope", message)
        infno = head["infno"]
        if infno not in (*STAGE, "3103"):
            raise Refused(f"infno（交易编号）{infno[:8]} 不受理，可用：3101、3102、3103")
        if by_path and by_path != infno:
            raise Refused(f"infno（交易编号）{infno} 与地址 {path[-60:]} 不符")
        return head, infno

    def _admit(self, head: Fields, key: str, received: datetime) -> None:
        """Refused unless the sender may send this now."""
        if self._settings.open:
            return
        institution = self._keys.institution_of(key, received.date())
        if head["fixmedins_code"] != institution:
            raise Refused("fixmedins_code（定点医药机构编号）与机构密钥不符，只能报送本机构的数据")
        self._limiter.check(institution)
        check_clock(head["inf_time"], received)
        assert self._seen is not None
        self._seen.take(institution, head["msgid"], received)

    def _read(self, message: dict[str, Any], head: Fields, infno: str, refmsgid: str, received: datetime) -> Asked:
        data, where = input_data(message)
        fields = read("data", data, where)
        scene = fields.get("trig_scen", "")
        if scene and scene not in SCENES[infno]:
            raise Refused(f"{where}trig_scen（触发场景）{scene[:8]} 不是 {infno} 的场景")
        patients = nodes(data.get("patient_dtos"), f"{where}patient_dtos")
        if not patients:
            raise Refused(f"{where}patient_dtos（参保人信息集合）缺失")
        if len(patients) > 1:
            raise Refused(f"{where}patient_dtos 一次只受理一名参保人")
        given, place = patients[0]
        patient = read("patient", given, place)
        case = case_of(patient, head["inf_time"], place)
        if not self._settings.open and case.institution != head["fixmedins_code"]:
            raise Refused(f"{place}fsi_encounter_dtos.medins_id（医疗服务机构标识）不是本机构")
        doctor = next((e.get("dr_codg", "") for e in patient["fsi_encounter_dtos"] if e["mdtrt_id"] == case.mdtrt_id), "")
        rules = _rule_ids(data.get("rule_ids"), where)
        return Asked(infno, case, scene, rules, fields.get("task_id", ""), doctor, refmsgid, received, head["inf_time"])

    async def _advise(self, asked: Asked) -> dict[str, Any]:
        """Judge in the worker's one judging thread; where too many wait, answer at once without advice."""
        if self._waiting >= self._settings.max_waiting:
            return self._busy(asked)
        self._waiting += 1
        metrics.WAITING.set(self._waiting)
        judging = asyncio.get_running_loop().run_in_executor(self._pool, self._judge_one, asked)
        judging.add_done_callback(self._one_less)
        await asyncio.wait([judging], timeout=self._settings.answer_seconds)
        if not judging.done():
            judging.cancel()  # where it has not begun it need not
            return self._busy(asked)
        if failed := judging.exception():  # whatever fails in us, the hospital gets an answer and we a log entry
            log.error("judging failed: %s at %s", type(failed).__name__, _places(failed))
            return envelope(asked.reference, asked.received, {"result": [], "not_judged": []}, warning=FAULT)
        judged = judging.result()
        output = output_of(asked.case, judged, asked.reference, asked.task_id)
        for found in judged.found:
            metrics.FINDINGS.labels(found.rule.id).inc()
        for rule in judged.failed:
            metrics.NOT_JUDGED.labels(rule).inc()
        self._record(asked, output["result"])
        warning = "部分规则未能判定" if judged.failed else ""
        return envelope(asked.reference, asked.received, output, warning=warning)

    def _busy(self, asked: Asked) -> dict[str, Any]:
        metrics.OVERLOAD.inc()
        self._record(asked, [])
        return envelope(asked.reference, asked.received, {"result": [], "not_judged": []}, warning=BUSY)

    def _one_less(self, judging: "asyncio.Future[Judgement]") -> None:
        self._waiting -= 1
        metrics.WAITING.set(self._waiting)
        if not judging.cancelled():
            judging.exception()  # seen, also where nobody waits for it any more

    def _judge_one(self, asked: Asked) -> Judgement:
        return self._judge.judge(asked.case, STAGE[asked.infno], asked.rules)

    def _record(self, asked: Asked, results: list[dict[str, Any]]) -> None:
        answered = now()
        back = asked.received - asked.sent if self._settings.replay else timedelta(0)
        rows = reminder_rows(
            asked.case,
            results,
            reference=asked.reference,
            scene=asked.scene,
            asked=asked.received - back,
            answered=answered - back,
            doctor=asked.doctor,
            pack=self.pack.manifest.version,
        )
        settled = asked.infno == "3102" and asked.scene in SETTLED
        self._recorder.put(rows, asked.case if settled else None)
        metrics.LOST.set(self._recorder.lost)

    async def _feedback(self, message: dict[str, Any], head: Fields) -> None:
        """Note what was done about reminders. Refused where one was never given to this institution."""
        data, where = input_data(message)
        warns = [read("warn", one, place) for one, place in nodes(data.get("warns"), f"{where}warns")]
        if not warns:
            raise Refused(f"{where}warns（反馈）缺失")
        for warn in warns:
            if warn["dspo_way"] not in ("1", "2"):
                raise Refused(f"{where}warns.dspo_way（处理方式）应为 1 继续执行医嘱 或 2 返回修改医嘱")
            if warn["dspo_way"] == "1" and not warn.get("dspo_way_rea"):
                raise Refused(f"{where}warns.dspo_way_rea（处理原因）缺失：继续执行医嘱须填写原因")
        given = [(w["warn_rslt_id"], w["dspo_way"], w.get("dspo_way_rea", "")[:500]) for w in warns]
        unknown = self._journal.feed_back(head["fixmedins_code"], given)
        if unknown:  # perhaps it is being written just now, by this worker
            self._recorder.flush()
            unknown = self._journal.feed_back(head["fixmedins_code"], given)
        for _ in range(OTHERS_WRITE):  # or by another
            if not unknown:
                break
            await asyncio.sleep(0.05)
            unknown = self._journal.feed_back(head["fixmedins_code"], given)
        if unknown:
            raise Refused(f"{where}warns.warn_rslt_id（提醒结果ID）{unknown[0][:50]} 不是给本机构的提醒")


def _places(error: BaseException) -> str:
    """Where in the code it went wrong. The error's own words stay out of the log: they may carry a person's data."""
    return " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(traceback.extract_tb(error.__traceback__)))


def _rule_ids(given: Any, where: str) -> tuple[str, ...]:
    """`rule_ids` as a list, or as text with commas."""
    if given is None or given == "":
        return ()
    if isinstance(given, str):
        return tuple(part.strip() for part in given.replace("，", ",").split(",") if part.strip())
    if isinstance(given, list) and all(isinstance(one, str) for one in given):  # pyright: ignore[reportUnknownVariableType]
        return tuple(given)  # pyright: ignore[reportUnknownArgumentType]
    raise Refused(f"{where}rule_ids（规则标识集合）应为文本或文本的列表")
