"""Inspections in the demo: one put right and looked at again, two that found something, one on the spot, one to come."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO
from math import sin
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw

from yijian.vocabulary.home import Home
from yijian.web.accounts.queries import By, User
from yijian.web.campaigns.queries import running_campaigns
from yijian.web.draws.queries import Draw, drawn_from, draws_for, register_in_use
from yijian.web.inspections import concluding, dossier, planning, recording, visiting
from yijian.web.inspections.lake import newest
from yijian.web.inspections.planning import Given
from yijian.web.inspections.queries import Inspection, items_of
from yijian.web.institutions.queries import institution

BEGAN = 30
"""Days ago from which inspections belong to the campaign of the year."""
TEAM = ("banan", "banan2")
BAD = "核对时十二床无人在院，床头卡与登记不符，已拍照。"


def tell(cast: Mapping[str, User], lake: Home, now: datetime) -> int:
    """Tell it; how many inspections there are."""

    def by(name: str, days: float) -> By:
        return {"who": cast[name], "when": now - timedelta(days=days), "where": None}

    area, home = cast["jianguan"].home, institution(cast["yiyuan1"].organisation.institution)
    draw = draws_for(cast["jianguan"]).filter(state="drawn", kind="institutions").order_by("-drawn_at").first()
    other = next((code for code in _codes(draw) if home is not None and code != home.pk), "")
    team = [one.code for one in register_in_use(("inspectors",), timezone.localdate(now)) if one.account in _officers(cast)]

    running = running_campaigns(area).first()
    campaign = f"campaigns.campaign:{running.pk}" if running else ""

    def plan(title: str, days: float, **more: object) -> Inspection:
        day = timezone.localdate(now - timedelta(days=days))
        said = {"title": title, "kind": "special", "subject_kind": "medical", "begin": day, "end": day + timedelta(days=5)}
        said |= {
            "about": campaign if days < BEGAN else "",
            "focuses": ["hospital", "inpatient"],
            "team": team,
            "institution": home,
        }
        return planning.plan(area, Given(**(said | more)), **by("jianguan", days))  # type: ignore[arg-type]

    def visit(one: Inspection, days: float, bad: int) -> None:
        dossier.compile_dossier(one.pk, **by("jianguan", days))
        if one.how.announced:
            planning.notify(one.pk, **by("jianguan", days))
        visiting.begin(one.pk, **by(TEAM[0], days - 0.2))
        when = now - timedelta(days=days - 0.3)
        said = [
            visiting.Entry(uuid4(), item.pk, "no" if n < bad else "yes", BAD if n < bad else "", when)
            for n, item in enumerate(items_of(one))
        ]
        visiting.enter(one.pk, said, **by(TEAM[0], days - 0.3))

    def leave(one: Inspection, days: float, found: str) -> None:
        begun, ended = now - timedelta(days=days + 0.1), now - timedelta(days=days + 0.05)
        text = f"检查组出示执法证件后，逐项查看。{found}"
        said = recording.Said("record", "演示陪同人", "医保办主任", "住院楼", begun, ended, text)
        record = recording.write(one.pk, said, **by(TEAM[0], days))
        for name in TEAM:
            _signed(one, record.pk, "inspector", by(name, days))
        _signed(one, record.pk, "subject", by(TEAM[0], days))
        concluding.finish(one.pk, reason=found, **by(TEAM[0], days))

    first = plan("住院服务专项检查", 40)
    visit(first, 40, 1)
    leave(first, 39, "一名住院患者不在床，其余各项符合要求。")
    concluding.conclude(
        first.pk, True, Decimal("1860.00"), reason="一名住院患者挂床三日，床位费、护理费应予退回。", **by("fuze", 36)
    )
    concluding.make_lead(first.pk, "住院服务专项检查发现挂床住院", **by("jianguan", 35))
    concluding.order(first.pk, reason="完善查房和请假制度，清查本年度在院登记。", **by("fuze", 35))
    concluding.mend(first.pk, reason="已修订查房制度，清查在院登记，发现的费用已申请退回。", **by("yiyuan1", 20))
    concluding.recheck(first.pk, True, reason="夜间逐床复查，全部在院，登记与实际一致。", **by(TEAM[1], 12))

    drawn = institution(other) or home
    second = plan("随机抽查", 18, institution=drawn, draw=draw if drawn is not None and drawn.pk == other else None)
    visit(second, 18, 2)
    leave(second, 17, "两项不符合：收费明细与护理记录不一致，入院登记不全。")
    third = plan("夜间检查", 8, kind="night", focuses=["inpatient"], sealed_until=now - timedelta(days=7.9))
    visit(third, 7, 1)
    leave(third, 6, "一张病床无人，值班人员不能说明去向。")
    concluding.conclude(third.pk, True, reason="夜间查房时一名住院患者不在院，且无请假记录。", **by("fuze", 4))
    concluding.order(third.pk, reason="落实夜间查房和请假登记。", **by("fuze", 4))
    fourth = plan("药品进销存检查", 1, focuses=["stock", "hospital"])
    visit(fourth, 1, 0)
    last = newest(lake, "identity", home.pk) if home is not None else None
    if last is not None:
        visiting.draw_list(fourth.pk, "identity", timezone.make_aware(last + timedelta(hours=1)), home=lake, **by(TEAM[0], 0.7))
    photo = visiting.Evidence(uuid4(), now - timedelta(days=0.6), "门诊药房", "药品货架与批号")
    files = [SimpleUploadedFile("货架.png", _scrawl("shelf"), "image/png")]
    visiting.keep_evidence(fourth.pk, photo, files, **by(TEAM[1], 0.6))
    today = timezone.localdate(now)
    plan("第四季度回访检查", 0.5, begin=today + timedelta(days=6), end=today + timedelta(days=9))
    return 5


def _codes(draw: Draw | None) -> list[str]:
    return drawn_from(draw) if draw is not None else []


def _officers(cast: Mapping[str, User]) -> set[User]:
    return {cast[name] for name in TEAM}


def _signed(one: Inspection, record_id: int, role: str, by: By) -> None:
    files = [SimpleUploadedFile("签名.png", _scrawl(role), "image/png")]
    recording.sign(one.pk, record_id, role, "演示陪同人", version=1, files=files, **by)


def _scrawl(role: str) -> bytes:
    """A line as a hand draws it."""
    picture, out = Image.new("RGB", (500, 160), "white"), BytesIO()
    points = [(30 + 22 * n, 80 + 45 * sin(n * (1.3 if role == "subject" else 1.9))) for n in range(20)]
    ImageDraw.Draw(picture).line(points, fill="black", width=4, joint="curve")
    picture.save(out, "PNG")
    return out.getvalue()
