"""The cast of the pages' tests: a supervisor, an administrator, and a small area that was judged."""

import pytest
from django.test import Client
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.web.small_area import make_area
from yijian.vocabulary.home import Home
from yijian.web.accounts.actions import keep_division, keep_organisation, make_account
from yijian.web.accounts.models import Organisation, User
from yijian.web.loading import take_over_newest_run

PASSWORD = "an-invented-pass-phrase-7"


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
