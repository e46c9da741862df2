"""A real server over a small area, and a real browser before it."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time

import pytest
from playwright.sync_api import sync_playwright

from tests.web.small_area import make_area

CHROMIUM = "/usr/bin/chromium"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """(address, username, password) of a server of its own."""
    if shutil.which(CHROMIUM) is None and not os.environ.get("CI"):
        pytest.skip("没有安装 chromium，浏览器测试跳过（Debian：apt-get install chromium fonts-noto-cjk）")
    home = make_area(tmp_path_factory.mktemp("browsed")).path
    env = {k: v for k, v in os.environ.items() if not k.startswith(("YIJIAN_", "DJANGO_"))}
    command = [sys.executable, "-m", "yijian.web"]
    subprocess.run([*command, "load", "--demo-accounts", "--home", str(home)], check=True, env=env)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen([*command, "serve", "--home", str(home), "--port", str(port)], env=env)
    try:
        _wait_for(port, server)
        yield f"http://127.0.0.1:{port}", json.loads((home / "web" / "demo_accounts.json").read_text(encoding="utf-8"))
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(port, server):
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert server.poll() is None, "the server ended before it served"
        time.sleep(0.1)
    raise AssertionError("the server did not begin to serve")


@pytest.fixture(scope="module")
def chromium(site):
    with sync_playwright() as play:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        browser = play.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium, site, request):
    """A fresh tab that fails the test on anything the browser complains about."""
    context = chromium.new_context(
        **{"locale": "zh-CN", "viewport": {"width": 1280, "height": 900}, **getattr(request, "param", {})}
    )
    page, complaints = context.new_page(), []
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: complaints.append(str(e)))
    page.on("request", lambda r: complaints.append(r.url) if not r.url.startswith((site[0], "data:", "blob:")) else None)
    page.set_default_timeout(20_000)
    page.goto(site[0])
    page.get_by_label("账号").fill("jianguan")
    page.get_by_label("密码").fill(site[1]["jianguan"])
    page.get_by_role("button", name="登录").click()
    page.wait_for_selector(".yj-user", state="attached")
    yield page
    context.close()
    assert complaints == []
