"""The cast, one real PostgreSQL per test process, and a guard against half-saved requests."""

import contextvars
import dataclasses
import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request
from flask.signals import request_finished
from flask.testing import FlaskClient
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from audit import config, migrate
from audit.accounts.models import Person, RoleName
from audit.app import create_app
from audit.branches.models import Branch, Client, Region
from audit.db import Base, db
from audit.insights import statistics
from tests import factories
from tests.cluster import Cluster, session_cluster

# A file's tests stay in one process; the longest files begin first, so that no process ends long after the others.
# Not all long ones: browsers and the rest side by side use the machine better than four browsers at once.
LONGEST = (
    "tests/browser/test_accessibility.py",
    "tests/bench/test_bench.py",
    "tests/demo/test_loading.py",
    "tests/browser/test_offline_submit.py",
    "tests/test_leaks.py",
    "tests/ops/test_serve.py",
    "tests/ops/test_killed_batch.py",
    "tests/test_bad_input.py",
    "tests/browser/test_offline_network.py",
)


@pytest.hookimpl(trylast=True)  # after whoever shuffles
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first; `--no-loadscope-reorder` makes the processes keep to it."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.nodeid.split("::")[0], len(LONGEST)))


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """One PostgreSQL for this test process."""
    running = session_cluster()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def settings(cluster: Cluster) -> Iterator[config.Settings]:
    """Settings on a database of this process and folders of its own."""
    folder = Path(tempfile.mkdtemp(prefix="audit-test-"))
    url = cluster.empty()
    yield config.Settings(
        database_url=url,
        var=folder / "var",
        uploads=folder / "uploads",
        secret_key="only-for-tests-" * 4,
        testing=True,
        agency_contact="khieunai@agency.example",
    )
    shutil.rmtree(folder, ignore_errors=True)


class Browser(FlaskClient):
    """Each request stands alone, as in production: no `g`, no session, no identity of another one."""

    def open(self, *args: Any, buffered: bool = True, **kwargs: Any) -> Any:
        """Outside the application context that the test holds open."""
        return contextvars.Context().run(super().open, *args, buffered=buffered, **kwargs)


@pytest.fixture(scope="session")
def app(settings: config.Settings) -> Iterator[Flask]:
    """The application, migrated once; each test starts with empty tables."""
    made = create_app(settings)
    made.test_client_class = Browser
    made.config["WTF_CSRF_ENABLED"] = False  # `csrf_on` switches it on
    migrate.to_head(made)
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def csrf_on(app: Flask) -> Iterator[None]:
    """CSRF protection as in production."""
    app.config["WTF_CSRF_ENABLED"] = True
    yield
    app.config["WTF_CSRF_ENABLED"] = False


KEPT_TABLES = {"role", "alembic_version"}


QUEUE_TABLES = ("procrastinate_events", "procrastinate_periodic_defers", "procrastinate_jobs")
TIDY_EVERY = 50  # emptyings; deleted rows stay in the files until then, as nothing vacuums here
_emptied = itertools.count(1)


def _empty_tables(session: Session) -> None:
    """As if nothing had ever been written. Deleting the few rows of a test is ten times as quick as TRUNCATE."""
    names = [table.name for table in Base.metadata.sorted_tables if table.name not in KEPT_TABLES]
    session.rollback()
    if next(_emptied) % TIDY_EVERY == 0:
        session.execute(text(f"TRUNCATE {', '.join(names)}, procrastinate_jobs RESTART IDENTITY CASCADE"))
    else:
        _delete_rows(session, [*names, *QUEUE_TABLES])
    session.commit()
    statistics.forget()  # they are kept by numbers that begin anew


def _delete_rows(session: Session, names: Sequence[str]) -> None:
    looks = (f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in names)
    filled = session.scalars(text(" UNION ALL ".join(looks))).all()
    session.execute(
        text("SET LOCAL session_replication_role = replica")
    )  # neither keys nor guards hold it up
    for name in filled:
        session.execute(text(f"DELETE FROM {name}"))
    session.execute(text("SELECT setval(seqrelid, seqstart, false) FROM pg_sequence"))


class LeftUncommittedError(AssertionError):
    """A request flushed something and did not commit it."""


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session for arranging and looking; requests have their own, so commit what you make."""
    open_requests: list[str] = []

    def flushed(session: Session, _context: object) -> None:
        session.info["flushed"] = True

    def ended(session: Session) -> None:
        session.info.pop("flushed", None)

    def finished(_app: Flask, response: object, **_extra: object) -> None:
        if db.session().info.get("flushed") and getattr(response, "status_code", 500) < 400:
            open_requests.append(f"{request.method} {request.path}")

    event.listen(Session, "after_flush", flushed)
    event.listen(Session, "after_commit", ended)
    event.listen(Session, "after_rollback", ended)
    request_finished.connect(finished, app)
    with app.app_context():
        yield db.session()
        request_finished.disconnect(finished, app)
        event.remove(Session, "after_flush", flushed)
        event.remove(Session, "after_commit", ended)
        event.remove(Session, "after_rollback", ended)
        _empty_tables(db.session())
        db.session.remove()
    if open_requests:
        raise LeftUncommittedError(f"flushed but not committed: {', '.join(open_requests)}")


@dataclasses.dataclass
class World:
    """Two clients with two regions and three branches each."""

    client: Client
    north: Region
    south: Region
    branch: Branch  # in the north
    second_branch: Branch  # in the north
    southern_branch: Branch
    foreign: Client
    foreign_region: Region
    foreign_branch: Branch


@pytest.fixture
def world(session: Session) -> World:
    """The places of the cast."""
    bank = factories.client("BANK", "Ngân hàng Sao Mai")
    north, south = factories.region(bank, "Miền Bắc"), factories.region(bank, "Miền Nam")
    shop = factories.client("SHOP", "Siêu thị Hoa Sen")
    middle = factories.region(shop, "Miền Trung")
    made = World(
        client=bank,
        north=north,
        south=south,
        branch=factories.branch(north, "CN001", "Hoàn Kiếm"),
        second_branch=factories.branch(north, "CN002", "Ba Đình"),
        southern_branch=factories.branch(south, "CN003", "Ninh Kiều"),
        foreign=shop,
        foreign_region=middle,
        foreign_branch=factories.branch(middle, "ST001", "Hải Châu"),
    )
    session.commit()
    return made


@pytest.fixture
def shopper(session: Session) -> Person:
    """Performs visits."""
    return factories.person("Trần Thu Hà", RoleName.SHOPPER)


@pytest.fixture
def other_shopper(session: Session) -> Person:
    """Performs other visits."""
    return factories.person("Lê Quang Minh", RoleName.SHOPPER)


@pytest.fixture
def editor(session: Session) -> Person:
    """Checks submissions."""
    return factories.person("Phạm Ngọc Lan", RoleName.EDITOR)


@pytest.fixture
def admin(session: Session) -> Person:
    """Plans and releases."""
    return factories.person("Đỗ Hải Yến", RoleName.ADMIN)


@pytest.fixture
def branch_manager(world: World) -> Person:
    """Manages `world.branch`."""
    return factories.person("Nguyễn Văn Nam", RoleName.BRANCH_MANAGER, branch=world.branch)


@pytest.fixture
def other_manager(world: World) -> Person:
    """Manages `world.second_branch` of the same client."""
    return factories.person("Bùi Thị Hoa", RoleName.BRANCH_MANAGER, branch=world.second_branch)


@pytest.fixture
def area_manager(world: World) -> Person:
    """Manages the north."""
    return factories.person("Vũ Đức Long", RoleName.AREA_MANAGER, region=world.north)


@pytest.fixture
def head_office(world: World) -> Person:
    """Sees all of `world.client`."""
    return factories.person("Hoàng Mai Anh", RoleName.HEAD_OFFICE, client=world.client)


@pytest.fixture
def other_client(world: World) -> Person:
    """Head office of the other client."""
    return factories.person("Đặng Quốc Huy", RoleName.HEAD_OFFICE, client=world.foreign)


@pytest.fixture
def client_of(app: Flask, session: Session) -> Callable[[Person | None], FlaskClient]:
    """A browser in which this person is signed in (None: nobody)."""

    def signed_in(person: Person | None) -> FlaskClient:
        session.commit()
        browser = app.test_client()
        if person is not None:
            with browser.session_transaction() as cookie:
                cookie["_user_id"] = person.fs_uniquifier
                cookie["_fresh"] = True
                cookie["fs_cc"] = "set"
        return browser

    return signed_in
