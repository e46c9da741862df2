"""The cast of the pages' tests: a supervisor, an administrator, and a small area that was judged."""

import pytest
from django.test import Client
from django.utils import timezone

from tests.web.small_area import make_area
from yijian.vocabulary.home import Home
from yijian.web.accounts.actions import make_account
from yijian.web.accounts.models import Role, User
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


def _account(username: str, name: str, role: str) -> User:
    return make_account(username, PASSWORD, display_name=name, role=role, who=None, when=timezone.now())


@pytest.fixture
def supervisor(db) -> User:
    return _account("wang", "王监管", Role.SUPERVISOR)


@pytest.fixture
def administrator(db) -> User:
    return _account("zhao", "赵管理", Role.ADMINISTRATOR)


@pytest.fixture
def page(loaded, supervisor) -> Client:
    """A browser in which the supervisor has logged in."""
    client = Client()
    client.force_login(supervisor)
    return client


@pytest.fixture
def office(loaded, administrator) -> Client:
    """A browser in which the administrator has logged in."""
    client = Client()
    client.force_login(administrator)
    return client
