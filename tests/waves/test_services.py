"""Waves: dates, money, version; the ethics gate; opening and closing."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.checklists.models import Version, VersionState
from audit.errors import Conflict, Invalid
from audit.trail.models import Entry
from audit.visits.lifecycle import State
from audit.waves import services
from audit.waves.models import Wave, WaveState
from audit.waves.queries import progress_of, wave_for, waves_for
from audit.waves.services import WaveData
from tests import factories
from tests.conftest import World
from tests.factories import AT

DATA = WaveData("Đợt 4/2026", date(2026, 10, 1), date(2026, 12, 31), 150_000, 50_000, "Khách mới.")


@pytest.fixture
def version(session: Session) -> Version:
    """A published version."""
    return factories.version()


@pytest.fixture
def planned(session: Session, world: World, version: Version) -> Wave:
    """A wave in planning."""
    made = services.create_wave(world.client, version, DATA, AT)
    session.commit()
    return made


def test_a_wave_begins_in_planning(planned: Wave, world: World) -> None:
    assert (planned.state, planned.client_id, planned.fee) == (WaveState.PLANNING, world.client.id, 150_000)
    assert planned.ethics_at is None


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("name", {"name": " "}),
        ("name", {"name": "Đợt 4/2026"}),
        ("ends_on", {"ends_on": date(2026, 9, 30)}),
        ("fee", {"fee": -1}),
        ("expense_cap", {"expense_cap": -1}),
    ],
)
def test_a_wave_is_refused_at_the_field(
    planned: Wave, world: World, version: Version, field: str, values: dict[str, Any]
) -> None:
    with pytest.raises(Invalid) as error:
        services.create_wave(world.client, version, replace(DATA, **{"name": "Khác", **values}), AT)
    assert error.value.details == {"field": field}


def test_another_client_may_use_the_same_name(planned: Wave, world: World, version: Version) -> None:
    assert services.create_wave(world.foreign, version, DATA, AT).id != planned.id


@pytest.mark.parametrize("state", [VersionState.DRAFT, VersionState.RETIRED])
def test_a_wave_needs_a_published_version(session: Session, world: World, state: VersionState) -> None:
    with pytest.raises(Invalid) as error:
        services.create_wave(world.client, factories.version(state=state), DATA, AT)
    assert error.value.details == {"field": "version_id"}


def test_a_clients_own_checklist_serves_no_other(session: Session, world: World, version: Version) -> None:
    version.checklist.client_id = world.foreign.id
    with pytest.raises(Invalid) as error:
        services.create_wave(world.client, version, DATA, AT)
    assert error.value.details == {"field": "version_id"}
    services.create_wave(world.foreign, version, DATA, AT)


def test_a_client_that_is_not_active_gets_no_wave(session: Session, world: World, version: Version) -> None:
    world.client.active = False
    with pytest.raises(Invalid) as error:
        services.create_wave(world.client, version, DATA, AT)
    assert error.value.details == {"field": "client_id"}


def test_a_wave_does_not_open_before_the_staff_was_told(planned: Wave, admin: Person) -> None:
    with pytest.raises(Conflict) as error:
        services.open_wave(planned, admin, AT)
    assert error.value.code == "ethics"
    assert "báo cho nhân viên" in str(error.value.message)
    for note in ("", "   ", "đã báo"):
        with pytest.raises(Invalid):
            services.record_ethics(planned, admin, AT, note)
    services.record_ethics(planned, admin, AT, "Thông báo số 12 ngày 03/11/2026.")
    services.open_wave(planned, admin, AT)
    assert (planned.state, planned.ethics_by_id, planned.ethics_at) == (WaveState.OPEN, admin.id, AT)


def test_the_record_stays_once_the_wave_is_open(session: Session, world: World, admin: Person) -> None:
    wave = factories.wave(world.client, admin)
    with pytest.raises(Conflict):
        services.record_ethics(wave, admin, AT, "Một bản ghi khác hẳn.")
    with pytest.raises(Conflict):
        services.open_wave(wave, admin, AT)


def test_a_version_with_visits_stays(session: Session, planned: Wave, world: World, version: Version) -> None:
    other = factories.version()
    services.update_wave(planned, DATA, other)
    assert planned.version_id == other.id
    factories.visit(planned, world.branch, state=State.PLANNED)
    with pytest.raises(Invalid) as error:
        services.update_wave(planned, DATA, version)
    assert error.value.details == {"field": "version_id"}
    services.update_wave(planned, replace(DATA, fee=1), other)
    assert planned.fee == 1


def test_the_dates_keep_the_planned_visits_inside(session: Session, planned: Wave, world: World) -> None:
    factories.visit(planned, world.branch, state=State.PLANNED)  # 10 to 20 November
    for field, values in (
        ("starts_on", {"starts_on": date(2026, 11, 11)}),
        ("ends_on", {"ends_on": date(2026, 11, 19)}),
    ):
        with pytest.raises(Invalid) as error:
            services.update_wave(planned, replace(DATA, **values))  # type: ignore[arg-type]
        assert error.value.details == {"field": field}
    services.update_wave(planned, replace(DATA, starts_on=date(2026, 11, 10), ends_on=date(2026, 11, 20)))


@pytest.mark.parametrize("state", ["planned", "offered", "accepted", "in_progress", "submitted", "returned"])
def test_a_wave_with_unfinished_visits_does_not_close(
    session: Session, world: World, admin: Person, shopper: Person, state: str
) -> None:
    wave = factories.wave(world.client, admin)
    visit = factories.visit(wave, world.branch, shopper, State(state))
    with pytest.raises(Conflict, match="1 lượt"):
        services.close_wave(wave, admin, AT)
    session.delete(visit)
    factories.visit(wave, world.branch, shopper, State.RELEASED)
    factories.visit(wave, world.branch, shopper, State.CANCELLED)
    services.close_wave(wave, admin, AT)
    assert wave.state == WaveState.CLOSED


def test_a_closed_wave_does_not_change(session: Session, world: World, admin: Person) -> None:
    wave = factories.wave(world.client, admin)
    services.close_wave(wave, admin, AT)
    for work in (
        lambda: services.close_wave(wave, admin, AT),
        lambda: services.open_wave(wave, admin, AT),
        lambda: services.update_wave(wave, DATA),
    ):
        with pytest.raises(Conflict):
            work()


def test_who_may_know_of_a_wave(
    session: Session,
    world: World,
    admin: Person,
    editor: Person,
    head_office: Person,
    branch_manager: Person,
    other_client: Person,
    shopper: Person,
    version: Version,
) -> None:
    hidden = services.create_wave(world.client, version, DATA, AT)
    opened = factories.wave(world.client, admin)

    def ids(person: Person) -> set[int]:
        return {wave.id for wave in session.scalars(waves_for(person))}

    assert ids(admin) == ids(editor) == {hidden.id, opened.id}
    assert ids(head_office) == ids(branch_manager) == {opened.id}
    assert ids(other_client) == ids(shopper) == set()
    assert wave_for(head_office, opened.id) is opened
    head_office.active = False
    assert ids(head_office) == set()


def test_progress_counts_states_and_what_is_late(
    session: Session, world: World, admin: Person, shopper: Person
) -> None:
    wave, empty = factories.wave(world.client, admin), factories.wave(world.client, admin)
    for state in (State.PLANNED, State.ACCEPTED, State.SUBMITTED, State.RELEASED, State.CANCELLED):
        factories.visit(wave, world.branch, shopper, state)
    on_time = progress_of([wave.id, empty.id], AT, AT.date())
    assert (on_time[wave.id].total, on_time[wave.id].late) == (4, 0)
    assert on_time[empty.id].total == 0
    after = progress_of([wave.id], AT.replace(month=12), date(2026, 12, 14))[wave.id]
    assert after.late == 2  # planned past its window, accepted past its deadline; what was sent is never late


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE wave SET state = 'open'",
        "UPDATE wave SET state = 'open', ethics_at = now(), ethics_note = 'Đã báo'",
        "UPDATE wave SET state = 'open', ethics_at = now(), ethics_note = ' ', ethics_by_id ="
        " (SELECT max(id) FROM person)",
        "UPDATE wave SET state = 'paused'",
        "UPDATE wave SET ends_on = starts_on - 1",
        "UPDATE wave SET fee = -1",
    ],
)
def test_the_database_refuses_nonsense(
    session: Session, planned: Wave, admin: Person, statement: str
) -> None:
    with pytest.raises(IntegrityError):
        session.execute(text(statement))
    session.rollback()


def test_the_gate_and_the_steps_of_a_wave_are_recorded(
    session: Session, planned: Wave, admin: Person
) -> None:
    first, second = "Thông báo số 12 ngày 03/11/2026.", "Thông báo số 13 ngày 04/11/2026."
    services.record_ethics(planned, admin, AT, first)
    services.record_ethics(planned, admin, AT, second)
    services.open_wave(planned, admin, AT)
    services.close_wave(planned, admin, AT)
    found = session.scalars(select(Entry).order_by(Entry.id)).all()
    about = {"wave": planned.name}
    assert [(one.kind, one.data) for one in found] == [
        ("wave.ethics", {**about, "note": first}),
        ("wave.ethics", {**about, "note": second, "old": first}),
        ("wave.opened", about),
        ("wave.closed", about),
    ]
    assert {(one.by_id, one.client_id, one.at) for one in found} == {(admin.id, planned.client_id, AT)}
