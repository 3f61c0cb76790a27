"""Loading the demo once, and again from scratch. All of it is one transaction: half a demo cannot stay."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import Any

from flask import Flask
from sqlalchemy import select, text

from audit import migrate
from audit.accounts.models import Person
from audit.branches.readers import readers_of
from audit.checklists.services import install_builtin
from audit.db import Base, db, now
from audit.demo import aftermath, living, names, paying, posting, reviewing
from audit.demo.calendar import ZONE, Period, moment, periods
from audit.demo.chance import dice
from audit.demo.living import World, live
from audit.demo.oddities import borrow
from audit.demo.painting.jobs import Picture, picture_of
from audit.demo.pictures import painting
from audit.demo.places import BRANDS, MANAGED
from audit.demo.plan import skeleton
from audit.demo.settling import agree, open_period, settle
from audit.demo.timeline import Biographer, Life
from audit.waves.services import close_wave, schedule_release

SEED = 2026
LOCK = 7_201_426  # of the database, while a demo is being loaded
DEEDS = {**living.DEEDS, **reviewing.DEEDS, **paying.DEEDS, **aftermath.DEEDS}
AFTER = {"submit": (reviewing.look_through,), "release": (aftermath.follow,)}
KEPT_TABLES = frozenset({"role", "alembic_version"})


@dataclass(frozen=True)
class SignIn:
    """How to sign in as somebody of a role."""

    role: str
    email: str
    password: str


SIGN_INS = tuple(
    SignIn(role, names.mail(name), names.PASSWORD)
    for role, name in (
        ("shopper", "shopper"),
        ("editor", "editor"),
        ("admin", "admin"),
        ("branch manager", "branch-sm-001"),
        ("area manager", "area-bank-north"),
        ("head office", "head-bank"),
    )
)


def ensure(app: Flask) -> list[SignIn]:
    """Load the demo where the database has no person; returns one sign-in for each role that the demo has."""
    load(app, SEED)
    with app.app_context():
        known = set(db.session.scalars(select(Person.email).where(Person.active)))
        db.session.remove()
    return [one for one in SIGN_INS if one.email in known]


def reset(app: Flask, seed: int = SEED) -> list[str]:
    """Throw away everything in the database with its photos and PDFs, and load again; printable lines."""
    migrate.to_head(app)
    with app.app_context():
        _empty()
        storage = app.extensions["storage"]
        for key in list(storage.list()):
            storage.delete(key)
        db.session.remove()
    load(app, seed)
    lines = [f"{one.role:<16} {one.email:<32} {one.password}" for one in SIGN_INS]
    return ["The demo is loaded. Sign-ins:", *lines]


def load(app: Flask, seed: int = SEED, share: float = 1.0, today: date | None = None) -> None:
    """Load the demo, all or nothing, unless there is a person; `share` keeps about that part of the visits."""
    with app.app_context():
        empty = _is_empty()
        db.session.remove()
    if not empty:
        return
    today = today or now().astimezone(ZONE).date()
    lives = write(seed, share, today)
    with app.app_context():
        try:
            db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
            if _is_empty():  # somebody else may have loaded it while we waited
                with painting(pictures_of(lives, seed, today), app.extensions["settings"].uploads) as painted:
                    world = _world(app, lives, painted, seed, today)
                    live(world, DEEDS, AFTER)
                _end(world, today)
                db.session.commit()
        finally:
            db.session.rollback()
            db.session.remove()


def _end(world: World, today: date) -> None:
    """How things stand today: the past wave closed, one to be released on Friday week, the mails sent."""
    yesterday = moment(today - timedelta(days=1), 17, 5)
    for period in periods(today):
        wave = world.waves[period.key]
        if period.ended:
            close_wave(wave, world.admin, yesterday)
        elif period.brand == "bank":
            friday = today + timedelta(days=(4 - today.weekday()) % 7 + 7)
            schedule_release(wave, world.admin, yesterday, moment(friday, 9))
    db.session.flush()
    posting.send_all()
    posting.clear_queue()


def write(seed: int, share: float, today: date) -> list[Life]:
    """Every visit's life with answers and photos, without a database: the same for the same seed and day."""
    brands = {brand.key: brand for brand in BRANDS}
    waves = {period.key: period for period in periods(today)}
    documents = {kind: _document(kind) for kind in {period.kind for period in waves.values()}}
    lives = []
    busy: set[tuple[int, date]] = set()
    for number, slot in enumerate(skeleton(seed, share)):
        period = waves[slot.wave]
        writer = Biographer(number, slot, brands[period.brand], period, today, seed, busy)
        busy.add((slot.shopper, writer.day))
        lives.append(writer.write(documents[period.kind]))
    borrow(lives)
    return lives


def pictures_of(lives: list[Life], seed: int, today: date) -> list[Picture]:
    """Everything that is painted, in the order of need: what branches prove, then photos and receipts."""
    photos = [picture for life in lives for picture in life.pictures]
    receipts = [life.spent.receipt for life in lives if life.spent is not None]
    return [*_evidence(seed, today).values(), *sorted(photos + receipts, key=lambda one: one.taken_at)]


def _evidence(seed: int, today: date) -> dict[str, Picture]:
    """A picture of some branches with a manager, by code."""
    at = moment(today - timedelta(days=20), 9)
    scenes = {"bank": "hall", "retail": "shelf"}  # of those that have managers
    return {
        place.code: picture_of(brand, place, "proof", scenes[brand.key], at, dice(seed, "proof", place.code))
        for brand in BRANDS
        if brand.key in scenes
        for place in (brand.places[one] for one in MANAGED[:3])
    }


def _document(code: str) -> dict[str, Any]:
    file = files("audit").joinpath("checklists", "builtin", f"{code}.json")
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def _world(app: Flask, lives: list[Life], painted: Any, seed: int, today: date) -> World:
    every = periods(today)
    founded = _founded(every)
    settled = settle(founded)
    agree(settled, founded)
    versions = install_builtin(founded, settled.admin)
    waves = {period.key: open_period(settled, period, versions[period.kind]) for period in every}
    shown = {
        code: painted[picture.id].copies["screen_key"] for code, picture in _evidence(seed, today).items()
    }
    world = World(
        admin=settled.admin,
        editors=settled.editors,
        shoppers=settled.shoppers,
        branches=settled.branches,
        waves=waves,
        painted=painted,
        read=app.extensions["storage"].read,
        lives=lives,
        seed=seed,
        until=moment(today, 0),
        readers=readers_of(settled.branches.values()),
        evidence={settled.branches[code].id: key for code, key in shown.items()},
    )
    paying.plan_fridays(world, every[0].starts_on)
    return world


def _founded(every: tuple[Period, ...]) -> datetime:
    """When the agency began with the program: before its first wave."""
    return moment(min(period.starts_on for period in every) - timedelta(days=30), 8)


def _is_empty() -> bool:
    return db.session.scalar(select(Person.id).limit(1)) is None


def _empty() -> None:
    """All rows of all tables, the queue's too; TRUNCATE, as what is append-only refuses to be deleted."""
    tables = [table.name for table in Base.metadata.sorted_tables if table.name not in KEPT_TABLES]
    db.session.execute(text(f"TRUNCATE {', '.join(tables)}, procrastinate_jobs RESTART IDENTITY CASCADE"))
    db.session.execute(text("ALTER SEQUENCE scorecard_number RESTART"))
    db.session.commit()
