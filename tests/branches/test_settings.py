"""What is agreed with a client, on its own page."""

from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.accounts.models import Person, RoleName
from audit.branches import limits
from audit.branches.models import Client
from audit.branches.settings import SettingsData, change
from audit.errors import Forbidden
from audit.trail.models import Entry
from tests import factories
from tests.branches.test_pages import Browser
from tests.conftest import World

FORM = {
    "dispute_days": "10",
    "answer_days": "4",
    "escalate_hours": "24",
    "action_points": "2,5",
    "alarm_person_id": "",
    "far_metres": "300",
    "late_hours": "24",  # as usual
}


def address(client: Client) -> str:
    return f"/clients/{client.id}/settings"


def test_an_admin_sets_it_and_the_trail_says_what_changed(
    client_of: Browser, world: World, admin: Person, editor: Person, session: Session
) -> None:
    browser = client_of(admin)
    form = {**FORM, "alarm_person_id": str(editor.id)}

    assert [browser.post(address(world.client), data=form).status_code for _twice in range(2)] == [303, 303]

    session.refresh(world.client)
    client = world.client
    assert (client.dispute_days, client.answer_days, client.escalate_hours) == (10, 4, 24)
    assert (client.action_points, client.alarm_person_id) == (Decimal("2.5"), editor.id)
    assert client.flag_limits == {"far_metres": 300}
    entry = session.scalars(select(Entry).where(Entry.kind == "client.settings")).one()
    assert (entry.client_id, entry.by_id) == (client.id, admin.id)
    assert entry.data["old"]["dispute_days"] == 7
    assert entry.data["new"]["action_points"] == "2.5"
    page = browser.get(address(client)).text
    assert 'value="2,5"' in page
    assert 'value="300"' in page


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("dispute_days", "91"),
        ("dispute_days", ""),
        ("answer_days", "0"),
        ("escalate_hours", "1001"),
        ("escalate_hours", "nhiều"),
        ("action_points", "100,5"),
        ("action_points", "2,55"),
        ("action_points", "-1"),
        ("far_metres", "9"),
        ("far_metres", "2000"),  # beyond "very far": said there
        ("alarm_person_id", "999999"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_changes(
    field: str, typed: str, client_of: Browser, world: World, admin: Person, session: Session
) -> None:
    answer = client_of(admin).post(address(world.client), data={**FORM, field: typed})

    assert answer.status_code == 422
    said_at = "very_far_metres" if typed == "2000" else field
    assert f'id="{said_at}-problem"' in answer.text
    session.refresh(world.client)
    assert (world.client.dispute_days, world.client.flag_limits) == (7, None)


@pytest.mark.parametrize(
    "who", ["shopper", "editor", "branch_manager", "area_manager", "head_office", "other_client"]
)
def test_nobody_else_opens_it(
    who: str, client_of: Browser, world: World, request: pytest.FixtureRequest, session: Session
) -> None:
    browser = client_of(request.getfixturevalue(who))

    assert browser.get(address(world.client)).status_code == 403
    assert browser.post(address(world.client), data=FORM).status_code == 403
    session.refresh(world.client)
    assert world.client.dispute_days == 7


def test_an_unknown_client_is_not_found(client_of: Browser, admin: Person) -> None:
    assert client_of(admin).get("/clients/99999/settings").status_code == 404


def test_the_alarm_goes_to_somebody_active_of_the_agency(
    client_of: Browser, world: World, admin: Person, head_office: Person, session: Session
) -> None:
    gone = factories.person("Đã Nghỉ", RoleName.EDITOR, active=False)
    browser = client_of(admin)

    for person in (head_office, gone):
        form = {**FORM, "alarm_person_id": str(person.id)}
        assert browser.post(address(world.client), data=form).status_code == 422

    world.client.alarm_person_id = gone.id  # chosen while still there
    session.commit()
    page = browser.get(address(world.client)).text
    assert "một người đã ngừng hoạt động" in page
    assert (
        browser.post(address(world.client), data={**FORM, "alarm_person_id": str(gone.id)}).status_code == 303
    )


def test_empty_thresholds_mean_the_usual_ones(
    client_of: Browser, world: World, admin: Person, session: Session
) -> None:
    world.client.flag_limits = {"far_metres": 500, "trip_speed": 90}
    session.commit()

    form = {**FORM, "far_metres": "", "trip_speed": ""}
    assert client_of(admin).post(address(world.client), data=form).status_code == 303

    session.refresh(world.client)
    assert world.client.flag_limits is None
    assert limits.read(world.client.flag_limits)["far_metres"] == 200


def test_the_service_asks_for_an_admin_too(world: World, editor: Person, session: Session) -> None:
    data = SettingsData(7, 5, 48, Decimal(2), None, {})
    with pytest.raises(Forbidden):
        change(world.client, data, editor, factories.AT)


def test_the_form_of_a_client_leaves_the_days_alone(
    client_of: Browser, world: World, admin: Person, session: Session
) -> None:
    world.client.dispute_days = 12
    session.commit()
    form = {"name": "Ngân hàng Sao Mai", "code": "BANK", "dispute_days": "3", "active": "y"}

    assert client_of(admin).post(f"/clients/{world.client.id}/edit", data=form).status_code == 303

    session.refresh(world.client)
    assert world.client.dispute_days == 12
