"""Signed out, another account, an old token: everything is kept, and the line says what to do."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.field import Field
from tests.browser.form import Form
from tests.browser.phone import ready_for_offline, until
from tests.browser.showcase import PASSWORD

Begin = Callable[..., Form]


@pytest.fixture
def queued(begin: Begin, picture: Path) -> Form:
    """Submitted offline."""
    form = begin()
    form.phone.offline()
    form.fill(picture, remark="Của Hà")
    form.submit()
    form.queued()
    return form


def test_signed_out_with_a_full_queue(queued: Form, field: Field) -> None:
    queued.phone.sign_out()
    queued.phone.offline(False)
    link = queued.line.locator("a")
    expect(link).to_be_visible()
    asked = len(field.faults.seen("GET /api/v1/session"))
    until(lambda: len(field.faults.seen("GET /api/v1/session")) > asked)  # a retry must not hide it
    queued.page.wait_for_timeout(500)
    expect(link).to_be_visible()
    assert queued.draft()["status"] == "queued"
    link.click()
    page = queued.page
    page.locator("input[name=identity]").fill(queued.shopper.mail)
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Đăng nhập", exact=True).click()
    expect(page).not_to_have_url(re.compile("/sign-in"))
    until(lambda: field.submissions(queued.visit))
    field.whole(queued.visit)


def test_the_session_ends_between_two_requests(queued: Form, field: Field) -> None:
    field.faults.fail("PUT .*/submissions/", 401)
    queued.phone.offline(False)
    until(lambda: field.submissions(queued.visit))
    field.whole(queued.visit)


def test_another_account_sends_and_shows_nothing_of_the_first(queued: Form, field: Field) -> None:
    other = field.shopper()
    queued.phone.sign_in(other.cookies)
    queued.phone.offline(False)
    page = queued.page
    page.goto(f"{queued.phone.url}/visits")
    ready_for_offline(page)
    page.wait_for_timeout(1000)
    assert field.submissions(queued.visit) == []
    assert field.answers(queued.visit) == {}
    expect(page.locator("body")).not_to_contain_text("Của Hà")
    expect(page.locator("#phone")).to_contain_text(re.compile(r"\b1\b.*tài khoản", re.I | re.S))
    # The first one's form is not shown to the other one.
    response = page.goto(f"{queued.phone.url}/visits/{queued.visit}/answer")
    assert response is not None
    assert response.status == 404

    queued.phone.sign_in(queued.shopper.cookies)
    page.goto(f"{queued.phone.url}/visits")
    until(lambda: field.submissions(queued.visit))
    field.whole(queued.visit)


def test_pages_of_the_first_account_are_not_shown_to_the_second_offline(begin: Begin, field: Field) -> None:
    form = begin()
    form.give("greeted", "no")
    form.kept("greeted", "no")
    other = field.shopper()
    form.phone.sign_in(other.cookies)
    form.page.goto(f"{form.phone.url}/visits")
    ready_for_offline(form.page)
    form.phone.offline()
    form.page.goto(f"{form.phone.url}/visits/{form.visit}/answer")
    expect(form.page.locator("#visit-form")).to_have_count(0)


def test_a_token_of_yesterday_does_not_matter(queued: Form, field: Field) -> None:
    """The session was renewed since the page was made: its token is worth nothing."""
    queued.phone.sign_in(field.cookies(queued.shopper))
    field.faults.fail("PUT .*/answers", 400)
    queued.phone.offline(False)
    until(lambda: field.submissions(queued.visit))
    field.whole(queued.visit)


def test_signing_out_with_unsent_work_warns_and_keeps_it(queued: Form, field: Field) -> None:
    field.faults.fail("(GET|PUT) /api", 503, times=None)
    queued.phone.offline(False)
    page = queued.page
    page.goto(f"{queued.phone.url}/visits")
    ready_for_offline(page)
    queued.leave_account(sure=False)
    expect(page).to_have_url(f"{queued.phone.url}/visits")
    queued.leave_account(sure=True)
    expect(page).to_have_url(re.compile("/sign-in"))
    field.faults.clear()
    queued.phone.offline()
    page.goto(f"{queued.phone.url}/visits/{queued.visit}/answer")
    expect(page.locator("#visit-form")).to_have_count(0)  # the pages are gone
    queued.phone.offline(False)
    queued.phone.sign_in(field.cookies(queued.shopper))
    page.goto(f"{queued.phone.url}/visits")
    until(lambda: field.submissions(queued.visit))
    field.whole(queued.visit)


def test_pages_of_the_first_account_are_not_shown_to_the_second_by_a_server_in_trouble(
    begin: Begin, field: Field
) -> None:
    form = begin(open_form=False)
    page, other = form.page, field.shopper()
    for shopper, kept in ((form.shopper, 1), (other, 0)):
        form.phone.sign_out()
        page.goto(f"{form.phone.url}/sign-in")
        page.locator("input[name=identity]").fill(shopper.mail)
        page.locator("input[type=password]").fill(PASSWORD)
        trouble = field.faults.fail("GET /visits$", times=None)
        page.locator("main").get_by_role("button", name="Đăng nhập", exact=True).click()
        until(lambda rule=trouble: rule.hits)
        expect(page).not_to_have_url(re.compile("/sign-in"))
        expect(page.locator(f"[data-visit='{form.visit}']")).to_have_count(kept)
        field.faults.clear()


def test_signing_out_without_the_script_forgets_the_pages_too(begin: Begin) -> None:
    page = begin(open_form=False).page
    page.evaluate("HTMLFormElement.prototype.submit.call(document.querySelector('[data-signout]'))")
    expect(page).to_have_url(re.compile("/sign-in"))
    assert (
        page.evaluate("caches.open('audit-pages').then((pages) => pages.keys()).then((all) => all.length)")
        == 0
    )
