"""Somebody at a browser: signs in by the form, opens pages, and notes what the browser complains about."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Response, expect

from tests.browser.showcase import PASSWORD

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
AXE = Path(__file__).parents[1].joinpath("vendor", "axe.min.js").read_text()
SERIOUS = ("serious", "critical")
# The rules whose breach is counted here; axe would look for the others all the same.
RULES = """(impacts) => axe._audit.rules
  .filter((rule) => rule.enabled && impacts.includes(rule.impact) && !rule.tags.includes("experimental"))
  .map((rule) => rule.id)"""
# What was asked for on purpose; the browser logs every page that is not 2xx.
EXPECTED = re.compile(r"the server responded with a status of (4\d\d)")


class Visitor:
    """One browser context with one page; `complaints` are script errors and breaches of the content policy."""

    def __init__(self, url: str, context: BrowserContext) -> None:
        self.url = url
        self.context = context
        self.complaints: list[str] = []
        self._rules: list[str] = []
        self.page = context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))
        self.page.on("dialog", self._dialog)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not EXPECTED.search(message.text):
            self.complaints.append(f"{self.page.url}: {message.text} {message.location.get('url', '')}")

    def _dialog(self, dialog: Dialog) -> None:
        self.complaints.append(f"{self.page.url}: a dialog asked {dialog.message!r}")
        dialog.accept()

    def open(self, path: str, status: int = 200) -> Response:
        """Go to a page of the house; it must answer with the status."""
        response = self.page.goto(path if path.startswith("http") else self.url + path)
        assert response is not None
        assert response.status == status, f"{path} answers {response.status}, not {status}"
        return response

    def sign_in(self, role: str) -> "Visitor":
        """As one of the cast."""
        return self.sign_in_as(f"{role.replace('_', '-')}@example.com", PASSWORD)

    def sign_in_as(self, mail: str, password: str) -> "Visitor":
        """By the form, as a person does."""
        self.open("/sign-in")
        self.page.locator("input[name=identity]").fill(mail)
        self.page.locator("input[type=password]").fill(password)
        self.press("Đăng nhập")
        expect(self.page).not_to_have_url(re.compile("/sign-in"))
        return self

    def press(self, name: str) -> None:
        """Press the button with exactly this text."""
        self.page.locator("main").get_by_role("button", name=name, exact=True).first.click()

    def follow(self, name: str) -> None:
        """Follow the link with this text."""
        self.page.locator("main").get_by_role("link", name=name).first.click()

    def sees(self, *texts: str) -> None:
        """All of these stand on the page."""
        for text in texts:
            expect(self.page.locator("body")).to_contain_text(text)

    def has_heading(self, text: str | re.Pattern[str]) -> None:
        """The page's first heading says so."""
        expect(self.page.locator("h1:visible").first).to_contain_text(text)

    def faults(self, rules: list[str] | None = None) -> list[str]:
        """What axe finds serious or critical (by these rules only), and a page that is wider than the screen."""
        if not self._rules:
            # On every page from now on: handing it over each time takes longer.
            self.context.add_init_script(AXE)
            self.page.evaluate(AXE)
            self._rules = self.page.evaluate(RULES, list(SERIOUS))
            assert "color-contrast" in self._rules
        options = {"resultTypes": ["violations"], "runOnly": rules or self._rules}
        found = self.page.evaluate("options => axe.run(document, options)", options)
        wrong = [
            f"{one['id']} ({one['impact']}): {one['help']} – {node['html'][:140]}"
            for one in found["violations"]
            if one["impact"] in SERIOUS
            for node in one["nodes"][:3]
        ]
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if wide > 0:
            wrong.append(f"the page is {wide} px wider than the screen: {self._widest()}")
        return [f"{self.page.url}: {one}" for one in wrong]

    def _widest(self) -> str:
        return str(
            self.page.evaluate(
                """() => [...document.querySelectorAll("main *, header *")]
                .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
                .slice(0, 3).map((one) => one.outerHTML.slice(0, 100)).join(" | ")"""
            )
        )
