"""`make bench-casework`: a million tips, leads and cases, and how long each of their pages takes; a case's volume of 200 pages.

Rows are invented and written at once, as the actions write them: a tip has its sealed shares, a lead its change of state, what is
open its clock. What a tip says is noise of 4 KB, as long as a sealed one: no page of these opens it.

    python -m bench.casework [--postgresql] [--again]      see bench.web
"""

import argparse
import os
import random
from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

from bench import pages
from bench.web import INSTITUTIONS, area_of, make_institutions, make_people

TIPS, LEADS, CASES = 400_000, 400_000, 200_000
MANY = 10_000
"""Rows that are made at once."""

PAGES = {
    "supervisor": (
        "/", "/inbox/", "/leads/", "/leads/?state=verifying", "/leads/?source=tip", "/leads/?grade=A",
        "/leads/?institution=H00007", "/leads/?sort=-amount", "/leads/?page=200",
        "/leads/LEAD/", "/cases/", "/cases/?state=executing", "/cases/?cause=7",
        "/cases/?institution=H00007", "/cases/?sort=-loss", "/cases/?page=200", "/cases/CASE/", "/cases/times/",
    ),
    "county": ("/", "/leads/", "/cases/", "/cases/times/"),
    "case_officer": ("/", "/inbox/", "/cases/", "/cases/CASE/"),
    "tip_officer": (
        "/", "/inbox/", "/desk/tips/", "/desk/tips/?state=accepted", "/desk/tips/?channel=letter", "/desk/tips/?named=1",
        "/desk/tips/?page=200", "/desk/tips/TIP/", "/leads/",
    ),
}  # fmt: skip


def main(folder: Path, share: float, times: int, again: bool) -> None:
    """Make the home anew and fill it, unless it is there already; ask for each page many times."""
    pages.opened(folder, again)
    rows = [] if again else _fill(share)
    rows.append(pages.done("a volume of 200 pages", _volume()))
    pages.ask_all(
        PAGES, _real, times, rows, f"{int(TIPS * share):,} tips, {int(LEADS * share):,} leads, {int(CASES * share):,} cases"
    )


def _fill(share: float) -> list[tuple[str, ...]]:
    from django.db import transaction

    make_people()
    make_institutions()
    _more_people()
    with pages.timed() as took, transaction.atomic():
        _leads(int(LEADS * share))
        _cases(int(CASES * share))
        _tips(int(TIPS * share))
    pages.analyze()
    return [pages.done("all rows written at once", took)]


def _more_people() -> None:
    from django.utils import timezone

    from yijian.web.accounts.actions import make_account
    from yijian.web.accounts.models import Organisation

    where = Organisation.objects.get(pk="YB")
    for role in ("case_officer", "tip_officer"):
        make_account(
            role, "an-invented-pass-phrase-7", display_name=role, organisation=where, role=role, who=None, when=timezone.now(),
            where=None,
        )  # fmt: skip


def _user(name: str) -> Any:
    from yijian.web.accounts.models import User

    return User.objects.get(username=name)


def _day(number: int) -> datetime:
    from django.utils import timezone

    return timezone.now() - timedelta(minutes=number)


def _clocks(kind: str, right: Any, rows: list[Any], app: str, person: Any = None) -> None:
    """A clock for each row that is open; one in twenty is overdue."""
    from yijian.web.clocks.models import Clock

    today = _day(0).date()
    Clock.objects.bulk_create(
        Clock(
            kind=kind, about=f"{app}:{one.pk}", title=f"{kind} {one.number}", link=f"/{app}/{one.pk}/", area=one.area,
            right=right.value, person=person if n % 4 == 0 else None, begun=today - timedelta(days=10),
            due=today + timedelta(days=n % 20 - 1),
        )
        for n, one in enumerate(rows)
    )  # fmt: skip


def _leads(count: int) -> None:
    from yijian.web.accounts.queries import Right
    from yijian.web.leads.models import Lead, LeadChange
    from yijian.web.leads.steps import OPEN, WORDS

    by, plan, sources, states = _user("supervisor"), random.Random(1), Lead.Source.values, [*OPEN, *["closed"] * 5]
    assert set(states) <= set(WORDS)
    for first in range(0, count, MANY):
        made = []
        for n in range(first, min(first + MANY, count)):
            place, state = int(INSTITUTIONS * plan.random() ** 2), states[n % len(states)]
            made.append(Lead(
                number=f"线索〔2026〕999900-{n}号", source=sources[n % len(sources)], about=f"bench.row:{n}",
                subject_kind="institution", institution_id=f"H{place:05d}", title="疑似挂床住院",
                facts="三楼病区登记与上传费用不符。" * 8, received=_day(n).date(),
                amount=Decimal(plan.randrange(1, 10**8)) / 100, grade="ABC"[n % 3], area=area_of(place), state=state,
                result="case" if state == "closed" else "", officer=by if n % 50 == 0 else None, opened=_day(n), by=by,
            ))  # fmt: skip
        Lead.objects.bulk_create(made)
        LeadChange.objects.bulk_create(
            LeadChange(record=one, step="register", old="", new="registered", at=one.opened, by=by) for one in made
        )
        _clocks("lead_verification", Right.VERIFY_LEADS, [one for one in made if one.state in OPEN], "leads.lead", by)


def _cases(count: int) -> None:
    from yijian.web.accounts.queries import Right
    from yijian.web.cases.models import Case, CaseChange, Evidence, Officer
    from yijian.web.cases.steps import UNDECIDED, WORDS
    from yijian.web.leads.models import Lead

    by, officer, plan, states = _user("supervisor"), _user("case_officer"), random.Random(2), list(WORDS)
    leads = Lead.objects.filter(result="case").order_by("pk").iterator()
    for first in range(0, count, MANY):
        made = []
        for n, lead in zip(range(first, min(first + MANY, count)), leads, strict=False):
            made.append(Case(
                number=f"医保案〔2026〕{lead.area}-{n}号", lead=lead, cause=1 + n % 35, subject_kind="institution",
                institution_id=lead.institution_id, title=lead.title, facts=lead.facts, discovered=lead.received,
                loss=Decimal(plan.randrange(1, 10**8)) / 100, area=lead.area, state=states[n % len(states)],
                opened=lead.opened, filed=lead.opened,
                ended=lead.opened if n % len(states) > 12 else None, year=2026, days_decided=n % 120 if n % 15 > 8 else None,
                days_ended=n % 300 if n % 15 > 12 else None, late=n % 15 > 8 and n % 120 > 100, by=by,
            ))  # fmt: skip
        Case.objects.bulk_create(made)
        CaseChange.objects.bulk_create(
            CaseChange(record=one, step=step, old="", new=one.state, at=one.opened, by=by)
            for one in made for step in ("propose", "approve", "report")
        )  # fmt: skip
        Officer.objects.bulk_create(
            Officer(case=one, user=user, certificate="示例证号", since=_day(0).date())
            for n, one in enumerate(made) for user in ((officer, by) if n % 50 == 0 else (by,))
        )  # fmt: skip
        Evidence.objects.bulk_create(
            Evidence(
                case=one, kind="document", title="住院登记簿", source="医院提供", taken=one.opened, shows="与上传费用不符",
                takers=["甲", "乙"], at=one.opened, by=officer,
            )
            for one in made
        )  # fmt: skip
        _clocks("case_decision", Right.HANDLE_CASES, [one for one in made if one.state in UNDECIDED], "cases.case", officer)


def _tips(count: int) -> None:
    from yijian.web.accounts.queries import Right
    from yijian.web.tips import keys
    from yijian.web.tips.models import Tip, TipChange, TipShare
    from yijian.web.tips.steps import OPEN, WORDS

    officer, plan = _user("tip_officer"), random.Random(3)
    key = keys.make_key("officer", "999900", "一句只有本人知道的话 42", who=officer, when=_day(0), where=None)
    states, channels = [word for word in WORDS if word != "erased"], Tip.Channel.values
    for first in range(0, count, MANY):
        made = []
        for n in range(first, min(first + MANY, count)):
            state = states[n % len(states)]
            made.append(Tip(
                number=f"举报〔2026〕999900-{n}号", handle=f"{n:08d}", token=f"bench-{n}", area="999900", channel=channels[n % 5],
                named=n % 3 == 0, state=state, outcome="proved" if state in ("decided", "closed") else "", received=_day(n),
                receipt_salt=b"0" * 16, receipt_public=b"0" * 32, commitment="0" * 64, content=plan.randbytes(4096),
            ))  # fmt: skip
        Tip.objects.bulk_create(made)
        TipChange.objects.bulk_create(
            TipChange(record=one, step="receive", old="", new="received", at=one.received) for one in made
        )
        TipShare.objects.bulk_create(TipShare(tip=one, part="content", key=key, sealed=plan.randbytes(80)) for one in made)
        _clocks("tip_screening", Right.HANDLE_TIPS, [one for one in made if one.state in OPEN], "tips.tip")


def _volume() -> list[float]:
    """A case with four papers' worth of text and attached PDFs, bound as the job binds it."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from pypdf import PdfWriter

    from yijian.web.attachments.actions import attach
    from yijian.web.cases.models import Case, Evidence
    from yijian.web.cases.volume import parts_of, volume

    case, officer, when = Case.objects.order_by("pk")[0], _user("case_officer"), _day(0)
    if case.evidence.count() == 1:
        for n in range(20):
            piece = Evidence.objects.create(
                case=case, kind="document", title=f"病历 {n}", source="医院提供", taken=when, shows="与上传费用不符。" * 40,
                takers=["甲", "乙"], at=when, by=officer,
            )  # fmt: skip
            sheet, held = PdfWriter(), BytesIO()
            for _ in range(9):
                sheet.add_blank_page(595, 842)
            sheet.write(held)
            file = SimpleUploadedFile(f"病历{n}.pdf", held.getvalue(), content_type="application/pdf")
            attach(f"cases.evidence:{piece.pk}", [file], who=officer, when=when, where=None)
    with pages.timed() as took:
        made = volume(case, list(parts_of(case, lambda done, total: None)), "示例市医疗保障局")
        made.write(BytesIO())
    assert len(made.pages) >= 200, len(made.pages)
    return took


def _real(address: str) -> str:
    from yijian.web.cases.models import Case
    from yijian.web.leads.models import Lead
    from yijian.web.tips.models import Tip

    for word, model in (("LEAD", Lead), ("CASE", Case), ("TIP", Tip)):
        if word in address:
            address = address.replace(word, str(model.objects.order_by("pk")[0].pk))
    return address


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m bench.casework", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=Path("bench-home") / "casework")
    parser.add_argument("--share", type=float, default=1, help="of a million")
    parser.add_argument("--times", type=int, default=5, help="requests of each page, after a first that is not counted")
    parser.add_argument("--postgresql", action="store_true", help="a private PostgreSQL cluster in the folder")
    parser.add_argument("--again", action="store_true", help="only the pages, from the data that the last run left")
    given = parser.parse_args()
    os.environ.setdefault("YIJIAN_HOME", str(given.folder.absolute()))
    with pages.database(given.folder.absolute(), given.postgresql):
        main(given.folder.absolute(), given.share, given.times, given.again)
