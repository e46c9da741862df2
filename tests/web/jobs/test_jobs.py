"""A job says how far it is and what came of it; one whose process died does not run for ever; files go after a day."""

import os
import socket
import subprocess
import sys
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from tests.web.conftest import browser, by, do_jobs
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home
from yijian.web.audit_log.models import LogEntry
from yijian.web.findings.models import Finding
from yijian.web.jobs import actions, tending
from yijian.web.jobs.models import Job
from yijian.web.jobs.running import OURS, running, this_worker


@task()
def behave(job_id: int, how: str) -> None:
    with running(job_id) as work:
        match how:
            case "well":
                work.at(3, 3)
                work.say("做完了", "/findings/coverage/")
            case "wrong":
                raise UserError("数据目录里没有审核结果", do="请先运行审核")
            case "broken":
                raise RuntimeError("secret of the inside")
            case _:
                work.give(BytesIO(b"made"), "结果.csv")


@pytest.fixture
def home(settings, tmp_path) -> Home:
    settings.HOME = Home(tmp_path)
    return settings.HOME


def done(user, how: str) -> Job:
    job = actions.start(behave, how, given={"how": how}, **by(user))
    do_jobs()
    job.refresh_from_db()
    return job


def test_a_job_that_went_well_says_so_and_leads_to_its_result(home, supervisor):
    job = done(supervisor, "well")
    assert (job.state, job.done, job.of, job.said) == ("done", 3, 3, "做完了")
    assert 'href="/findings/coverage/"' in browser(supervisor).get("/jobs/").content.decode()


def test_a_mistake_is_its_sentence_and_a_fault_of_ours_an_apology_without_the_inside(home, supervisor):
    assert done(supervisor, "wrong").problem.startswith("数据目录里没有审核结果")
    job = done(supervisor, "broken")
    assert (job.state, job.problem) == ("failed", OURS)
    assert "secret of the inside" not in browser(supervisor).get("/jobs/").content.decode()
    assert "secret of the inside" in DBTaskResult.objects.get(pk=job.task).traceback


def test_nobody_sees_the_jobs_of_others(home, supervisor, administrator):
    done(supervisor, "well")
    assert list(browser(administrator).get("/jobs/").context["page"]) == []


def test_nobody_fills_the_queue(home, supervisor):
    for n in range(actions.MOST_OPEN):
        actions.start(behave, f"第 {n} 个", given={"how": "well"}, **by(supervisor))
    with pytest.raises(ValidationError, match="没有完成"):
        actions.start(behave, "再一个", given={"how": "well"}, **by(supervisor))


def test_a_file_is_fetched_for_a_day_and_then_gone(home, supervisor):
    job = done(supervisor, "file")
    address = f"/jobs/{job.pk}/file/"
    assert b"".join(browser(supervisor).get(address).streaming_content) == b"made"
    assert tending.sweep(timezone.now()) == 0
    long_ago = (timezone.now() - timedelta(days=2)).timestamp()
    os.utime(home.exports / job.file, (long_ago, long_ago))
    Job.objects.update(expires=timezone.now() - timedelta(minutes=1))
    assert browser(supervisor).get(address).status_code == 404
    assert tending.sweep(timezone.now()) == 1
    assert list(home.exports.iterdir()) == []
    assert "文件已过期删除" in browser(supervisor).get("/jobs/").content.decode()


def dead_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_job_whose_process_died_ends_with_a_sentence(home, supervisor):
    now = timezone.now()
    job = actions.start(behave, "断了", given={"how": "well"}, **by(supervisor))
    DBTaskResult.objects.update(status="RUNNING")
    for worker, beat, gone in (
        (this_worker(), now, 0),
        ("another-machine:1", now - timedelta(minutes=1), 0),
        ("another-machine:1", now - timedelta(minutes=6), 1),
        (f"{socket.gethostname()}:{dead_process()}", now, 1),
    ):
        Job.objects.filter(pk=job.pk).update(state="running", worker=worker, beat=beat)
        assert tending.recover(now) == gone
    job.refresh_from_db()
    assert (job.state, job.problem) == ("failed", tending.STOPPED)
    assert DBTaskResult.objects.get().status == "FAILED"


def test_an_administrator_loads_a_run_from_the_page(db, area, settings, administrator, supervisor):
    settings.HOME = area
    desk = browser(administrator)
    assert "结果还没有装入网页" in desk.get("/imports/").content.decode()
    assert browser(supervisor).post("/imports/load/").status_code == 403
    assert desk.post("/imports/load/")["Location"] == "/jobs/"
    do_jobs()
    job = Job.objects.get()
    assert (job.state, job.problem) == ("done", "")
    assert job.said.startswith("已装入审核")
    assert Finding.objects.exists()
    assert LogEntry.objects.filter(act="findings.load", who="zhao").exists()
    assert "结果还没有装入网页" not in desk.get("/imports/").content.decode()
    again = desk.post("/imports/load/")
    assert again.status_code == 400
    assert "已经装入" in again.content.decode()
