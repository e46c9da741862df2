"""The auditor's way, in a browser: find who looked at what, open the line, take a checkpoint away."""

from pathlib import Path

import pytest

from tests.web.browser.conftest import fits, log_in
from yijian.trust.checkpoint import read_file

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("tab", [{"java_script_enabled": False}, {"viewport": {"width": 360, "height": 740}}], indirect=True)
def test_the_auditor_finds_a_line_and_takes_a_checkpoint_away(tab, site, tmp_path):
    address = site.address
    log_in(tab, site, "shenji")
    tab.goto(f"{address}/log/")
    tab.get_by_label("操作", exact=True).select_option(label="登录")
    tab.get_by_label("账号").fill("jianguan")
    tab.get_by_role("button", name="筛选").click()
    assert "act=accounts.log_in" in tab.url
    tab.locator("tbody tr").first.get_by_role("link", name="登录").click()
    assert "内容与写入时的哈希相符" in tab.inner_text("main")
    assert "jianguan" in tab.inner_text("main")
    assert fits(tab)
    tab.goto(f"{address}/log/")
    with tab.expect_download() as download:
        tab.get_by_role("button", name="现在签发并下载").click()
    path = Path(tmp_path / download.value.suggested_filename)
    download.value.save_as(path)
    checkpoint, _ = read_file(path)
    assert path.name == f"yijian-log-{checkpoint.size}.txt"
