"""Every page of every role: no serious fault by axe, no sideways scroll, no script error, no policy breach."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from audit.db import db
from audit.followup.models import Action
from audit.visits import queries
from tests.browser import answering
from tests.browser.house import House
from tests.browser.showcase import Showcase, showcase
from tests.browser.visitor import Visitor


@pytest.fixture(scope="module")
def paths(house: House) -> dict[str, list[str]]:
    """Every page by the role that opens it."""
    with house.app.app_context():
        made = showcase()
        found = pages(made)
    house.work()
    return found


def pages(made: Showcase) -> dict[str, list[str]]:
    """The addresses of all pages of the house."""
    visit = {state: f"/visits/{one.id}" for state, one in made.visits.items()}
    sections = [part["id"] for part in queries.checklist_of(made.visits["in_progress"]).document["sections"]]
    card = [f"/scorecards/{made.card.id}"]
    beside = [
        *card,
        *(f"{card[0]}/{page}" for page in ("thread", "actions/new")),
        *("/actions", "/actions?state=all&sort=branch", "/actions?branch=999", "/messages"),
        *(f"/actions/{number}" for number in db.session.scalars(select(Action.id))),
    ]
    network = [
        "/network",
        f"/network?wave={made.wave.id}&region={made.cast.north.id}&sort=mean&order=desc",
        "/network?q=khong-co",
        f"/network/branches/{made.cast.branch.id}",
    ]
    return {
        "nobody": ["/sign-in", "/forgot", "/reset/none"],
        "shopper": [
            "/visits",
            "/offline",
            "/account",
            "/account/password",
            *(path for state, path in visit.items() if state not in ("planned", "cancelled")),
            f"{visit['offered']}/accept",
            *(f"{visit['in_progress']}/answer/{section}" for section in sections),
            *(f"{visit['in_progress']}/answer#s-{section}" for section in sections),
            *(f"{visit['in_progress']}/answer#{screen}" for screen in ("check", "note", "stop")),
            f"{visit['accepted']}/answer",
            f"{visit['returned']}/answer",
            f"{visit['in_progress']}/check",
            f"{visit['in_progress']}/abort",
            f"{visit['in_progress']}/photos/{made.photo}/remove",
            f"{visit['returned']}/correct",
            f"{visit['returned']}/check",
            f"{visit['submitted']}/receipt",
        ],
        "other_shopper": ["/visits"],
        "editor": [
            "/review/notes",
            "/review?flag=photo_same&editor=free",
            *(
                f"/review?state={state}"
                for state in ("submitted", "returned", "approved", "released", "rejected")
            ),
            *(f"/review/{one.id}" for one in made.visits.values() if one.state not in ("planned", "offered")),
        ],
        "admin": _admin(made),
        "branch_manager": ["/my-branches", *beside],
        "other_manager": ["/my-branches"],
        "area_manager": [*network, *card],
        "head_office": [*network, *card],
        "other_client": ["/network"],
    }


def _admin(made: Showcase) -> list[str]:
    wave, client, person = (
        f"/waves/{made.wave.id}",
        f"/clients/{made.cast.client.id}",
        made.cast.people["shopper"],
    )
    return [
        "/waves",
        "/waves/new",
        wave,
        *(f"{wave}/{step}" for step in ("edit", "ethics", "plan")),
        *(f"{wave}/visits/{one.id}" for one in made.visits.values()),
        f"/waves/{made.planning_wave.id}",
        f"/waves/{made.planning_wave.id}/ethics",
        "/checklists",
        "/checklists/import",
        f"/checklists/versions/{made.version.id}",
        f"/checklists/versions/{made.version.id}?both=1",
        f"/checklists/versions/{made.draft.id}",
        "/clients",
        "/clients/new",
        client,
        f"{client}/edit",
        f"{client}/settings",
        "/review/notes/new",
        f"/review/notes/{made.canned.id}",
        f"{client}/regions/new",
        f"{client}/branches/new",
        f"/regions/{made.cast.north.id}/edit",
        f"/branches/{made.cast.branch.id}/edit",
        "/people",
        "/people/new",
        f"/people/{person.id}",
        f"/people/{person.id}/rights",
        f"/people/{person.id}/rights?role=branch_manager&client_id={made.cast.client.id}",
        f"/review/{made.visits['approved'].id}",
        "/network",
        "/waves/999999",
    ]


ROLES = [
    "nobody",
    "shopper",
    "other_shopper",
    "editor",
    "admin",
    "branch_manager",
    "other_manager",
    "area_manager",
    "head_office",
    "other_client",
]


def _statuses(path: str) -> tuple[int, ...]:
    return (404,) if path.endswith("/999999") else (200,)


# Addresses that lead on, or that give a file or JSON.
NO_PAGES = {
    "static",
    "home.index",
    "visits.plain",
    "visits.manifest",
    "visits.worker",
    "visits.photo",
    "review.photo",
    "reports.photo",
    "reports.pdf",
    "checklists.export",
    "insights.visits_csv",
    "followup.action_photo",
    "accounts.person_password",  # its form stands on the person's page
}


def test_every_page_is_looked_at(house: House, paths: dict[str, list[str]]) -> None:
    adapter = house.app.url_map.bind("localhost")
    every = [re.split("[?#]", path)[0] for role in paths for path in paths[role]]
    seen = {adapter.match(path, method="GET")[0] for path in every}
    asked = {rule.endpoint for rule in house.app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    new = {name for name in asked - seen - NO_PAGES if ".api_" not in name}
    assert not new, f"Add an address of these to pages() in this file: {sorted(new)}"


@pytest.mark.parametrize("look", ["phone", "phone in the dark", "desk"])
@pytest.mark.parametrize("role", ROLES)
def test_everybody_can_use_every_page(
    visitors: Callable[..., Visitor], paths: dict[str, list[str]], role: str, look: str
) -> None:
    dark = look.endswith("dark")
    visitor = visitors(phone=look.startswith("phone"), dark=dark)
    if role != "nobody":
        visitor.sign_in(role)
    faults = []
    for path in paths[role]:
        response = visitor.page.goto(visitor.url + path)
        if response is None:
            assert "#" in path, path  # another screen of the page that is open
        elif response.status not in _statuses(path):
            faults.append(f"{path} answers {response.status}")
        if visitor.page.locator("#visit-form[data-visit]").count():
            answering.ready(visitor.page)
        faults += visitor.faults(["color-contrast"] if dark else None)  # the rest is the same in the dark
    assert not faults, "\n".join(faults)
