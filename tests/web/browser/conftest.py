"""A real server over a small area, and a real browser before it; on PostgreSQL where the run is one on PostgreSQL."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import closing, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import pytest
from playwright.sync_api import expect, sync_playwright

from tests import postgresql
from tests.web.small_area import make_area
from yijian.web.accounts.second_factor import code_now

CHROMIUM = "/usr/bin/chromium"

expect.set_options(timeout=30_000)  # as long as Playwright waits for all else: the machine does other work beside


class Site(NamedTuple):
    """Where it is, the password of each account, and what else the demo keeps of them."""

    address: str
    passwords: dict[str, str]
    kept: dict[str, dict[str, str]]


def log_in(tab, site: Site, username: str) -> None:
    """Log in as a person does: password, and the code where one is asked for.

    A code is taken once: who logs in again within the half minute waits for the next, so keep the session (`tab`) where you can.
    """
    tab.goto("about:blank")  # what the page before still asks for is answered before, not into the new session
    tab.context.clear_cookies(name="sessionid")
    tab.goto(site.address)
    tab.get_by_label("账号").fill(username)
    tab.get_by_label("密码").fill(site.passwords[username])
    tab.get_by_role("button", name="登录", exact=True).click()
    if "secret" in site.kept[username]:
        for _ in range(40):
            tab.get_by_label("6 位数字").fill(code_now(site.kept[username]["secret"]))
            tab.get_by_role("button", name="继续").click()
            tab.wait_for_selector(".yj-user, .alert-danger", state="attached")
            if tab.locator(".yj-user").count():
                break
            tab.wait_for_timeout(2_000)
    tab.wait_for_selector(".yj-user", state="attached")


def fits(tab) -> bool:
    """Whether the page needs no scrolling sideways; a page that is still arriving is waited for.

    A click returns when the next page has begun to arrive, and may find it without a root element.
    """
    tab.wait_for_load_state()
    return tab.evaluate("document.documentElement.scrollWidth") <= tab.viewport_size["width"]


COMMAND = [sys.executable, "-m", "yijian.web"]


@pytest.fixture(scope="session")
def loaded(tmp_path_factory) -> tuple[Path, dict[str, str]]:
    """A home with demo accounts, and the environment of whoever serves it: each module has a copy, as to make one takes long."""
    if shutil.which(CHROMIUM) is None and not os.environ.get("CI"):
        pytest.skip("没有安装 chromium，浏览器测试跳过（Debian：apt-get install chromium fonts-noto-cjk）")
    home = make_area(tmp_path_factory.mktemp("loaded")).path
    env = {k: v for k, v in os.environ.items() if not k.startswith(("YIJIAN_", "DJANGO_"))} | database()
    subprocess.run([*COMMAND, "load", "--demo-accounts", "--home", str(home)], check=True, env=env)
    return home, env


@pytest.fixture(scope="module")
def site(loaded, tmp_path_factory):
    """A server of its own."""
    home = shutil.copytree(loaded[0], tmp_path_factory.mktemp("browsed") / "home")
    env = loaded[1] | database(like=loaded[1])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen([*COMMAND, "serve", "--home", str(home), "--port", str(port)], env=env)
    try:
        _wait_for(port, server)
        kept = json.loads((home / "web" / "demo_accounts.json").read_text(encoding="utf-8"))
        yield Site(f"http://127.0.0.1:{port}", {name: one["password"] for name, one in kept.items()}, kept)
    finally:
        server.terminate()
        server.wait(timeout=20)


def database(like: dict[str, str] | None = None) -> dict[str, str]:
    """What names a database, empty or like another, to a server where the run is on PostgreSQL; else its home has SQLite."""
    if postgresql.RUNNING not in os.environ:
        return {}
    import psycopg

    name, template = f"browsed_{uuid4().hex}", like["YIJIAN_DATABASE_URL"].rpartition("/")[2] if like else "template0"
    with psycopg.connect(f"{os.environ[postgresql.RUNNING]}/postgres", autocommit=True) as db:
        db.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return {"YIJIAN_DATABASE_URL": f"{os.environ[postgresql.RUNNING]}/{name}"}


def _wait_for(port, server):
    """Until it has answered once: the first answer takes longer than any later one."""
    for _ in range(600):
        assert server.poll() is None, "the server ended before it served"
        with suppress(ConnectionRefusedError):
            with closing(HTTPConnection("127.0.0.1", port, timeout=120)) as asked:
                asked.request("GET", "/")
                asked.getresponse().read()
            return
        time.sleep(0.1)
    raise AssertionError("the server did not begin to serve")


@pytest.fixture(scope="module")
def chromium(site):
    with sync_playwright() as play:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        browser = play.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def supervising(chromium, site):
    """The cookies of the supervisor, who has logged in once for all tests of the module."""
    context = chromium.new_context(locale="zh-CN")
    page = context.new_page()
    log_in(page, site, "jianguan")
    yield context.storage_state()
    context.close()


@pytest.fixture
def tab(chromium, site, supervising, request):
    """A fresh tab of the supervisor's that fails the test on anything the browser complains about."""
    settings = {"locale": "zh-CN", "viewport": {"width": 1280, "height": 900}, "storage_state": supervising}
    context = chromium.new_context(**{**settings, **getattr(request, "param", {})})
    page, complaints = context.new_page(), []
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: complaints.append(str(e)))
    page.on("request", lambda r: complaints.append(r.url) if not r.url.startswith((site.address, "data:", "blob:")) else None)
    page.goto(site.address)
    page.wait_for_selector(".yj-user", state="attached")
    yield page
    context.close()
    assert complaints == []
