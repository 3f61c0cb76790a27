"""What the form of a real checklist weighs on its way to a phone (offline.md R55)."""

import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.visits import forms
from audit.visits.lifecycle import State
from tests import factories
from tests.conftest import World

Browser = Callable[[Person | None], FlaskClient]
BUILTIN = Path(forms.__file__).parent.parent / "checklists" / "builtin"
ACCEPTED = {"Accept-Encoding": "gzip, deflate, br", "Accept-Language": "vi"}


def weight(browser: FlaskClient, address: str) -> int:
    """Bytes of the body as it travels."""
    answer = browser.get(address, headers=ACCEPTED)
    assert answer.status_code == 200, address
    return len(answer.data)


@pytest.mark.parametrize("name", ["retail", "bank"])
def test_the_form_is_light(
    name: str, client_of: Browser, session: Session, world: World, shopper: Person, admin: Person
) -> None:
    document = json.loads((BUILTIN / f"{name}.json").read_text())
    wave = factories.wave(world.client, admin, factories.version(document))
    visit = factories.visit(wave, world.branch, shopper, State.IN_PROGRESS)
    browser = client_of(shopper)
    address = f"/visits/{visit.id}/answer"
    html = browser.get(address).text
    named = {unescape(one) for one in re.findall(r'(?:href|src)="(/(?:static/|manifest)[^"]+)"', html)}
    needed = {one for one in named if ".css?" in one or ".js?" in one}
    assert len(needed) > 4
    form = weight(browser, address) + sum(weight(browser, one) for one in needed)
    assert form <= 60_000, form
    # With the icons, the manifest and the worker, and what the other pages need.
    pages = ("/sw.js", "/visits", f"/visits/{visit.id}", "/offline")
    texts = [browser.get(page).text for page in pages]
    later = {unescape(one) for text in texts for one in re.findall(r'"(/static/[^"]+)"', text)} | named
    rest = sum(weight(browser, one) for one in later - needed) + sum(weight(browser, one) for one in pages)
    assert form + rest <= 100_000, (form, rest)
