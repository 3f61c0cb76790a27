"""Every page of every role: no serious fault by axe, no sideways scroll, no script error, no policy breach."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from audit.db import db, now
from audit.followup.models import Action
from audit.insights.selection import Selection
from audit.mails.models import MailState
from audit.payments.models import PaymentState
from audit.reports import wave_reports
from audit.review.models import Scorecard
from audit.visits import queries
from tests.browser import answering
from tests.browser.afterlife import Afterlife, afterlife, unfinished
from tests.browser.house import House
from tests.browser.showcase import Showcase, showcase
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.timeout(600)  # a hundred pages for some roles


@pytest.fixture(scope="module")
def paths(house: House) -> dict[str, list[str]]:
    """Every page by the role that opens it."""
    with house.app.app_context():
        made = showcase()
        found = pages(made)
        life = afterlife(made)
        house.work()
        for role, more in later_pages(made, life).items():
            found[role] = [*found[role], *more]
    return found


def pages(made: Showcase) -> dict[str, list[str]]:
    """The addresses of all pages up to the release, and of what the branch does after it."""
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
        "/network/comments",
        "/network/comments?text=nhan&by=lost",
        "/network/photos",
        "/network/photos?by=branch&lost=1",
        "/network/drivers",
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
            "/review?level=strong&asks=1",
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


def later_pages(made: Showcase, life: Afterlife) -> dict[str, list[str]]:
    """The addresses of the life after a submission; a batch and mails are left as a worker is at them."""
    batch, mails = unfinished(made)
    batches = ["/batches/new", f"/batches/new?wave={made.wave.id}&language=en"]
    edits, alarms = _edits(made, life), ["/alarms", f"/alarms/{made.alarm.id}"]
    disputes = ["/disputes", "/disputes?state=all", *(f"/disputes/{one.id}" for one in life.disputes)]
    desk = [f"/disputes/{made.dispute.id}", *disputes, *alarms, f"/alarms/{life.alarm.id}", *edits]
    trail = [f"/trail/visits/{number}" for number in (made.card.visit_id, life.fresh.visit_id)]
    talks = ["/messages", "/actions", f"/scorecards/{life.fresh.id}/thread"]
    cards = [f"/scorecards/{one.id}" for one in (life.fresh, *life.editions)]
    client = [*batches, *alarms, *talks, *cards]
    pairs = _compared(made)
    return {
        "shopper": ["/earnings", *_shopper(made, life)],
        "other_shopper": ["/earnings"],
        "editor": [*desk, *trail, *talks, *cards, f"/network/shoppers?wave={made.wave.id}"],
        "admin": [
            *desk,
            *trail,
            *batches,
            *talks,
            *cards,
            *_office(made, life),
            "/account/tokens/all",
            *(f"/mails/{one.id}" for one in mails),
            *(f"/waves/{made.wave.id}/precision{query}" for query in ("", "?visits=8&branches=3")),
            f"/network/shoppers?wave={made.wave.id}",
        ],
        "branch_manager": [*batches, f"/scorecards/{made.card.id}/disputes/new"],
        "other_manager": [
            *batches,
            *talks,
            *cards,
            f"/scorecards/{life.fresh.id}/disputes/new?question=mess",
            f"/scorecards/{life.editions[0].id}/disputes/new",
            *(f"/actions/{number}" for number in _actions_of(life.fresh)),
        ],
        "area_manager": [*client, pairs[0], "/account/tokens"],
        "head_office": [
            *client,
            *pairs,
            *(f"/batches/{one}" for one in (made.batch.id, batch.id)),
            *_reports(made),
            "/account/tokens",
        ],
        "other_client": ["/batches/new", "/alarms", "/messages", "/actions"],
    }


def _reports(made: Showcase) -> list[str]:
    """What can be taken along; a report that is ready, and one that is being made."""
    waiting = wave_reports.order(made.cast.people["head_office"], Selection(made.wave), "en", now())
    db.session.commit()
    return [f"/reports?wave={made.wave.id}", *(f"/reports/{one.id}" for one in (made.report, waiting))]


def _compared(made: Showcase) -> list[str]:
    """Two of each side by side, a form without a choice, and the visits behind a figure."""
    cast, wave = made.cast, f"wave={made.wave.id}"
    return [
        f"/network/compare?{wave}&a={cast.branch.id}&b={cast.second_branch.id}",
        f"/network/compare?what=waves&{wave}",
        f"/network/compare?what=regions&{wave}&a={cast.north.id}&b={cast.south.id}",
        f"/network/compare?{wave}&a_q=nowhere",
        f"/network/visits?{wave}&question=greeted&result=missed",
    ]


def _actions_of(card: Scorecard) -> list[int]:
    return list(db.session.scalars(select(Action.id).where(Action.scorecard_id == card.id)))


def _edits(made: Showcase, life: Afterlife) -> list[str]:
    """The layers over a submission: every kind of question, words, photos, a correction that waits or is settled."""
    visit, rejected = f"/review/{life.correction.visit_id}", f"/review/{made.visits['rejected'].id}"
    count = len(queries.checklist_of(made.visits["submitted"]).questions)
    return [
        visit,
        *(f"{visit}/questions/{place}/correct" for place in range(2, count + 1)),
        f"{visit}/questions/{count}/redact",
        f"{visit}/corrections/{life.correction.id}",
        f"{rejected}/corrections/{made.correction.id}",
        f"{rejected}/photos/{made.covered_photo}/redact",
        *(f"/review/{one.id}" for one in life.appeals),
        f"/review/{life.fresh.visit_id}",
    ]


def _shopper(made: Showcase, life: Afterlife) -> list[str]:
    spending = (made.visits["in_progress"].id, made.visits["released"].id, life.fresh.visit_id)
    return [
        *(f"/visits/{number}/expenses" for number in spending),
        *(f"/visits/{one.id}/appeal" for one in life.appeals),
        f"/visits/{life.correction.visit_id}/changes",
        f"/visits/{made.visits['rejected'].id}/changes",
        f"/visits/{life.fresh.visit_id}",
    ]


def _office(made: Showcase, life: Afterlife) -> list[str]:
    client, person = made.cast.client.id, made.cast.people["shopper"].id
    return [
        "/appeals",
        "/disputes/rates",
        f"/disputes/rates?client={client}",
        "/payments",
        *(f"/payments?state={state}" for state in PaymentState),
        f"/payments?shopper={person}&wave={made.wave.id}",
        "/mails",
        "/jobs",
        *(f"/mails?state={state}" for state in MailState),
        "/trail",
        f"/trail?client={client}&person=Thu",
        f"/waves/{made.wave.id}/release-date",
        f"/waves/{made.wave.id}",
        f"/review/{life.correction.visit_id}",
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
    "insights.comments_csv",
    "insights.comments_xlsx",
    "insights.drivers_csv",
    "insights.drivers_xlsx",
    "insights.precision_csv",
    "insights.precision_xlsx",
    "followup.action_photo",
    "review.redacted_photo",
    "followup.dispute_evidence",
    "batches.progress",
    "batches.file",
    "wave_reports.progress",
    "wave_reports.file",
    "insights.export_xlsx",
    "insights.table_csv",
    "insights.branch_xlsx",
    "insights.branch_csv",
    "insights.compare_xlsx",
    "insights.compare_csv",
    "insights.shoppers_xlsx",
    "insights.shoppers_csv",
    "insights.visits_xlsx",
    "oversight.trail_csv",
    "payments.table",
    "payments.receipt",
    "accounts.person_password",  # its form stands on the person's page
}


def test_every_page_is_looked_at(house: House, paths: dict[str, list[str]]) -> None:
    adapter = house.app.url_map.bind("localhost")
    every = [re.split("[?#]", path)[0] for role in paths for path in paths[role]]
    seen = {adapter.match(path, method="GET")[0] for path in every}
    asked = {rule.endpoint for rule in house.app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    new = {
        name
        for name in asked - seen - NO_PAGES
        if ".api_" not in name and not name.startswith("api.")  # answers for programs
    }
    assert not new, f"Add an address of these to pages() in this file: {sorted(new)}"


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desk"])
@pytest.mark.parametrize("role", ROLES)
def test_everybody_can_use_every_page(
    visitors: Callable[..., Visitor], paths: dict[str, list[str]], role: str, phone: bool
) -> None:
    visitor = visitors(phone=phone)
    visitor.page.emulate_media(reduced_motion="reduce")  # no colour half way from light to dark or back
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
        faults += visitor.faults()
        if phone:
            faults += _in_the_dark(visitor)
    assert not faults, "\n".join(faults)


def _in_the_dark(visitor: Visitor) -> list[str]:
    """Contrasts of the open page as a phone shows it at night; all else is the same then."""
    visitor.page.emulate_media(color_scheme="dark")
    found = [f"in the dark: {one}" for one in visitor.faults(["color-contrast"])]
    visitor.page.emulate_media(color_scheme="light")
    return found
