"""Every list leaves by one door, says who took it out and what it was narrowed to, and never runs as a formula."""

import csv
from io import BytesIO, StringIO

import pytest
from python_calamine import CalamineWorkbook

from tests.web.conftest import account, browser, by, do_jobs
from yijian.web.audit_log.models import LogEntry
from yijian.web.exports import actions
from yijian.web.exports.registry import listings
from yijian.web.frame.export import FORMS, Field, sheet_of
from yijian.web.jobs.models import Job
from yijian.web.reviews.models import Review

LISTS = {
    "supervisor": [
        "findings",
        "groups",
        "institutions",
        "coverage",
        "reviews",
        "recoveries",
        "reminders",
        "imports",
        "quarantine",
    ],
    "administrator": ["accounts", "organisations"],
    "auditor": ["log"],
}


def rows_of(response) -> list[list]:
    held = b"".join(response.streaming_content)
    if response["Content-Disposition"].rstrip('"').endswith("xlsx"):
        return CalamineWorkbook.from_filelike(BytesIO(held)).get_sheet_by_index(0).to_python()
    assert held.startswith(b"\xef\xbb\xbf"), "or Excel takes it for another encoding"
    return list(csv.reader(StringIO(held.decode("utf-8-sig"))))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("role", LISTS)
def test_each_list_says_who_took_it_out_and_the_log_says_it_too(loaded, bureau, role, form):
    user = account("someone", "某某", role, bureau)
    for name in LISTS[role]:
        rows = rows_of(browser(user).get(f"/export/{name}.{form}"))
        title = listings()[name].title
        assert rows[0][0].startswith(f"医监 {title}清单，共 ")
        assert rows[1][0].startswith("导出：某某（someone），20")
        assert rows[2][0].startswith("筛选条件：")
        line = LogEntry.objects.filter(act="exports.export").latest("number")
        assert (line.who, line.kind) == ("someone", title)


def test_a_list_is_narrowed_and_sorted_as_its_page_is(page):
    rows = rows_of(page.get("/export/institutions.xlsx", {"level": "3", "sort": "name"}))
    shown = [one.code for one in page.get("/institutions/", {"level": "3", "sort": "name"}).context["page"]]
    assert [row[0] for row in rows[5:]] == shown
    assert rows[2][0] == "筛选条件：级别 三级"
    groups = rows_of(page.get("/export/groups.csv", {"whose": "nobody"}))
    assert groups[2][0] == "筛选条件：只看 还有待筛查疑点的组；分派 未分派"
    assert len(groups) - 5 == page.get("/screening/", {"whose": "nobody"}).context["page"].paginator.count


def test_an_institution_takes_out_its_own_reviews_only(sent, clerk):
    rows = rows_of(browser(clerk).get("/export/reviews.xlsx"))
    assert {row[1] for row in rows[5:]} == {"H1"}
    assert len(rows[5:]) == Review.objects.filter(institution_id="H1").count()
    assert not any("P1000000001" in str(cell) for row in rows for cell in row)


@pytest.mark.parametrize("sly", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1"])
def test_text_never_becomes_a_formula(sly):
    when = by(None)["when"]
    sheet = lambda: sheet_of(sly, [Field("值", 10, str), Field("金额（元）", 10, lambda _: -1.5)], [sly], 1, [("文字", sly)])  # noqa: E731
    rows = list(csv.reader(StringIO(FORMS["csv"](sheet(), who=sly, when=when).read().decode("utf-8-sig"))))
    assert rows[5] == [f"'{sly}", "-1.5"]
    assert all(not cell.startswith(("=", "+", "@")) for row in rows for cell in row)


def test_a_list_that_is_not_there_or_in_another_form_is_not_found(page):
    assert page.get("/export/nothing.xlsx").status_code == 404
    assert page.get("/export/findings.pdf").status_code == 404


def test_a_long_list_becomes_a_job_whose_file_only_its_owner_fetches(
    page, supervisor, administrator, settings, tmp_path, monkeypatch
):
    monkeypatch.setattr(actions, "AT_ONCE", 2)
    monkeypatch.setattr(type(settings.HOME), "exports", property(lambda self: tmp_path / "exports"))
    assert page.get("/export/findings.xlsx", {"institution": "H2"})["Content-Disposition"]
    asked = page.get("/export/findings.xlsx", {"verdict": "violation"})
    assert (asked.status_code, asked["Location"]) == (302, "/jobs/")
    twice = page.get("/export/findings.xlsx", {"verdict": "violation"})
    assert twice.status_code == 400
    assert "已经在后台任务里" in twice.content.decode()
    waiting = page.get("/jobs/").content.decode()
    assert "hx-trigger" in waiting
    assert "等待" in waiting
    do_jobs()
    job = Job.objects.get()
    assert (job.state, job.problem, job.done) == ("done", "", job.of)
    assert "hx-trigger" not in page.get("/jobs/").content.decode()
    rows = rows_of(page.get(f"/jobs/{job.pk}/file/"))
    assert rows[1][0].startswith("导出：王监管（wang）")
    assert rows[2][0] == "筛选条件：性质 明确违规"
    assert len(rows) - 5 == job.of > 2
    (file,) = (tmp_path / "exports").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert browser(administrator).get(f"/jobs/{job.pk}/file/").status_code == 404
    acts = LogEntry.objects.filter(who="wang").order_by("number").values_list("act", flat=True)
    assert [act for act in acts if act.startswith(("jobs", "exports"))] == [
        "exports.export", "jobs.start", "exports.export", "jobs.fetch",
    ]  # fmt: skip


def test_a_job_has_the_rights_of_the_moment_it_runs(page, supervisor, settings, tmp_path, monkeypatch):
    monkeypatch.setattr(actions, "AT_ONCE", 0)
    monkeypatch.setattr(type(settings.HOME), "exports", property(lambda self: tmp_path / "exports"))
    page.get("/export/findings.xlsx")
    supervisor.postings.all().delete()
    do_jobs()
    job = Job.objects.get()
    assert (job.state, job.problem, job.file) == ("failed", "提交任务的账号已没有这项权限", "")
    assert not (tmp_path / "exports").exists()
    assert not LogEntry.objects.filter(act="exports.export").exists()
