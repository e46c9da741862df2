"""A supervisor draws some bills of a hospital, reviews them, and is told what they say of all."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from hypothesis import given as for_all
from hypothesis import strategies as st

from tests.claims.claims_cast import Bureau
from tests.web.conftest import account, browser, by, organisation
from yijian.web.audit_log.models import LogEntry
from yijian.web.extrapolation import actions, bill_file, drawing
from yijian.web.extrapolation.actions import Found
from yijian.web.extrapolation.bands import cuts, proposed
from yijian.web.extrapolation.drawing import Given
from yijian.web.extrapolation.lake import Bill, bills
from yijian.web.extrapolation.models import Extrapolation, SampledBill
from yijian.web.extrapolation.queries import extrapolation_for, newest_result
from yijian.web.institutions.models import Institution
from yijian.web.papers.queries import papers_of

PERSON = {"psn_no": "P1000000001", "psn_name": "张小三", "certno": "99999919900101001X"}
PERIOD = date(2026, 1, 1), date(2026, 3, 31)
STAYS = 60


def settled(number: int, fund: int, **more: object) -> dict[str, object]:
    """A settlement of the hospital; its money grows with its number."""
    return {
        **PERSON, "setl_id": f"S{number:03}", "mdtrt_id": f"M{number:03}", "fixmedins_code": "H1", "med_type": "21",
        "medfee_sumamt": f"{2 * fund}.00", "fund_pay_sumamt": f"{fund}.00", "hifp_pay": f"{fund}.00", "acct_pay": "0.00",
        "hosp_lv": "05", "insutype": "310", "setl_time": f"2026-0{number % 3 + 1}-12 11:00:00", **more,
    }  # fmt: skip


@pytest.fixture(scope="session")
def many_bills(tmp_path_factory):
    """A hospital with sixty stays, and bills that must not be drawn: an outpatient's, one the fund did not pay, one of April."""
    bureau = Bureau(tmp_path_factory.mktemp("bills"))
    bureau.write(
        "fixmedins_b", [{"fixmedins_code": "H1", "fixmedins_name": "示例市第一医院", "medins_lv": "05", "admdvs": "999901"}]
    )
    bureau.write("psn_info_b", [{"psn_no": PERSON["psn_no"]}])
    others = [
        settled(901, 500, med_type="11"), settled(902, 0), settled(903, 500, setl_time="2026-04-01 08:00:00"),
        settled(904, 500, fixmedins_code="H2"),
    ]  # fmt: skip
    bureau.write("setl_d", [*(settled(n, 100 * n) for n in range(1, STAYS + 1)), *others])
    bureau.take()
    return bureau.home


@pytest.fixture
def home(db, settings, many_bills):
    settings.HOME = many_bills
    Institution.objects.create(code="H1", name="示例市第一医院", kind="1", level=3, area="999901")
    return many_bills


@pytest.fixture
def office(db):
    return organisation("YBA", "东城区医保局", "authority", "999901")


@pytest.fixture
def supervisor(office):
    return account("keeper", "某监管", "supervisor", office)


def given(**more):
    said = {"institution": Institution.objects.get(pk="H1"), "bills": "stays", "begin": PERIOD[0], "end": PERIOD[1]}
    return Given(**{**said, **more})


@pytest.fixture
def sample(home, supervisor):
    """Five bills of each stratum."""
    proposal = drawing.propose(given(), home, date(2026, 6, 1))
    return actions.draw(given(), [5] * len(proposal.cuts), proposal.snapshot, home=home, **by(supervisor))


def reviewed(sample, who, share="0.1"):
    """Every third of its bills was wrong by this share."""
    rows = SampledBill.objects.filter(extrapolation=sample)
    found = {
        bill.setl_id: Found(bill.cost * Decimal(share), "重复收取护理费") if bill.place % 3 == 0 else Found(Decimal(0))
        for bill in rows
    }
    return actions.review(sample.pk, found, **by(who))


def test_only_paid_stays_of_the_hospital_and_the_period_are_drawn_from(home):
    number, found = bills(home, "H1", *PERIOD, stays=True)
    assert {bill.setl_id for bill in found} == {f"S{n:03}" for n in range(1, STAYS + 1)}
    assert number == 1
    assert [bill.setl_id for bill in bills(home, "H1", *PERIOD, stays=False)[1]] == ["S901"]


MONEY = st.decimals("0.01", "99999", places=2)


@for_all(st.lists(MONEY, min_size=1, max_size=200))
def test_strata_hold_every_bill_once(costs):
    some = [Bill(f"S{n}", "", date(2026, 1, 1), cost) for n, cost in enumerate(costs)]
    strata = cuts(some)
    assert sorted(bill.setl_id for cut in strata for bill in cut.bills) == sorted(bill.setl_id for bill in some)
    assert sum(cut.amount for cut in strata) == sum(costs)
    sizes = proposed(strata, Decimal("0.1"), Decimal("0.3"))
    assert all(min(2, len(cut.bills)) <= size <= len(cut.bills) for cut, size in zip(strata, sizes, strict=True))


def test_one_huge_bill_is_a_stratum_of_its_own():
    some = [Bill(f"S{n}", "", date(2026, 1, 1), Decimal(1)) for n in range(60)] + [Bill("X", "", date(2026, 1, 1), Decimal(900))]
    assert [len(cut.bills) for cut in cuts(some)] == [60, 1]


def test_the_draw_can_be_done_again_from_what_is_written_down(sample, home):
    proposal = drawing.propose(given(), home, date(2026, 6, 1))
    assert drawing.list_hash(proposal) == sample.list_hash
    again = [
        bill.setl_id for place, cut in enumerate(proposal.cuts, start=1) for bill in drawing.drawn(cut, place, 5, sample.seed)
    ]
    assert again == list(SampledBill.objects.filter(extrapolation=sample).order_by("place").values_list("setl_id", flat=True))


def test_a_result_says_how_much_and_how_sure(sample, supervisor):
    reviewed(sample, supervisor)
    done = actions.conclude(sample.pk, **by(supervisor))
    _, result = newest_result("H1")
    found = sum(SampledBill.objects.filter(extrapolation=sample).values_list("wrong", flat=True))
    assert result.mean.found == found
    assert result.mean.low < result.mean.total < result.mean.high
    assert "有 95% 的把握" in "".join(result.words)
    (paper,) = papers_of(f"extrapolation.extrapolation:{done.pk}")
    assert (paper.kind, done.state) == ("extrapolation_note", "concluded")
    assert list(LogEntry.objects.filter(act__startswith="extrapolation.").order_by("number").values_list("act", flat=True)) == [
        "extrapolation.draw", "extrapolation.review", "extrapolation.step",
    ]  # fmt: skip


def test_a_concluded_sample_cannot_be_changed(sample, supervisor):
    reviewed(sample, supervisor)
    actions.conclude(sample.pk, **by(supervisor))
    with pytest.raises(ValidationError, match="不能再登记审核结果"):
        reviewed(sample, supervisor, "0.2")


def test_nothing_is_concluded_while_bills_wait(sample, supervisor):
    with pytest.raises(ValidationError, match="没有登记审核结果"):
        actions.conclude(sample.pk, **by(supervisor))


@pytest.mark.parametrize(
    ("wrong", "reason", "said"),
    [
        ("999999", "多收费用", "应在 0 与基金支付"),
        ("1.234", "多收费用", "最多两位小数"),
        ("1", "", "请写明违规事实"),
        (None, "多收费用", "请填写违规金额"),
    ],
)
def test_a_bill_that_cannot_be_so_is_named_and_nothing_is_kept(sample, supervisor, wrong, reason, said):
    first, second = SampledBill.objects.filter(extrapolation=sample).order_by("place")[:2]
    found = {first.setl_id: Found(Decimal(0)), second.setl_id: Found(wrong and Decimal(wrong), reason)}
    with pytest.raises(ValidationError, match=f"第 2 份.*{said}"):
        actions.review(sample.pk, found, **by(supervisor))
    first.refresh_from_db()
    assert first.wrong is None


def test_newer_data_asks_for_a_new_proposal(home, supervisor):
    with pytest.raises(ValidationError, match="数据在计算之后有更新"):
        actions.draw(given(), [5], 99, home=home, **by(supervisor))
    assert not Extrapolation.objects.exists()


def test_sizes_that_cannot_be_estimated_from_are_refused(home, supervisor):
    with pytest.raises(ValidationError, match="第 1 层应抽 2 到"):
        actions.draw(given(), [1, 5, 5, 5], 1, home=home, **by(supervisor))


def typed(bills, wrong="0", reason="", was="", why=""):
    """What a page sends of some bills."""
    count = len(bills)
    return {
        "bill": bills, "wrong": [wrong] * count, "reason": [reason] * count, "was-wrong": [was] * count,
        "was-reason": [why] * count, "page": "1",
    }  # fmt: skip


def test_two_who_review_the_same_bill_do_not_overwrite_each_other(sample, supervisor):
    bill = SampledBill.objects.filter(extrapolation=sample).order_by("place").first()
    page, address = browser(supervisor), f"/extrapolation/{sample.pk}/review/"
    assert page.post(address, typed([bill.setl_id], "1.5", "多记一天床位费")).status_code == 302
    refused = page.post(address, typed([bill.setl_id], "0"))  # from a page that was opened before
    assert refused.status_code == 400
    assert "由别人登记过" in refused.content.decode()
    bill.refresh_from_db()
    assert bill.wrong == Decimal("1.50")
    assert page.post(address, typed([bill.setl_id], "0", "", "1.50", "多记一天床位费")).status_code == 302


def test_what_was_typed_stays_on_the_page_where_one_bill_is_wrong(sample, supervisor):
    first, second = SampledBill.objects.filter(extrapolation=sample).order_by("place")[:2]
    sent = typed([first.setl_id, second.setl_id])
    sent |= {"wrong": ["2.25", "很多"], "reason": ["多记两天护理费", ""]}
    text = browser(supervisor).post(f"/extrapolation/{sample.pk}/review/", sent).content.decode()
    assert "多记两天护理费" in text
    assert 'value="很多"' in text


def test_a_second_file_with_empty_rows_leaves_what_others_filled_in(sample, supervisor):
    empty = bill_file.written(sample)
    reviewed(sample, supervisor)
    assert bill_file.read(sample, empty) == {}


def test_another_district_gets_no_proposal(home):
    stranger = account("xi", "某西城", "supervisor", organisation("YBB", "西城区医保局", "authority", "999902"))
    said = {
        "institution": "H1",
        "bills": "stays",
        "begin": "2026-01-01",
        "end": "2026-03-31",
        "expected": "10",
        "precision": "30",
    }
    assert browser(stranger).get("/extrapolation/new/", said).status_code == 400


def test_the_pages_lead_from_a_proposal_to_the_conclusion(home, supervisor):
    page = browser(supervisor)
    said = {
        "institution": "H1",
        "bills": "stays",
        "begin": "2026-01-01",
        "end": "2026-03-31",
        "expected": "10",
        "precision": "30",
    }
    shown = page.get("/extrapolation/new/", said)
    sizes = [stratum["size"] for stratum in shown.context["strata"]]
    assert sum(sizes) < STAYS
    sent = {**said, "snapshot": shown.context["snapshot"], "size": sizes}
    address = page.post("/extrapolation/draw/", sent)["Location"]
    one = Extrapolation.objects.get()
    assert address == f"/extrapolation/{one.pk}/"
    rows = list(SampledBill.objects.filter(extrapolation=one).order_by("place").values_list("setl_id", flat=True))
    for start in range(0, len(rows), 50):
        some = rows[start : start + 50]
        page.post(f"{address}review/", typed(some))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        text = page.get(address).content.decode()
    assert "样本中没有违规，不等于没有违规" in text
    assert len(asked) <= 20
    page.post(f"{address}conclude/")
    one.refresh_from_db()
    assert one.state == "concluded"
    listed = page.get("/extrapolation/", {"state": "concluded"}).content.decode()
    assert one.number in listed


def test_an_excel_form_is_filled_in_and_taken_over_whole_or_not_at_all(sample, supervisor):
    book = openpyxl.load_workbook(BytesIO(bill_file.written(sample)))
    sheet = book.worksheets[0]
    head = next(row for row in range(1, 20) if sheet.cell(row, 1).value == "序号")
    for row in range(head + 1, head + 21):
        sheet.cell(row, 6).value = 0
    sheet.cell(head + 3, 6).value, sheet.cell(head + 3, 7).value = 12.5, "多记一天床位费"
    page = browser(supervisor)

    def send():
        out = BytesIO()
        book.save(out)
        return page.post(f"/extrapolation/{sample.pk}/fill/", {"file": SimpleUploadedFile("表.xlsx", out.getvalue())})

    sheet.cell(head + 5, 6).value = "很多"
    refused = send()
    assert refused.status_code == 400
    assert "“违规金额”写的是“很多”，应为数字" in refused.content.decode()
    assert not SampledBill.objects.exclude(wrong=None).exists()
    sheet.cell(head + 5, 6).value = 0
    assert send().status_code == 302
    assert SampledBill.objects.get(extrapolation=sample, place=3).wrong == Decimal("12.50")
    assert not SampledBill.objects.filter(extrapolation=sample, wrong=None).exists()


def test_the_form_of_another_sample_is_refused(sample, home, supervisor):
    other = actions.draw(given(), [2, 2, 2, 2], 1, home=home, **by(supervisor))
    with pytest.raises(ValidationError, match="不是 "):
        bill_file.read(sample, bill_file.written(other))


def test_another_district_sees_and_draws_nothing(sample, home):
    stranger = account("xi", "某西城", "supervisor", organisation("YBB", "西城区医保局", "authority", "999902"))
    with pytest.raises(Http404):
        extrapolation_for(stranger, sample.pk)
    with pytest.raises(PermissionDenied):
        actions.draw(given(), [5] * 4, 1, home=home, **by(stranger))


def test_a_dropped_sample_stays_on_record_with_its_reason(sample, supervisor):
    actions.drop(sample.pk, reason="期间选错", **by(supervisor))
    assert Extrapolation.objects.get(pk=sample.pk).changes.get(step="drop").reason == "期间选错"
    assert newest_result("H1") is None
