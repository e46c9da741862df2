"""What the notice and the summary report of a campaign say, from its records."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from yijian.web.accounts.queries import division_names
from yijian.web.campaigns.kinds import FOCUSES, SUBJECTS, TO
from yijian.web.campaigns.models import Campaign, CampaignDuty
from yijian.web.campaigns.queries import by_area, progress
from yijian.web.papers.layout import Table


def words(made: Campaign, below: Sequence[str]) -> dict[str, Any]:
    """Words of the notice; below: the divisions that it goes out to."""
    return {
        "to": "、".join(f"{name}医疗保障局" for name in below) or "各有关单位",
        "basis": f"根据{made.basis}，" if made.basis else "",
        "name": made.title,
        "text": made.text,
        "subjects": made.subjects,
        "focuses": "、".join(FOCUSES[word] for word in made.focuses),
        "begin": made.data_begin,
        "end": made.data_end,
    }


def tables(made: Campaign, duties: "Sequence[CampaignDuty]") -> tuple[Table, ...]:
    """Phases, targets, and what is to be delivered."""
    phases = [(p.title, f"{p.begin} 至 {p.end}", p.tasks or "—") for p in made.phases.all()]  # type: ignore[attr-defined]
    found = [Table("工作安排", ("阶段", "时间", "任务"), tuple(phases), (3, 4, 8))]
    if aims := tuple((title, f"{share:.0%}") for _, title, share in made.aims):
        found.append(Table("工作目标", ("目标", "比例"), aims, (8, 2)))
    if owed := tuple((d.title, TO[d.to], str(d.due)) for d in duties):
        found.append(Table("报送要求", ("事项", "由谁报送", "期限"), owed, (6, 3, 3)))
    return tuple(found)


def report_words(made: Campaign) -> dict[str, Any]:
    """Words of the summary report, as the records are now."""
    today = timezone.localdate()
    duties = made.duties.all()  # type: ignore[attr-defined]
    done, late = sum(1 for d in duties if d.done), sum(1 for d in duties if d.done and d.done > d.due)
    open_ = sum(1 for d in duties if not d.done)
    said = [_sentence(row) for row in progress(made, today)]
    return {
        "name": made.title,
        "number": made.number,
        "subjects": made.subjects,
        "begin": made.data_begin,
        "end": made.data_end,
        "duties": f"应完成任务 {len(duties)} 项，已完成 {done} 项（逾期完成 {late} 项），未完成 {open_} 项。",
        "returns": "\n".join(said) or "没有下发自查。",
        "day": today,
    }


def _sentence(row: dict[str, Any]) -> str:
    return (
        f"{SUBJECTS[row['form']]}：应报自查 {row['asked']} 家，已报 {row['delivered']} 家，其中零报告 {row['zeros']} 家、"
        f"逾期报送 {row['late']} 家；逾期未报 {row['missing']} 家；"
        f"自查金额 {row['yuan']:,.2f} 元，承诺退回 {row['refunds']:,.2f} 元。"
    )


def report_tables(made: Campaign) -> tuple[Table, ...]:
    """Returns and duties by division."""
    names, counted = division_names(), ("asked", "delivered", "zeros", "late", "missing")
    rows = tuple(
        (
            str(names.get(row["area"], row["area"])), *(str(row[key]) for key in counted),
            f"{row['yuan']:,.2f}", f"{row['refunds']:,.2f}",
        )
        for row in by_area(made, timezone.localdate())
    )  # fmt: skip
    duties = tuple(
        (str(names.get(d.area, d.area)), str(d.title), str(d.due), str(d.done or "未完成"))
        for d in made.duties.order_by("area", "due")  # type: ignore[attr-defined]
    )
    found: list[Table] = []
    if rows:
        head = ("区划", "应报", "已报", "零报告", "逾期报", "逾期未报", "自查金额/元", "承诺退回/元")
        found.append(Table("自查情况", head, rows, (4, 2, 2, 2, 2, 2, 4, 4)))
    if duties:
        found.append(Table("任务完成情况", ("区划", "事项", "期限", "完成日期"), duties, (3, 6, 3, 3)))
    return tuple(found)
