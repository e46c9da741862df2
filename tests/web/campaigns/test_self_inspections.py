"""Institutions and agencies are asked, fill in on a page or in Excel, deliver; the bureau sends back, accepts, and books."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from openpyxl import load_workbook

from tests.web.campaigns.conftest import COUNTY, END, ROW, STATEMENT, TODAY, day, file_of, issue, said
from tests.web.conftest import all_contested, browser, by
from yijian.sheets import workbook
from yijian.web.campaigns import actions, asking, forms, returning
from yijian.web.campaigns.kinds import Phase
from yijian.web.campaigns.models import SelfInspection, SelfInspectionRow
from yijian.web.campaigns.queries import progress, returned_between
from yijian.web.campaigns.return_queries import Filters, returns_for
from yijian.web.clocks.models import Clock, Notice
from yijian.web.recoveries.models import Recovery
from yijian.web.reviews import actions as reviewing
from yijian.web.reviews.models import Review

HEAD = {"filler": "某人"}


def fill(filed, who, *rows):
    return returning.fill(filed.pk, rows or (ROW,), HEAD, **by(who))


def send(filed, who, *rows, when=None):
    fill(filed, who, *rows)
    return returning.submit(filed.pk, **by(who, when))


def template(filed, rows=(), **changed):
    """The template as it is downloaded, with rows; changed: other words in its head."""
    sheet = forms.form_of(filed.form)
    read, wrong = forms.read_rows(sheet, rows)
    assert not wrong
    return workbook(sheet, forms.head_of(filed, "东城区") | changed, read)


def test_all_subjects_are_asked_once(asked, people):
    forms_of = sorted(SelfInspection.objects.values_list("form", "name", "area"))
    assert [form for form, _, _ in forms_of] == ["agency", "hospital", "hospital", "pharmacy"]
    with pytest.raises(ValidationError, match="没有新的对象"):
        asking.ask(asked.pk, **by(people["supervisor"]))
    one = SelfInspection.objects.get(institution="H1")
    clock = Clock.objects.get(about=f"campaigns.selfinspection:{one.pk}", ended="")
    assert (clock.institution, clock.due, clock.right) == ("H1", one.due, "fill_returns")
    assert Notice.objects.filter(to__organisation__institution="H1", text__startswith="收到自查要求").exists()


def test_filled_in_delivered_accepted_and_its_pledge_stands_in_the_ledger_once(own, people, clerk):
    filed = send(own, clerk)
    assert (filed.state, filed.declared, filed.pledged, filed.returned) == (
        "submitted",
        Decimal("1200.50"),
        Decimal("1200.50"),
        TODAY,
    )
    filed = returning.take(filed.pk, "accept", **by(people["county"]))
    row = Recovery.objects.get(about=f"campaigns.selfinspection:{filed.pk}.1")
    assert (row.identified, row.admitted, row.confirmed, row.ordered) == (*[Decimal("1200.50")] * 3, 0)
    assert row.record == ("自查报告", f"/campaigns/returns/{filed.pk}/")
    with pytest.raises(ValidationError, match="已受理"):
        returning.take(filed.pk, "accept", **by(people["supervisor"]))
    assert Recovery.objects.filter(about__startswith="campaigns.").count() == 1
    assert browser(clerk).get(row.record[1]).status_code == 200


def test_a_pledge_that_names_a_review_is_booked_on_it_and_not_again(own, people, clerk, sent):
    review = Review.objects.filter(institution="H1", state="sent").order_by("pk").first()
    named = ROW | {"reviews": str(review.pk), "involved": "100", "refund": "10"}
    filed = send(own, clerk, named, ROW)
    review.refresh_from_db()
    assert review.state == "accepted"
    returning.take(filed.pk, "accept", **by(people["supervisor"]))
    assert list(Recovery.objects.filter(about__startswith="campaigns.").values_list("about", flat=True)) == [
        f"campaigns.selfinspection:{filed.pk}.2"
    ]
    assert all(one.admitted > 0 for one in Recovery.objects.filter(review=review.pk))


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([{"reviews": "999999"}], "没有发给本单位的审核单 999999"),
        ([{"reviews": "{own}"}, {"reviews": "{own}"}], "请只写一次"),
        ([{"reviews": "{own}", "involved": "9999999", "refund": "9999999"}], "多出的部分请另写一行"),
        ([{"reviews": "{other}"}], "没有发给本单位的审核单"),
    ],
)
def test_reviews_that_cannot_be_named(own, clerk, sent, rows, sentence):
    known = {
        "own": Review.objects.filter(institution="H1", state="sent").first().pk,
        "other": Review.objects.filter(institution="H2").first().pk,
    }
    written = [ROW | {"involved": "10", "refund": "10"} | {k: v.format(**known) for k, v in one.items()} for one in rows]
    with pytest.raises(ValidationError, match=sentence):
        send(own, clerk, *written)
    own.refresh_from_db()
    assert own.state == "asked"
    assert not Review.objects.filter(state="accepted").exists()


def test_sent_back_it_goes_on_naming_the_review_that_it_accepted(own, people, clerk, sent):
    review = Review.objects.filter(institution="H1", state="sent").order_by("pk").first()
    small = ROW | {"involved": "100", "refund": "10"}
    send(own, clerk, small | {"reviews": str(review.pk)})
    returning.take(own.pk, "correct", reason="请写明整改完成时间", **by(people["county"]))
    with pytest.raises(ValidationError, match=f"上次报送时写了审核单 {review.pk}"):
        send(own, clerk, small)
    SelfInspectionRow.objects.filter(filed=own).delete()
    with pytest.raises(ValidationError, match="上次报送时写了"):
        returning.submit_nothing(own.pk, STATEMENT, {}, **by(clerk))
    send(own, clerk, small | {"reviews": str(review.pk)})
    returning.take(own.pk, "accept", **by(people["county"]))
    assert not Recovery.objects.filter(about__startswith="campaigns.").exists()


def test_an_appealed_review_cannot_be_named(own, clerk, sent):
    review = Review.objects.filter(institution="H1", state="sent").first()
    reviewing.appeal(review.pk, all_contested(review, "收费有医嘱依据，附病历"), **by(clerk))
    with pytest.raises(ValidationError, match="提出了申诉"):
        send(own, clerk, ROW | {"involved": "100", "refund": "20", "reviews": str(review.pk)})


def test_a_decided_review_is_named_up_to_what_was_determined(own, clerk, second, sent):
    review = Review.objects.filter(institution="H1", state="sent").first()
    reviewing.accept(review.pk, **by(clerk))
    amounts = dict.fromkeys(review.lines.values_list("pk", flat=True), "0") | {review.lines.first().pk: "15"}
    reviewing.decide(review.pk, "recover", amounts, reason="部分追回即可", **by(second))
    named = ROW | {"involved": "100", "refund": "20", "reviews": str(review.pk)}
    with pytest.raises(ValidationError, match=r"多于审核单的金额 15\.00 元"):
        send(own, clerk, named)
    assert send(own, clerk, named | {"refund": "15"}).state == "submitted"


def test_what_does_not_add_up_is_kept_but_not_delivered(own, clerk):
    desk = browser(clerk)
    wrong = {f"c-{key}": [value, ""] for key, value in (ROW | {"refund": "2000"}).items()}
    columns = {f"c-{column.key}": ["", ""] for column in forms.form_of("hospital").columns}
    page = desk.post(f"/campaigns/returns/{own.pk}/fill/", columns | wrong | {"submit": "1"})
    assert page.status_code == 400
    assert "主动退回金额不能大于涉及金额" in page.content.decode()
    own.refresh_from_db()
    assert (own.state, own.rows.count(), own.pledged) == ("asked", 1, Decimal(2000))
    page = desk.post(f"/campaigns/returns/{own.pk}/fill/", columns | {"c-kind": ["重复收费", ""], "c-times": ["三次", ""]})
    assert page.status_code == 400
    assert "应为数字" in page.content.decode()
    assert "三次" in page.content.decode()
    assert own.rows.count() == 1


def test_nothing_found_is_said_with_what_was_inspected(own, people, clerk):
    with pytest.raises(ValidationError, match="怎样自查"):
        returning.submit_nothing(own.pk, "没有", {}, **by(clerk))
    with pytest.raises(ValidationError, match="零报告"):
        returning.submit(own.pk, **by(clerk))
    filed = returning.submit_nothing(own.pk, STATEMENT, {}, **by(clerk))
    assert (filed.zero, filed.state) == (True, "submitted")
    assert returns_for(people["county"], Filters(shown="zero")).get() == filed
    returning.take(filed.pk, "accept", **by(people["county"]))
    assert not Recovery.objects.filter(about__startswith="campaigns.").exists()


def test_sent_back_with_a_reason_changed_and_delivered_again(own, people, clerk):
    send(own, clerk)
    with pytest.raises(ValidationError, match="写明理由"):
        returning.take(own.pk, "correct", **by(people["county"]))
    with pytest.raises(ValidationError, match="不能再填写"):
        fill(own, clerk)
    returning.take(own.pk, "correct", reason="第 1 行没有写整改完成时间", **by(people["county"]))
    clock = Clock.objects.get(about=f"campaigns.selfinspection:{own.pk}", ended="")
    assert (clock.kind, clock.institution) == ("self_inspection_correction", "H1")
    filed = send(own, clerk, ROW | {"remedied_on": "2026-05-01"}, ROW)
    assert (filed.state, filed.rows.count(), filed.declared) == ("submitted", 2, Decimal(2401))


def test_the_template_comes_back_filled_in(own, clerk):
    desk = browser(clerk)
    held = desk.get(f"/campaigns/returns/{own.pk}/form/")
    words = [str(c.value) for row in load_workbook(BytesIO(held.content)).worksheets[0].iter_rows() for c in row if c.value]
    assert {"H1", "示例市第一医院", "违规行为描述"} <= set(words)
    page = desk.post(
        f"/campaigns/returns/{own.pk}/upload/", {"file": file_of(template(own, [ROW, ROW], filler="某人"))}, follow=True
    )
    assert page.status_code == 200
    own.refresh_from_db()
    assert (own.from_excel, own.rows.count(), own.declared, own.head["filler"]) == (True, 2, Decimal(2401), "某人")


def _moved(data):
    book = load_workbook(BytesIO(data))
    book.worksheets[0].move_range("E1:L30", cols=1)
    return _saved(book)


def _unequal(data):
    book = load_workbook(BytesIO(data))
    for row in book.worksheets[0].iter_rows():
        if str(row[0].value).startswith("合计"):
            for cell in row[1:]:
                if isinstance(cell.value, int | float) or str(cell.value).startswith("="):
                    cell.value = 77
    return _saved(book)


def _saved(book):
    out = BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda one: _moved(template(one, [ROW])), "列应为"),
        (lambda one: _unequal(template(one, [ROW, ROW])), "合计"),
        (lambda one: template(one, [ROW], period="2020-01-01 至 2020-12-31"), "应为“2025-01-01 至 2026-03-31”"),
        (lambda one: template(one, [ROW], code="H2", name="示例市第二医院"), "“示例市第二医院”（编码 H2）的"),
        (lambda one: template(one, [ROW | {"refund": "5000"}]), "不能大于涉及金额"),
        (lambda one: template(one), "零报告"),
        (lambda one: workbook(forms.form_of("pharmacy"), {}), "不是《定点医疗机构自查情况统计表》的模板"),
        (lambda one: b"nothing of that kind", "不是能读的 Excel 文件"),
    ],
    ids=["moved", "sums", "period", "institution", "check", "empty", "form", "no book"],
)
def test_a_file_that_is_wrong_changes_nothing(own, clerk, make, sentence):
    fill(own, clerk)
    page = browser(clerk).post(f"/campaigns/returns/{own.pk}/upload/", {"file": file_of(make(own))})
    assert page.status_code == 400
    assert sentence in page.content.decode()
    own.refresh_from_db()
    assert (own.from_excel, own.rows.count()) == (False, 1)


def test_an_agency_fills_in_its_own_and_pays_nothing_back_through_the_ledger(asked, people):
    filed = SelfInspection.objects.get(form="agency")
    row = {"kind": "违规支付费用", "what": "重复支付两笔", "times": "2", "involved": "300", "refund": "300", "remedy": "已经追回"}
    filed = send(filed, people["agency"], row)
    returning.take(filed.pk, "accept", **by(people["supervisor"]))
    assert not Recovery.objects.filter(about__startswith="campaigns.").exists()
    with pytest.raises(PermissionDenied):
        returning.take(filed.pk, "correct", reason="本单位不能", **by(people["agency"]))


def test_one_sees_and_fills_in_only_its_own(own, clerk, other_clerk, people):
    assert browser(other_clerk).get(f"/campaigns/returns/{own.pk}/").status_code == 404
    assert [one.institution_id for one in returns_for(other_clerk)] == ["H2"]
    with pytest.raises(ValidationError, match="自己填报"):
        fill(own, people["agency"])


def test_late_missing_and_zero_are_counted(asked, people, clerk, other_clerk):
    SelfInspection.objects.update(due=TODAY - timedelta(days=2))
    returning.submit_nothing(SelfInspection.objects.get(institution="H2").pk, STATEMENT, {}, **by(other_clerk))
    send(SelfInspection.objects.get(institution="H1"), clerk)
    rows = {row["form"]: row for row in progress(asked, TODAY)}
    assert {key: rows["hospital"][key] for key in ("asked", "delivered", "zeros", "late", "missing")} == {
        "asked": 2, "delivered": 2, "zeros": 1, "late": 2, "missing": 0,
    }  # fmt: skip
    assert rows["pharmacy"]["missing"] == rows["agency"]["missing"] == 1
    assert returns_for(people["supervisor"], Filters(shown="missing")).count() == 2
    assert {row["area"]: row["yuan"] for row in returned_between(TODAY, TODAY, ("999900",))} == {
        COUNTY: Decimal("1200.50"), "999902": 0,
    }  # fmt: skip
    assert "逾期未报" in browser(people["supervisor"]).get("/campaigns/returns/?shown=missing").content.decode()


def test_those_who_owe_are_reminded_once_a_day(asked, people, clerk):
    assert asking.remind_missing(asked.pk, **by(people["supervisor"])) == 3
    with pytest.raises(ValidationError, match="没有可以催报的单位"):
        asking.remind_missing(asked.pk, **by(people["supervisor"]))
    assert Notice.objects.filter(to=clerk, text__startswith="催报").count() == 1


def test_after_the_end_nothing_is_taken(own, people, clerk):
    actions.take(own.campaign_id, "end", reason="全部工作已完成", **by(people["supervisor"]))
    with pytest.raises(ValidationError, match="已经结束"):
        fill(own, clerk)


def test_after_the_end_what_came_is_still_corrected_and_accepted(asked, own, people, clerk, other_clerk):
    other = SelfInspection.objects.get(institution="H2")
    send(own, clerk)
    returning.submit_nothing(other.pk, STATEMENT, {}, **by(other_clerk))
    returning.take(own.pk, "correct", reason="请写明整改完成时间", **by(people["county"]))
    page = browser(people["supervisor"]).get(f"/campaigns/{asked.pk}/").content.decode()
    assert "待受理的 <b>1</b> 份、退回更正中的 <b>1</b> 份" in page
    assert "还没有报送的 <b>2</b> 份，结束后不再接收" in page
    actions.take(asked.pk, "end", reason="全部工作已完成", **by(people["supervisor"]))
    running = Clock.objects.filter(about__startswith="campaigns.selfinspection", ended="")
    assert dict(running.values_list("about", "kind")) == {
        asking.about(own): "self_inspection_correction", asking.about(other): "self_inspection_check",
    }  # fmt: skip
    send(own, clerk, ROW | {"remedied_on": "2026-05-01"})
    for one in (own, other):
        assert returning.take(one.pk, "accept", **by(people["supervisor"])).state == "accepted"
    with pytest.raises(ValidationError, match="已经结束"):
        asking.remind(SelfInspection.objects.get(form="agency").pk, **by(people["supervisor"]))


def test_a_long_table_from_excel_is_delivered_without_sending_its_rows_again(own, clerk):
    desk = browser(clerk)
    held = template(own, [ROW | {"what": f"第 {n} 类重复收费"} for n in range(500)], filler="某人")
    page = desk.post(f"/campaigns/returns/{own.pk}/upload/", {"file": file_of(held)}, follow=True)
    assert f'action="/campaigns/returns/{own.pk}/deliver/"' in page.content.decode()
    assert desk.post(f"/campaigns/returns/{own.pk}/deliver/").status_code == 302
    own.refresh_from_db()
    assert (own.state, own.rows.count(), own.pledged) == ("submitted", 500, Decimal("600250.00"))


def test_what_does_not_add_up_is_told_when_the_kept_rows_are_delivered(own, clerk):
    fill(own, clerk, ROW | {"refund": "2000"})
    page = browser(clerk).post(f"/campaigns/returns/{own.pk}/deliver/")
    assert page.status_code == 400
    assert "主动退回金额不能大于涉及金额" in page.content.decode()


def test_a_campaign_below_does_not_ask_again(asked, people):
    inside = said(under=asked, phases=[Phase("self_inspection", "自查自纠", day(0), day(9))], duties=[])
    made = issue(actions.prepare(COUNTY, inside, **by(people["county"])), people, "county", "county_head")
    with pytest.raises(ValidationError, match="没有新的对象"):
        asking.ask(made.pk, **by(people["county"]))
    assert sum(row["asked"] for row in progress(made, timezone.localdate())) == 3
    assert made.data_end == END
    county = browser(people["county"])
    assert county.get(f"/campaigns/returns/?campaign={made.pk}").context["page"].paginator.count == 3
    assert browser(people["supervisor"]).get(f"/campaigns/returns/?campaign={asked.pk}").context["sums"]["asked"] == 4
    SelfInspection.objects.update(due=TODAY - timedelta(days=1))
    page = county.get(f"/campaigns/{made.pk}/").context["progress"]
    for row in page:
        listed = county.get(f"/campaigns/returns/?campaign={made.pk}&form={row['form']}&shown=missing").context["page"]
        assert listed.paginator.count == row["missing"]
    assert asking.remind_missing(made.pk, **by(people["county"])) == 2  # the pharmacy has no account
