"""Pictures of every page into docs/screenshots/, from a running demo: `make shots`, or

.venv/bin/python docs/screenshots.py --home yijian-home [--port 8765]
"""

import argparse
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django_otp.oath import totp
from playwright.sync_api import Page, sync_playwright

OUT = Path(__file__).parent / "screenshots"
TALLEST = 1700
WIDE, PHONE = {"width": 1280, "height": 860}, {"width": 360, "height": 740}

DESK = {
    "shenhe": (
        ("screening", "/screening/", False), ("screening-group", "/screening/", True), ("samples", "/reviews/samples/", False),
    ),
    "fushen": (
        ("reviews", "/reviews/", False), ("review", "/reviews/?state=appealed", True), ("precision", "/rules/precision/", False),
        ("recoveries", "/recoveries/", False),
    ),
    "yiyuan1": (("hospital-start", "/", False), ("inbox", "/inbox/", False), ("hospital-review", "/reviews/?state=sent", True)),
    "neishen": (("draws", "/draws/", False), ("draw", "/draws/?state=drawn", True)),
    "caiwu": (("payments", "/recoveries/payments/", False), ("order", "/recoveries/", True)),
    "banan": (
        ("leads", "/leads/", False), ("lead", "/leads/?state=reported", True),
        ("cases", "/cases/", False), ("case", "/cases/?state=notified", True), ("case-times", "/cases/times/", False),
        ("spot-checks", "/joint/checks/", False), ("spot-item", "/joint/checked/?state=found", True),
        ("joint-plans", "/joint/plans/", False), ("joint-plan", "/joint/plans/", True),
        ("consultations", "/joint/meetings/", False), ("consultation", "/joint/meetings/", True),
        ("penalties", "/joint/penalties/", False), ("told", "/joint/told/", False),
        ("agreements", "/agreements/", False),
        ("inspections", "/inspections/", False), ("inspection", "/inspections/?state=closed", True),
    ),
    "jianguan": (
        ("transfers", "/transfers/", False), ("transfer", "/transfers/?state=reported", True),
        ("campaigns", "/campaigns/", False), ("campaign", "/campaigns/?sort=area", True),
        ("self-inspections", "/campaigns/returns/", False), ("self-inspection", "/campaigns/returns/?state=submitted", True),
        ("extrapolations", "/extrapolation/", False), ("extrapolation", "/extrapolation/?state=concluded", True),
        ("activities", "/training/", False), ("training-coverage", "/training/coverage/", False), ("library", "/library/", False),
        ("statistics", "/statistics/", False), ("statistics-month", "/statistics/?area=999900", True),
        ("coverage-inspections", "/inspections/coverage/", False),
    ),
    "yiyuan6": (("self-inspection-fill", "/campaigns/returns/", True),),
    "weijian": (("partner-start", "/", False), ("partner-transfers", "/transfers/", False)),
    "fuze": (("publishing", "/publishing/", False), ("publication", "/publishing/?state=waiting", True)),
    "jubao": (("tips", "/desk/tips/", False), ("tip-keys", "/desk/tips/keys/", False)),
    "guanli": (("parameters", "/parameters/", False),),
}  # fmt: skip
"""Account → pictures: name, address, and whether the first row of the list is opened."""


@contextmanager
def serving(home: Path, port: int) -> Iterator[str]:
    """The pages of a home, until the block ends."""
    server = subprocess.Popen([sys.executable, "-m", "yijian.web", "serve", "--home", str(home), "--port", str(port)])  # noqa: S603
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def picture(page: Page, name: str, address: str | None = None, *, whole: bool = True) -> None:
    """One page as docs/screenshots/<name>.png, once its charts are drawn."""
    if address is not None:
        page.goto(address, wait_until="networkidle")
    page.wait_for_function("() => !document.querySelector('[data-chart]:not([data-drawn])')")
    page.wait_for_timeout(200)
    tall = page.evaluate("document.documentElement.scrollHeight") if whole else 0
    size = page.viewport_size or WIDE
    clip = {"x": 0, "y": 0, "width": size["width"], "height": max(size["height"], min(tall, TALLEST))}
    page.screenshot(path=OUT / f"{name}.png", full_page=True, clip=clip)
    print(OUT / f"{name}.png")


def main() -> None:
    """Log in with the demo's accounts and walk through the pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=Path("yijian-home"))
    parser.add_argument("--port", type=int, default=8765)
    options = parser.parse_args()
    accounts = json.loads((options.home / "web" / "demo_accounts.json").read_text(encoding="utf-8"))
    OUT.mkdir(exist_ok=True)
    with serving(options.home, options.port) as site, sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport=WIDE, locale="zh-CN")
        page.on("console", lambda m: print("console:", m.text) if m.type in ("error", "warning") else None)
        picture(page, "tip", f"{site}/tips/")
        picture(page, "public", f"{site}/public/")
        picture(page, "public-one", site + str(page.locator("ol a").last.get_attribute("href")))
        picture(page, "login", f"{site}/login/")
        _log_in(page, accounts, "jianguan")
        picture(page, "start", f"{site}/")
        picture(page, "findings", f"{site}/findings/")
        picture(page, "findings-filtered", f"{site}/findings/?verdict=violation&least=500", whole=False)
        for rule in ("bed_days_over_stay", "split_admission", "pooled_cards"):
            page.goto(f"{site}/findings/?rule={rule}")
            link = page.locator("tbody tr td a").first
            if rule != "pooled_cards" or link.count():
                picture(page, f"finding-{rule.replace('_', '-')}", site + str(link.get_attribute("href")))
        page.get_by_text("显示姓名").click()
        page.get_by_label("查看身份的事由").fill("核实疑点，调阅病历")
        page.get_by_role("button", name="确认显示").click()
        picture(page, "finding-identity", whole=False)
        picture(page, "institutions", f"{site}/institutions/")
        picture(page, "institution", site + str(page.locator("tbody tr td a").first.get_attribute("href")))
        _reminders(page, site)
        picture(page, "coverage", f"{site}/coverage/")
        picture(page, "rules", f"{site}/rules/")
        picture(page, "rule", f"{site}/rules/split_admission/")
        picture(page, "knowledge", f"{site}/knowledge/", whole=False)
        picture(page, "knowledge-points", f"{site}/knowledge/drug_sex/", whole=False)
        picture(page, "knowledge-settle", f"{site}/knowledge/drug_indication/settle/", whole=False)
        picture(page, "imports", f"{site}/imports/")
        picture(page, "import", f"{site}/imports/1/")
        picture(page, "quarantine", f"{site}/quarantine/")
        picture(page, "not-found", f"{site}/findings/nothing/")
        picture(page, "me", f"{site}/me/")
        context = browser.new_context(viewport=PHONE, locale="zh-CN", storage_state=page.context.storage_state())
        phone = context.new_page()  # the same session: a code is taken once
        phone.goto(site)
        picture(phone, "phone-public", f"{site}/public/", whole=False)
        picture(phone, "phone-start", f"{site}/", whole=False)
        picture(phone, "phone-reminders", f"{site}/reminders/?rule=excess_dispensing", whole=False)
        phone.goto(f"{site}/findings/?rule=bed_days_over_stay")
        picture(phone, "phone-finding", site + str(phone.locator("tbody tr td a").first.get_attribute("href")), whole=False)
        page.context.clear_cookies()
        page.goto(f"{site}/login/")
        _log_in(page, accounts, "shenji")
        picture(page, "log", f"{site}/log/", whole=False)
        picture(page, "log-line", f"{site}/log/0/")
        page.context.clear_cookies()
        page.goto(f"{site}/login/")
        _log_in(page, accounts, "guanli")
        picture(page, "accounts", f"{site}/accounts/")
        picture(page, "account", f"{site}/account/shenhe/")
        picture(page, "accounts-import", f"{site}/accounts/import/")
        picture(page, "organisations", f"{site}/organisations/")
        _desk(page, site, accounts)
        browser.close()


def _desk(page: Page, site: str, accounts: dict[str, dict[str, str]]) -> None:
    """What the agency, a hospital and the finance office see of the demo's story."""
    for username, pages in DESK.items():
        page.context.clear_cookies()
        page.goto(f"{site}/login/")
        _log_in(page, accounts, username)
        for name, address, follow in pages:
            page.goto(f"{site}{address}", wait_until="networkidle")
            if follow:
                page.goto(site + str(page.locator("a[data-row]").first.get_attribute("href")), wait_until="networkidle")
            picture(page, name)
        if username == "banan":
            _carried(page, site)


def _carried(page: Page, site: str) -> None:
    """An inspection that is carried on a phone."""
    browser = page.context.browser
    assert browser is not None
    phone = browser.new_context(viewport=PHONE, locale="zh-CN", storage_state=page.context.storage_state()).new_page()
    phone.goto(f"{site}/inspections/?state=on_site")
    phone.goto(f"{site}{phone.locator('a[data-row]').first.get_attribute('href')}site/")
    phone.get_by_role("link", name="带到手机").click()
    phone.get_by_text("都已同步").wait_for()
    picture(phone, "phone-inspection", whole=False)


def _reminders(page: Page, site: str) -> None:
    """The pages of reminders; the one reminder is of those that the doctor went on against."""
    picture(page, "reminders", f"{site}/reminders/")
    picture(page, "reminders-by-institution", f"{site}/reminders/by/institution/")
    page.goto(f"{site}/reminders/list/?rule=excess_dispensing&done=1")
    picture(page, "reminder", site + str(page.locator("tbody tr td a").first.get_attribute("href")))


def _log_in(page: Page, accounts: dict[str, dict[str, str]], username: str) -> None:
    page.get_by_label("账号").fill(username)
    page.get_by_label("密码").fill(accounts[username]["password"])
    page.get_by_role("button", name="登录", exact=True).click()
    if secret := accounts[username].get("secret"):
        picture(page, "login-code")
        page.get_by_label("6 位数字").fill(f"{totp(bytes.fromhex(secret)):06d}")
        page.get_by_role("button", name="继续").click()
    page.wait_for_selector(".yj-user", state="attached")


if __name__ == "__main__":
    main()
