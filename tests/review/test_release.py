"""Releasing: one visit, a whole wave; what freezes with it."""

import time
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.db import db
from audit.review import release
from audit.review.models import Scorecard
from audit.visits.models import Visit
from audit.waves.models import Wave
from tests import factories, stories
from tests.conftest import World
from tests.review.ladder import NOT_AGENCY, ClientOf, cast, state_of, walked


def jobs_for(session: Session) -> list[int]:
    """The scorecards whose files are to be made."""
    query = "SELECT args ->> 'scorecard_id' FROM procrastinate_jobs WHERE task_name = 'make_scorecard_files'"
    return sorted(int(one) for one in session.scalars(text(query)))


def test_an_admin_releases_one_visit(
    approved: Visit, admin: Person, client_of: ClientOf, session: Session
) -> None:
    assert client_of(admin).post(f"/review/{approved.id}/release").status_code == 303

    assert state_of(approved.id) == "released"
    card = session.scalars(select(Scorecard)).one()
    assert card.released_at is not None
    assert jobs_for(session) == [card.id]


def test_actions_are_proposed_before_the_files_are_made(
    approved: Visit, admin: Person, session: Session
) -> None:
    stories.released(approved, admin)
    query = "SELECT task_name FROM procrastinate_jobs WHERE args ? 'scorecard_id' ORDER BY priority DESC"
    assert session.scalars(text(query)).all() == ["after_release", "make_scorecard_files"]


@pytest.mark.parametrize("who", ["editor", *NOT_AGENCY])
def test_only_an_admin_releases(
    who: str, approved: Visit, wave: Wave, client_of: ClientOf, request: pytest.FixtureRequest
) -> None:
    browser = client_of(cast(request, who))

    assert browser.post(f"/review/{approved.id}/release").status_code == 403
    assert browser.post(f"/waves/{wave.id}/release").status_code == 403
    assert state_of(approved.id) == "approved"


def test_signed_out_one_is_asked_to_sign_in(approved: Visit, wave: Wave, client_of: ClientOf) -> None:
    assert client_of(None).post(f"/review/{approved.id}/release").status_code in (302, 303, 401)
    assert client_of(None).post(f"/waves/{wave.id}/release").status_code in (302, 303, 401)
    assert state_of(approved.id) == "approved"


def test_a_visit_that_is_not_approved_cannot_be_released(
    visit: Visit, wave: Wave, admin: Person, client_of: ClientOf
) -> None:
    browser = client_of(admin)

    assert browser.post(f"/review/{visit.id}/release").status_code == 409
    assert browser.post(f"/waves/{wave.id}/release").status_code == 409
    assert browser.post("/waves/99999/release").status_code == 404
    assert browser.post("/review/99999/release").status_code == 404
    assert state_of(visit.id) == "submitted"


def test_releasing_twice_makes_the_files_once(
    approved: Visit, wave: Wave, admin: Person, client_of: ClientOf, session: Session
) -> None:
    browser = client_of(admin)
    browser.post(f"/review/{approved.id}/release")
    first = session.scalars(select(Scorecard.released_at)).one()
    session.rollback()

    assert browser.post(f"/review/{approved.id}/release").status_code == 303
    assert browser.post(f"/waves/{wave.id}/release").status_code == 409
    assert session.scalars(select(Scorecard.released_at)).one() == first
    assert len(jobs_for(session)) == 1


def test_a_wave_is_released_at_once(
    wave: Wave,
    world: World,
    shopper: Person,
    editor: Person,
    admin: Person,
    client_of: ClientOf,
    session: Session,
) -> None:
    walked(wave, world, shopper, editor, "nso")
    waiting = factories.visit(wave, world.branch, shopper)
    session.commit()
    stories.submitted(waiting, shopper)

    assert client_of(admin).post(f"/waves/{wave.id}/release").status_code == 303

    states = session.scalars(select(Visit.state).order_by(Visit.id)).all()
    assert states == ["released", "released", "released", "submitted"]
    assert len(jobs_for(session)) == 3


def test_names_figures_and_dates_freeze(
    wave: Wave, world: World, shopper: Person, editor: Person, admin: Person, session: Session
) -> None:
    walked(wave, world, shopper, editor, "n", greeted="no")
    walked(wave, world, shopper, editor, "n")
    walked(wave, world, shopper, editor, "s", skill=1)
    world.client.bands = None
    visit = session.scalars(select(Visit).order_by(Visit.id).limit(1)).one()

    card = stories.released(visit, admin)

    by_visit = [
        Decimal(one or 0) for one in session.scalars(select(Scorecard.before_knockouts).order_by("id"))
    ]
    first = (by_visit[0] + by_visit[1]) / 2
    context = card.context
    assert context is not None
    assert context["client"] == "Ngân hàng Sao Mai"
    assert context["branch"] == {"name": "Hoàn Kiếm", "code": "CN001", "address": "9 Hai Bà Trưng, Hoàn Kiếm"}
    assert (context["wave"], context["bands"], context["branch_visits"]) == (wave.name, None, 2)
    assert context["agency"] == {"name": "Mystery Audit", "contact": "khieunai@agency.example"}
    network = context["network"]
    assert (network["visits"], network["branches"]) == (3, 2)
    assert abs(Decimal(network["mean"]) - (first + by_visit[2]) / 2) < Decimal("1e-19")
    assert network["factors"]["attitude"]["n"] == 3
    assert Decimal(network["factors"]["issue"]["mean"]) == 100
    assert len(context["trend"]) == 1
    assert (context["trend"][0]["wave"], context["trend"][0]["n"]) == (wave.name, 2)
    assert card.dispute_until == date(2026, 11, 14) + timedelta(days=7)

    world.client.name = "Tên khác"
    session.commit()
    assert session.scalars(select(Scorecard.context).where(Scorecard.id == card.id)).one() == context


def test_a_branch_alone_has_no_network(approved: Visit, admin: Person) -> None:
    card = stories.released(approved, admin)

    assert card.context is not None
    assert card.context["network"] is None


def test_the_trend_has_the_last_six_waves_of_the_same_rules(
    world: World, shopper: Person, editor: Person, admin: Person, session: Session
) -> None:
    version = factories.version()
    equal = [{**factor, "weight": 1} for factor in factories.CHECKLIST["factors"]]
    others = factories.version({**factories.CHECKLIST, "factors": equal})
    other = factories.wave(world.client, admin, others, name="Bảng khác", starts_on=date(2026, 6, 15))
    walked(other, world, shopper, editor, "n")
    for month in range(1, 9):
        wave = factories.wave(
            world.client, admin, version, name=f"Tháng {month}", starts_on=date(2026, month, 1)
        )
        walked(wave, world, shopper, editor, "n" * (1 + month % 2))
        if month != 7:
            release.release_wave(wave, admin, stories.AT)
    release.release_wave(other, admin, stories.AT)
    session.commit()
    seventh = session.scalars(
        select(Visit).join(Wave, Wave.id == Visit.wave_id).where(Wave.name == "Tháng 7")
    )

    card = stories.released(seventh.first() or pytest.fail("no visit"), admin)

    assert card.context is not None
    trend = card.context["trend"]
    assert [point["wave"] for point in trend] == [f"Tháng {month}" for month in range(2, 8)]
    assert [point["n"] for point in trend] == [1, 2, 1, 2, 1, 2]


@pytest.mark.parametrize(("days", "until"), [(7, date(2026, 11, 22)), (12, date(2026, 11, 27))])
def test_a_deadline_counts_the_clients_days_from_the_branchs_day(
    days: int, until: date, approved: Visit, world: World, admin: Person
) -> None:
    world.client.dispute_days = days
    card = stories.released(approved, admin, stories.AT.replace(hour=18))  # past midnight in Hanoi

    assert card.dispute_until == until


@pytest.mark.parametrize(
    "change",
    [
        "released_at = now()",
        "dispute_until = dispute_until + 1",
        "context = '{}'",
        "overall = 0",
        "answers = '{}'",
    ],
)
def test_the_database_refuses_to_change_what_is_released(
    change: str, approved: Visit, admin: Person, session: Session
) -> None:
    stories.released(approved, admin)

    with pytest.raises(IntegrityError, match="never changes"):
        session.execute(text(f"UPDATE scorecard SET {change}"))


def test_a_large_wave_takes_few_figures_and_little_time(
    wave: Wave, world: World, shopper: Person, editor: Person, admin: Person, session: Session
) -> None:
    walked(wave, world, shopper, editor, "ns")
    _copy_visits(session, 250)
    statements: list[str] = []

    def count(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", count)
    started = time.perf_counter()
    released = release.release_wave(session.get_one(Wave, wave.id), admin, stories.AT)
    session.commit()
    seconds = time.perf_counter() - started
    event.remove(db.engine, "before_cursor_execute", count)

    assert released == 252
    assert sum("avg(" in one for one in statements) == 1
    assert sum("sum(scorecard.before_knockouts)" in one for one in statements) == 1
    reads = [
        one for one in statements if one.startswith("SELECT") and "unnest" not in one
    ]  # jobs are written so
    assert len(reads) < 20
    assert seconds < 10


def _copy_visits(session: Session, copies: int) -> None:
    """More approved visits like the first one, straight in the database."""
    own = ", ".join(one.name for one in Visit.__table__.columns if one.name != "id")
    card = [one.name for one in Scorecard.__table__.columns if one.name not in ("id", "visit_id", "number")]
    session.execute(
        text(f"INSERT INTO visit ({own}) SELECT {own} FROM visit, generate_series(1, :n) WHERE visit.id = 1"),
        {"n": copies},
    )
    session.execute(
        text(
            f"INSERT INTO scorecard (visit_id, number, {', '.join(card)}) "
            f"SELECT v.id, 'COPY-' || v.id, {', '.join(f's.{name}' for name in card)} "
            "FROM scorecard s, visit v WHERE s.id = 1 AND v.id > 2"
        )
    )
    session.commit()
