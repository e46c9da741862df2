"""People of a long walk, each in a browser of his own, and what they do to a form."""

from tests.web.browser.conftest import log_in


class People:
    """Somebody's logged-in tab by his account; each logs in once."""

    def __init__(self, chromium, site, tabs):
        self.chromium, self.site, self.tabs = chromium, site, tabs

    def __call__(self, name, address=None):
        if name not in self.tabs:
            tab = self.chromium.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900}).new_page()
            log_in(tab, self.site, name)
            self.tabs[name] = tab
        if address is not None:
            self.tabs[name].goto(address if address.startswith("http") else self.site.address + address)
        return self.tabs[name]


def do(tab, button, **fields):
    """Fill in the fields by their ids (s_day may be s-day), press the button, and see that nothing was refused."""
    tab.wait_for_load_state()
    tab.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    for name, value in fields.items():
        field = tab.locator(f"#{name}, #{name.replace('_', '-')}")
        if field.evaluate("(one) => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    tab.locator("main").get_by_role("button", name=button, exact=True).click()
    tab.wait_for_load_state()
    status = tab.evaluate("performance.getEntriesByType('navigation')[0].responseStatus")
    assert status == 200, (button, status, tab.inner_text("main"))


def sign_on_screen(tab, role, name=""):
    """Draw a signature with a finger on the page of a record."""
    tab.wait_for_load_state()  # nothing is drawn before the page's script is there
    tab.get_by_label("签名人").select_option(label=role)
    if name:
        tab.get_by_label("姓名").fill(name)
    tab.locator("canvas").scroll_into_view_if_needed()
    box = tab.locator("canvas").bounding_box()
    tab.mouse.move(box["x"] + 20, box["y"] + 20)
    tab.mouse.down()
    for n in range(1, 8):
        tab.mouse.move(box["x"] + 20 + 25 * n, box["y"] + 20 + 30 * (n % 2))
    tab.mouse.up()
    tab.get_by_role("button", name="登记签名").click()
