"""The cast of the pages' tests: the bureau, the agency, a clerk of each hospital, and a small area that was judged."""

import shutil
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from django.test import Client
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.web.small_area import make_area
from yijian.knowledge.importing import import_knowledge
from yijian.vocabulary.home import Home
from yijian.web.accounts.actions import keep_division, keep_organisation, make_account
from yijian.web.accounts.models import Organisation, User
from yijian.web.findings import actions as screening
from yijian.web.findings.models import Finding
from yijian.web.jobs.worker import made_worker
from yijian.web.loading import take_over_newest_run
from yijian.web.reviews import actions as reviewing
from yijian.web.reviews import opening
from yijian.web.reviews.models import Review

PASSWORD = "an-invented-pass-phrase-7"


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """Pass phrases of invented people need no second of work each."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


@pytest.fixture(scope="session")
def area(tmp_path_factory) -> Home:
    """Read only: made once a session."""
    return make_area(tmp_path_factory.mktemp("area"))


@pytest.fixture
def loaded(db, settings, area) -> Home:
    """The area with its run taken over into the test's database."""
    settings.HOME = area
    take_over_newest_run(area)
    return area


@pytest.fixture
def bureau(db) -> Organisation:
    """医保局 of a whole province: its people see everything."""
    return organisation("YB", "示例市医疗保障局", "authority", "000000")


def organisation(code: str, name: str, kind: str, division: str, institution: str = "") -> Organisation:
    """An organisation, with its division."""
    keep_division(division, f"区划{division}", who=None, when=timezone.now(), where=None)
    return keep_organisation(
        code, name=name, kind=kind, division=division, institution=institution, who=None, when=timezone.now(), where=None
    )


def account(username: str, name: str, role: str, where: Organisation) -> User:
    """Somebody of an organisation with one role."""
    return make_account(username, PASSWORD, display_name=name, role=role, organisation=where, who=None, when=timezone.now())


def earlier(hours: int) -> datetime:
    """So long ago, and not before today: a team does not arrive before its day, also where a test runs after midnight."""
    return max(timezone.now() - timedelta(hours=hours), timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0))


@pytest.fixture
def supervisor(bureau) -> User:
    return account("wang", "王监管", "supervisor", bureau)


@pytest.fixture
def administrator(bureau) -> User:
    return account("zhao", "赵管理", "administrator", bureau)


@pytest.fixture
def auditor(bureau) -> User:
    return account("qian", "钱审计", "auditor", bureau)


def browser(user: User, *, code: bool = True) -> Client:
    """A browser in which somebody has logged in; with the second factor, where a role wants it, unless `code` is False."""
    client = Client()
    client.force_login(user)
    if code and user.needs_second_factor:
        device, _ = TOTPDevice.objects.get_or_create(user=user, name="test")
        session = client.session
        session[DEVICE_ID_SESSION_KEY] = device.persistent_id
        session.save()
    return client


@pytest.fixture
def page(loaded, supervisor) -> Client:
    """The supervisor's browser."""
    return browser(supervisor)


@pytest.fixture
def office(loaded, administrator) -> Client:
    """The administrator's browser."""
    return browser(administrator)


@pytest.fixture
def auditing(loaded, auditor) -> Client:
    """The auditor's browser."""
    return browser(auditor)


@pytest.fixture
def agency(loaded):
    return organisation("JB", "示例市医疗保障事务中心", "agency", "999900")


@pytest.fixture
def first(agency):
    return account("wu", "吴审核", "reviewer", agency)


@pytest.fixture
def second(agency):
    return account("zheng", "郑复审", "reviewer", agency)


@pytest.fixture
def clerk(loaded):
    return account("yao", "姚医保办", "institution", organisation("H1", "示例市第一医院", "institution", "999901", "H1"))


@pytest.fixture
def other_clerk(loaded):
    return account("fei", "费医保办", "institution", organisation("H2", "示例市第二医院", "institution", "999902", "H2"))


def do_jobs() -> None:
    """Do the jobs that wait, as the worker does; but it keeps the connection, which holds the test's transaction."""
    with patch("django_tasks_db.management.commands.db_worker.close_old_connections"):
        made_worker(batch=True).run()


def by(user, when=None):
    return {"who": user, "when": when or timezone.now(), "where": None}


@pytest.fixture
def drafted(loaded, first):
    """All findings confirmed by the first reviewer and put on reviews."""
    screening.screen([f.pk for f in Finding.objects.all()], "confirmed", **by(first))
    opening.open_reviews(None, home=loaded, **by(first))


@pytest.fixture
def sent(drafted, first):
    """… and sent."""
    return reviewing.send(list(Review.objects.values_list("pk", flat=True)), **by(first))


def all_contested(review, why):
    """An institution's answer to a review: each line is contested for the same reason."""
    return dict.fromkeys(review.lines.values_list("pk", flat=True), why)


def contested_form(review, why):
    """The same as its page sends it."""
    answers = {f"answer-{pk}": "contested" for pk in all_contested(review, why)}
    return answers | {f"objection-{pk}": why for pk in all_contested(review, why)}


@pytest.fixture
def finance(agency):
    return account("kong", "孔财务", "finance", agency)


@pytest.fixture
def decided(sent, clerk, second):
    """The stay of the first hospital accepted and determined in full."""
    review = Review.objects.get(setl_id="S1")
    reviewing.accept(review.pk, **by(clerk))
    reviewing.decide(review.pk, "recover", {}, reason="机构认可，全额追回", **by(second))
    review.refresh_from_db()
    return review


KNOWLEDGE = "point_id,code,name,diag_prefix,confirmed,note,valid_from,valid_to,source,supersedes\n"
POINTS = "p1,X1,甲片,,,限社区获得性肺炎。,2020-01-01,,示例,\np2,X3,乙注射液,,,限二线用药。,2020-01-01,,示例,\n"


@pytest.fixture
def lists(area, settings, loaded, tmp_path) -> Home:
    """The small area with a list of sentences, in a copy of its own."""
    home = Home(tmp_path / "home")
    shutil.copytree(area.path, home.path)
    (tmp_path / "drug_indication.csv").write_text(KNOWLEDGE + POINTS, encoding="utf-8")
    (tmp_path / "disease_code.csv").write_text("code,name\nJ15.900,社区获得性肺炎\n", encoding="utf-8")
    import_knowledge(home, [tmp_path / "drug_indication.csv", tmp_path / "disease_code.csv"])
    settings.HOME = home
    return home
