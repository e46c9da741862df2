"""Findings → the national answer: `result[]`, the envelope around it, and errors in the same form."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from yijian.gateway.judge import Found, Judgement
from yijian.gateway.rows import Case

CHINA = timezone(timedelta(hours=8))
SEVERITY = {"violation": "1", "suspicion": "2"}
"""严重程度: 1 明确违规, 2 高度可疑; a rule on trial says 3 轻度可疑."""

ITEM, BEHAVIOUR = "1", "2"
"""违规行为分类: 项目类 and 行为类. The national numbers are not published where we could read them; an area may map these."""


def now() -> datetime:
    """The present time as hospitals write it: Beijing time, without a zone."""
    return datetime.now(CHINA).replace(tzinfo=None)


def stamp(time: datetime) -> str:
    """A time of the envelope, yyyyMMddHHmmssSSS."""
    return f"{time:%Y%m%d%H%M%S}{time.microsecond // 1000:03d}"


def reference(admdvs: str, time: datetime) -> str:
    """The receiver's message id: division (6), time (14), serial (10)."""
    return f"{admdvs[:6]:0<6}{time:%Y%m%d%H%M%S}{secrets.randbelow(10**10):010d}"


def envelope(reference_id: str, received: datetime, output: Mapping[str, Any] | None, *, code: int = 0, error: str = "",
             warning: str = "") -> dict[str, Any]:  # fmt: skip
    """An answer. `err_msg` has at most 200 characters."""
    answer: dict[str, Any] = {
        "infcode": code,
        "inf_refmsgid": reference_id,
        "refmsg_time": stamp(received),
        "respond_time": stamp(now()),
        "err_msg": error[:200],
        "output": output,
    }
    return answer | {"warn_msg": warning} if warning else answer


def output_of(case: Case, judged: Judgement, reference_id: str, task_id: str) -> dict[str, Any]:
    """`output` of 3101 and 3102; `not_judged` names rules that could not judge, with the cause."""
    return {
        "result": [result(case, found, reference_id, task_id) for found in judged.found],
        "not_judged": [{"rule_id": rule, "reason": why} for rule, why in judged.not_judged.items()],
    }


def result(case: Case, found: Found, reference_id: str, task_id: str) -> dict[str, Any]:
    """One finding as the standard has it."""
    rule = found.rule
    ours = [key for key in found.subjects if key in case.lines]
    return {
        "jr_id": jr_id(reference_id, found.finding_id),
        "rule_id": rule.official_code or rule.id,
        "rule_code": rule.id,
        "rule_name": rule.official_title or rule.title,
        "vola_cont": found.sentence[:500],
        "patn_id": case.psn_no,
        "mdtrt_id": found.mdtrt_id or case.mdtrt_id,
        "judge_result_detail_dtos": _details(case, found, reference_id),
        "vola_amt": float(found.amount),
        "vola_amt_stas": "1",
        "sev_deg": "3" if rule.status == "trial" else SEVERITY[rule.verdict],
        "vola_evid": evidence(found)[:500],
        "vola_bhvr_type": ITEM if ours else BEHAVIOUR,
        "task_id": task_id,
        "is_feedback": "1",
    }


def evidence(found: Found) -> str:
    """The law, and what to look at first."""
    law = "；".join(found.rule.legal_basis)
    points = str(found.row.get("point_source") or "")
    return f"依据：{law}" + (f"。知识点：{points}" if points else "") + f"。请核对：{'；'.join(found.rule.look_first)}"


def jr_id(reference_id: str, finding_id: str) -> str:
    """The id of a finding in one answer; 3103 gives it back."""
    return hashlib.sha256(f"{reference_id}|{finding_id}".encode()).hexdigest()[:32]


def _details(case: Case, found: Found, reference_id: str) -> list[dict[str, Any]]:
    """The lines that the finding is about (违规项), then those that show it (涉及项)."""
    about = [key for key in found.subjects if key in case.lines]
    beside = [key for key in dict.fromkeys(found.evidence) if key not in about]
    return [
        _detail(case, key, kind, number, found, reference_id, len(about))
        for number, (key, kind) in enumerate([*((k, "1") for k in about), *((k, "2") for k in beside)], 1)
    ]


def _detail(case: Case, key: str, kind: str, number: int, found: Found, reference_id: str, about: int) -> dict[str, Any]:
    line = case.lines.get(key)
    amount = float(found.amount) if kind == "1" and about == 1 else float(line["amount"]) if line and kind == "1" else 0.0
    return {
        "jrd_id": f"{jr_id(reference_id, found.finding_id)}{number:04d}",
        "patn_id": case.psn_no,
        "mdtrt_id": case.mdtrt_id if line else found.mdtrt_id,
        "rx_id": case.sent.get(key, key),
        "vola_item_type": kind,
        "vola_amt": round(amount, 2),
    }


def ids(results: Iterable[Mapping[str, Any]]) -> list[str]:
    """The ids that feedback will name."""
    return [str(r["jr_id"]) for r in results]
