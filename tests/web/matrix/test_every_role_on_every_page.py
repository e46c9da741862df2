"""Every role × every named page × own and foreign area and institution: what is seen and what is refused.

`pages.toml` says of each page which rights open it and whose record its address names; `roles.toml` says who has these rights;
what must happen follows. A page that is missing from the table fails a test, and so does one that issues more than 20 queries.
"""

import tomllib
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone
from nacl.public import PrivateKey

from tests.web.conftest import account, browser, earlier, organisation
from tests.web.conftest import by as acting
from yijian.trust.office import key_file, own_key
from yijian.vocabulary.home import Home
from yijian.web.accounts.models import Organisation, User
from yijian.web.accounts.rights import roles
from yijian.web.agreements import actions as agreeing
from yijian.web.agreements.models import AgreementMeasure
from yijian.web.attachments.actions import attach
from yijian.web.audit_log.actions import sign_checkpoint
from yijian.web.audit_log.models import LogEntry
from yijian.web.campaigns import actions as campaigning
from yijian.web.campaigns.asking import ask as ask_returns
from yijian.web.campaigns.given import Given as Planned
from yijian.web.campaigns.kinds import Duty, Phase
from yijian.web.campaigns.models import Campaign
from yijian.web.cases import executing, filing
from yijian.web.cases.filing import Filing
from yijian.web.cases.models import Case
from yijian.web.draws import actions as drawing
from yijian.web.draws.models import Draw, DrawMember
from yijian.web.draws.registering import Person
from yijian.web.draws.registering import register as register_person
from yijian.web.exports.registry import listings
from yijian.web.extrapolation.models import Extrapolation, ExtrapolationStratum, SampledBill
from yijian.web.findings.models import Finding, Screening
from yijian.web.inspections import planning as inspecting
from yijian.web.inspections import recording, visiting
from yijian.web.inspections.planning import Given as Inspected
from yijian.web.institutions.queries import institution as institution_named
from yijian.web.jobs.models import Job
from yijian.web.joint import meetings, plans, telling
from yijian.web.joint.checks import draw
from yijian.web.joint.models import SpotCheck
from yijian.web.leads import actions as leading
from yijian.web.leads.actions import Given, register
from yijian.web.leads.models import Lead
from yijian.web.loading import take_over_newest_reminders
from yijian.web.papers.actions import write
from yijian.web.parameters.actions import settle_day
from yijian.web.publishing import actions as publishing
from yijian.web.publishing.drafting import Said as Words
from yijian.web.publishing.models import Publication
from yijian.web.recoveries import actions as recovering
from yijian.web.recoveries.models import Recovery
from yijian.web.reminders.models import Reminder
from yijian.web.reviews.models import Review
from yijian.web.statistics import actions as counting
from yijian.web.statistics.models import MonthTable
from yijian.web.statistics.periods import Month
from yijian.web.tips.models import Tip
from yijian.web.training import actions as training
from yijian.web.training.given import Given as ActivityGiven
from yijian.web.training.models import Activity
from yijian.web.transfers.answering import hand_over
from yijian.web.transfers.given import Given as Transferred
from yijian.web.transfers.given import Item
from yijian.web.transfers.models import PartnerKey, Transfer
from yijian.web.transfers.partner_keys import enter

MOST_QUERIES = 20
OWN, FOREIGN = ("999901", "H1"), ("999902", "H2")
"""Where the records of the cast lie, and where they do not: a division, and an institution there."""


@dataclass(frozen=True)
class Page:
    """A line of the table. away: leads elsewhere; open: without a log-in; off: not there unless it is set up."""

    name: str
    rights: list[str]
    of: str = ""
    scope: str = "area"
    method: str = "get"
    word: str = ""
    given: dict[str, str] = field(default_factory=dict)
    away: bool = False
    open: bool = False
    off: bool = False


PAGES = [Page(**one) for one in tomllib.loads((Path(__file__).parent / "pages.toml").read_text(encoding="utf-8"))["page"]]


def names(resolver: URLResolver | None = None, inside: str = "") -> set[str]:
    """All view names that the addresses know."""
    found: set[str] = set()
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            found |= names(one, f"{inside}{one.namespace}:" if one.namespace else inside)
        else:
            found.add(inside + one.name)
    return found


@pytest.fixture
def records(lists, decided, finance, first, area) -> dict[str, tuple[Any, ...]]:
    """Kind → the arguments of an address that names one; those with an area lie in OWN."""
    take_over_newest_reminders(area)
    (letter,) = recovering.order(None, **acting(finance))
    payment = recovering.pay(recovering.Received("B1", timezone.localdate(), letter.amount, ""), **acting(finance))
    place = organisation("YBA", "东城区医保局", "authority", OWN[0])
    somebodys = account("somebody", "某人", "head", place)
    one = Finding.objects.filter(institution_id="H1").first()
    lead = registered("H1", place)
    about, words = (
        f"leads.lead:{lead.pk}",
        {"receiver": "某局", "subject": "某院", "lead": lead.number, "facts": "", "reason": "", "period": ""},
    )
    paper = write("lead_handing", about, words, area=OWN[0], organ="某局", who=None, when=timezone.now(), where=None)
    tip = Tip.objects.create(
        number="T1", handle="T1", token="T1", area=OWN[0], channel="web", named=True, received=timezone.now(), content=b"sealed",
        receipt_salt=b"", receipt_public=bytes(PrivateKey.generate().public_key), identity=b"sealed",
    )  # fmt: skip
    transfer = handed_over(lead.by, place)
    closed, published = closed_case(place), (disclosed(place), drafted_disclosure(place))
    drawn = spot_checked(lead.by, place)
    signed = sign_checkpoint(settings.HOME, who=None, when=timezone.now(), where=None, name="test")
    keeper = account("day-keeper", "某管理", "administrator", place)
    day = settle_day(date(2026, 5, 4), works=True, division=OWN[0], source="示例文件第一条", **acting(keeper))
    (attached,) = attach(f"reviews.review:{decided.pk}", [SimpleUploadedFile("note.txt", b"see the record")], **acting(finance))
    return {
        "attachment": (attached.pk,),
        "day": (day.pk,),
        "account": ("somebody",),
        "organisation": ("YBA",),
        "finding": (one.pk,),
        "group": (one.group_id,),
        "institution": ("H1",),
        "screening": (Screening.objects.first().pk,),
        "reminder": (Reminder.objects.filter(institution_id="H1").first().pk,),
        "grouping": ("rule",),
        "review": (Review.objects.get(institution_id="H1", state="decided").pk,),
        "notice": (decided.notice_id,),
        "order": (letter.pk,),
        "payment": (payment.pk,),
        "recovery": (Recovery.objects.filter(order=letter).first().pk,),
        "lead": (lead.pk,),
        "case": (filed(ended(place), place).pk,),
        "case-lead": (ended(place).pk,),
        "case-typical": (closed.pk, "typical"),
        "publication": (published[1].pk,),
        "public": (published[0].pk,),
        "paper": (paper.pk,),
        "transfer": (transfer.pk,),
        "partner-key": (entered(transfer, somebodys).pk,),
        "spot-check": (drawn.pk,),
        **together(lead, place),
        "spot-item": (drawn.items.get().pk,),
        "agreement": (measured(lead.by, place).pk,),
        **campaigned(lead.by, place),
        "extrapolation": (sampled(lead.by).pk,),
        "activity": (trained(lead.by).pk,),
        "draw": (frozen_list(lead.by, transfer.partner).pk,),
        "draw-member": (expert(lead.by).pk,),
        **inspected(lead.by),
        "month-table": (closed_month(lead.by).pk,),
        "line": (LogEntry.objects.filter(area=OWN[0]).first().pk,),
        "tip": (tip.pk,),
        "tip-file": (tip.pk, 1),
        "checkpoint": (signed.size,),
        "rule": ("amount_arithmetic",),
        "list": ("drug_indication",),
        "point": ("drug_indication", "p1"),
        "commit": (1,),
        "job": (Job.objects.create(title="别人的任务", by=somebodys, made=timezone.now()).pk,),
        **{f"{name}-export": (name,) for name in listings()},
    }


def registered(institution: str, office: Organisation) -> Lead:
    """A lead about an institution, in the book of this office."""
    keeper = account("keeper", "登记人", "supervisor", office)
    given = Given(
        "inspection", "收费疑点", "日常检查发现多收费用", "institution", timezone.localdate(), institution_named(institution)
    )
    return register(given, office.division_id, **acting(keeper))


def ended(office: Organisation) -> Lead:
    """Another lead there, which ended with “立案”."""
    keeper, officer, head = (User.objects.filter(username=name).first() for name in ("keeper", "first-officer", "approver"))
    officer = officer or account("first-officer", "甲办案", "case_officer", office)
    head = head or account("approver", "某负责", "head", office)
    given = Given("media", "重复收费", "媒体报道某院重复收费", "institution", timezone.localdate(), institution_named("H1"))
    lead = register(given, office.division_id, **acting(keeper))
    leading.assign(lead.pk, officer.username, **acting(keeper))
    leading.report(lead.pk, "case", None, reason="查明重复收费", **acting(officer))
    return leading.confirm(lead.pk, **acting(head))


def filed(lead: Lead, office: Organisation) -> Case:
    """A case from it, in the hands of two officers."""
    account_named("second-officer", "乙办案", office)
    officers = {"first-officer": "ZF-0001", "second-officer": "ZF-0002"}
    made = filing.propose(
        lead.pk,
        Filing(13, "重复收费案", "同一项目一天收费两次", Decimal(1000), officers),
        **acting(User.objects.get(username="keeper")),
    )
    return filing.approve(made.pk, **acting(User.objects.get(username="approver")))


def fined(office: Organisation) -> Case:
    """A small penalty on the spot, served."""
    lead, _ = ended(office), account_named("second-officer", "乙办案", office)
    officers = {"first-officer": "ZF-0001", "second-officer": "ZF-0002"}
    said = Filing(13, "重复收费案", "同一项目一天收费两次", Decimal(1000), officers)
    return executing.decide_on_spot(lead.pk, said, Decimal(1500), **acting(User.objects.get(username="first-officer")))


def closed_case(office: Organisation) -> Case:
    """The same, closed as soon as the court ended its execution."""
    case = fined(office)
    officer, head = (User.objects.get(username=name) for name in ("first-officer", "approver"))
    executing.take_note(case.pk, **acting(head))
    executing.give_up(case.pk, reason="法院裁定终结执行", **acting(head))
    executing.finish(case.pk, reason="已终结执行", **acting(officer))
    return executing.close(case.pk, **acting(head))


def drafted_disclosure(office: Organisation) -> Publication:
    """What an officer wrote of another one."""
    said = Words("某院被处罚", "同一项目一天收费两次，多收部分由基金支付，机构认可。")
    return publishing.draft(fined(office).pk, "penalty", said, **acting(User.objects.get(username="first-officer")))


def disclosed(office: Organisation) -> Publication:
    """The same, approved."""
    made = drafted_disclosure(office)
    return publishing.approve(made.pk, made.editions.get().pk, **acting(User.objects.get(username="approver")))


def account_named(username: str, name: str, office: Organisation) -> User:
    """An officer of the office, made once."""
    return User.objects.filter(username=username).first() or account(username, name, "case_officer", office)


def handed_over(keeper: User, office: Organisation, days: int = 0) -> Transfer:
    """What the other authority of the cast handed over to this office, some days ago."""
    when = timezone.now() - timedelta(days=days)
    partner = organisation(f"partner-{office.division_id}", "某卫生健康局", "partner", office.division_id)
    lists = ([Item("分解住院")], [Item("病历", pages=3)])
    given = Transferred(
        "health",
        "split_stay",
        partner.pk,
        "分解住院",
        "行业检查发现分解住院线索",
        timezone.localdate(when),
        *lists,
        subject="某院",
    )
    return hand_over(office.division_id, given, **acting(keeper, when))


def together(lead: Lead, office: Organisation) -> dict[str, tuple[Any, ...]]:
    """A joint inspection to be agreed, a consultation with something to do, a penalty told; the authority is `handed_over`'s."""
    when, partner = acting(lead.by), f"partner-{office.division_id}"
    today = timezone.localdate()
    words = ("联合检查", "透析次数与收费是否一致", "医保与卫健各派两人参加")
    plan = plans.draft(office.division_id, plans.Plan(*words, today, today, [partner], ["H1"]), **when)
    head = User.objects.filter(username="approver").first() or account("approver", "某负责", "head", office)
    plans.approve(plan.pk, plan.version, **acting(head))
    meeting = meetings.call(meetings.Call(lead.number, "会商", "研究处罚与处分的衔接", today, "三楼", [partner]), **when)
    said = {partner: "同意"}
    tasks = f"补充鉴定 | {office.name} | {today}"
    meetings.minute(meeting.pk, meetings.Minutes("讨论了案情", "同步处理", "同步处理", said, tasks), **when)
    told = telling.Told("doctor", "H1", "王某", "医师", "警告", "卫罚〔2026〕9号", today, "出具虚假证明")
    return {
        "joint-plan": (plan.pk,),
        "joint-visit": (plan.visits.get().pk,),
        "meeting": (meeting.pk,),
        "task": (meeting.tasks.get().pk,),
        "told": (telling.tell(office.division_id, told, **when).pk,),
    }


def spot_checked(keeper: User, office: Organisation) -> SpotCheck:
    """A draw of an earlier one."""
    handed_over(keeper, office, days=3)
    day = timezone.localdate() - timedelta(days=1)
    return draw(office.division_id, day - timedelta(days=9), day, **acting(keeper))


def entered(transfer: Transfer, head: User) -> PartnerKey:
    """The key of that authority, which the head of this office entered."""
    theirs = Home(Path(settings.HOME.path).parent / "partner")
    held = key_file(theirs, transfer.partner.name)
    return enter(transfer.partner.pk, "health", held, transfer.area, own_key(theirs, "").fingerprint, **acting(head))


def measured(keeper: User, office: Organisation) -> AgreementMeasure:
    """A measure against the hospital, decided."""
    given = agreeing.Given("criticism", institution_named("H1"), "多次重复收取同一费用", "第十条")
    made = agreeing.propose(office.division_id, given, **acting(keeper))
    return agreeing.decide(made.pk, **acting(User.objects.get(username="approver")))


def campaigned(keeper: User, office: Organisation) -> dict[str, tuple[Any, ...]]:
    """A campaign of the office that runs, one thing that it owes itself, and the return of the hospital."""
    today = timezone.localdate()
    phases = [Phase("self_inspection", "自查自纠", today, today + timedelta(days=20))]
    duties = [Duty("report", "总结报告", "own", today)]
    given = Planned(
        "专项治理", "治理重复收费和挂床住院", ["hospital"], ["charging"], today, today, phases, duties
    )  # fmt: skip
    made: Campaign = campaigning.prepare(office.division_id, given, **acting(keeper))
    campaigning.take(made.pk, "submit", **acting(keeper))
    campaigning.take(made.pk, "issue", **acting(User.objects.get(username="approver")))
    ask_returns(made.pk, **acting(keeper))
    return {
        "campaign": (made.pk,),
        "campaign-duty": (made.duties.get().pk,),  # type: ignore[attr-defined]
        "return": (made.returns.get(institution="H1").pk,),  # type: ignore[attr-defined]
    }


def sampled(keeper: User) -> Extrapolation:
    """A stay of the hospital that was drawn and waits for its review; the small area has too few for a draw of its own."""
    day = date(2026, 1, 12)
    one = Extrapolation.objects.create(
        number="推算1", institution_id="H1", area=OWN[0], bills="stays", begin=day, end=day, snapshot=1, seed="0" * 64,
        list_hash="0" * 64, expected=Decimal("0.1"), precision=Decimal("0.3"), opened=timezone.now(), by=keeper,
    )  # fmt: skip
    said = {"above": Decimal(0), "most": Decimal(250), "units": 1, "amount": Decimal(250)}
    stratum = ExtrapolationStratum.objects.create(extrapolation=one, place=1, **said)
    SampledBill.objects.create(extrapolation=one, stratum=stratum, place=1, setl_id="S1", day=day, cost=Decimal(250))
    return one


def trained(keeper: User) -> Activity:
    """A training of the hospital."""
    given = ActivityGiven("training", "培训", timezone.localdate(), None, "条例解读", attended={"H1": 3})
    return training.enter(keeper.home, given, **acting(keeper))


def frozen_list(keeper: User, partner: Organisation) -> Draw:
    """A list of the keeper's experts, frozen, to be drawn from by his office and the other authority of the cast."""
    expert(keeper)
    given = drawing.Given("专家抽取", "experts", [keeper.organisation, partner])
    return drawing.freeze(drawing.prepare(keeper.home, given, **acting(keeper)).pk, **acting(keeper))


def closed_month(keeper: User) -> MonthTable:
    """The last month of the keeper's office, closed."""
    now = timezone.localdate()
    return counting.close(keeper.home, Month(now.year, now.month).before, **acting(keeper))


def expert(keeper: User) -> Any:
    """Another expert of the keeper's division."""
    name = f"专家{DrawMember.objects.count()}"
    return register_person(keeper.home, Person("experts", name=name, unit="某医院"), **acting(keeper))


def inspected(keeper: User) -> dict[str, tuple[Any, ...]]:
    """The hospital is being inspected by two officers of the keeper's office, who have written a record."""
    when, today = acting(keeper), timezone.localdate()
    team: list[str] = []
    for n, username in enumerate(("first-officer", "second-officer")):
        person = Person("inspectors", account=username, certificate=f"ZF-{n}")
        team.append(register_person(keeper.home, person, **when).code)
    given = Inspected(
        "住院服务检查", "special", "medical", today, today, ["inpatient"], team=team, institution=institution_named("H1")
    )
    one = inspecting.plan(keeper.home, given, **when)
    inspecting.notify(one.pk, **when)
    officer = User.objects.get(username="first-officer")
    visiting.begin(one.pk, **acting(officer, earlier(2)))
    now = timezone.now()
    said = recording.Said("record", "李某", "主任", "内科病区", earlier(1), now, "逐床查看了内科病区，均在床。")
    record = recording.write(one.pk, said, **acting(officer))
    return {"inspection": (one.pk,), "inspection-record": (one.pk, record.pk)}


def somebody(role: str, place: tuple[str, str]) -> User:
    """A person with this role alone, in the division or at the institution."""
    kind, (division, institution) = roles()[role].kinds[0], place
    at_one = kind == "institution"
    code = institution if at_one else f"{kind}-{division}"
    home = organisation(code, f"单位{code}", kind, division, institution if at_one else "")
    return account(f"{role}-{division}", "甲乙", role, home)


def address(page: Page, records: dict[str, tuple[Any, ...]]) -> str:
    return reverse(page.name, args=[*records.get(page.of, ()), *([page.word] if page.word else [])])


def ask(client: Client, page: Page, where: str, division: str = "") -> tuple[Any, int, int]:
    """The answer, how many queries it took, how many lines it added to the log; what it changed, there and here, is undone."""
    held, given = dict(client.cookies), {name: value.format(division=division) for name, value in page.given.items()}
    before = LogEntry.objects.count()
    with transaction.atomic():
        with CaptureQueriesContext(connection) as asked:
            response = client.get(where) if page.method == "get" else client.post(where, given)
            if response.streaming:
                b"".join(response.streaming_content)
        lines = LogEntry.objects.count() - before
        transaction.set_rollback(True)
    client.cookies.clear()
    client.cookies.update(held)
    return response, sum("SAVEPOINT" not in one["sql"] for one in asked), lines


def expected(page: Page, rights: frozenset[Any], *, own: bool) -> set[int]:
    """What must be answered. A form that says nothing may be refused with a sentence (400)."""
    if page.rights and not rights & set(page.rights):
        return {403}
    if page.off or page.scope == "other" or (page.of and page.scope == "area" and not own):
        return {404} if page.method == "get" else {404, 400}
    if page.method == "post":
        return {200, 302, 400}
    return {302} if page.away else {200}


def test_every_page_stands_in_the_table():
    assert names() == {page.name for page in PAGES}


def test_every_list_that_may_leave_stands_in_the_table():
    assert {f"{name}-export" for name in listings()} == {page.of for page in PAGES if page.name == "exports:export"}


def test_every_right_of_the_table_is_one():
    known = {right for role in roles().values() for right in role.rights}
    assert {right for page in PAGES for right in page.rights} <= known


@pytest.mark.parametrize("place", [OWN, FOREIGN], ids=["own", "foreign"])
@pytest.mark.parametrize("role", list(roles()))
def test_a_role_sees_what_it_may_and_nothing_else(records, role, place):
    client, wrong = browser(somebody(role, place)), []
    for page in PAGES:
        where = address(page, records)
        response, queries, lines = ask(client, page, where, place[0])
        right = expected(page, roles()[role].rights, own=place == OWN)
        if lines and not right & {200, 302}:
            wrong.append(f"{page.method} {page.name} {page.word} {where}: did something")
        if response.status_code not in right:
            wrong.append(f"{page.method} {page.name} {page.word} {where}: {response.status_code}, expected {sorted(right)}")
        if page.method == "get" and queries > MOST_QUERIES:
            wrong.append(f"{page.name}: {queries} queries")
    assert not wrong, "\n" + "\n".join(wrong)


def test_nobody_sees_anything_without_a_log_in(records):
    wrong = []
    for page in PAGES:
        response, _, _ = ask(Client(), page, address(page, records))
        there = response.status_code == 302 and response["Location"].startswith("/login/")
        if not there and not page.open:
            wrong.append(f"{page.name}: {response.status_code}")
    assert not wrong, "\n" + "\n".join(wrong)


def test_nobody_without_a_role_sees_more_than_his_own_pages(records, bureau):
    client, wrong = browser(account("nobody", "无岗位", (), bureau)), []
    for page in PAGES:
        if page.rights:
            response, _, _ = ask(client, page, address(page, records))
            if response.status_code != 403:
                wrong.append(f"{page.method} {page.name} {page.word}: {response.status_code}")
    assert not wrong, "\n" + "\n".join(wrong)


def test_without_the_second_factor_every_page_leads_to_it(records, supervisor):
    client, wrong = browser(supervisor, code=False), []
    for page in PAGES:
        response, _, _ = ask(client, page, address(page, records))
        if page.name in ("accounts:enrol", "accounts:logout"):
            continue
        if response.status_code != 302 or not response["Location"].startswith("/login/authenticator/"):
            wrong.append(f"{page.method} {page.name}: {response.status_code}")
    assert not wrong, "\n" + "\n".join(wrong)
