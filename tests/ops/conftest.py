"""A cluster for the queue's tests, and folders that the database account may enter."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from audit import embedded, jobs
from tests.cluster import Cluster, session_cluster


@pytest.fixture(scope="package")
def queue_cluster() -> Iterator[Cluster]:
    """A cluster whose template holds the queue's tables and nothing else."""
    cluster = session_cluster()

    def migrate(url: str) -> None:
        engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
        with engine.begin() as connection:
            jobs.create_schema(connection)
        engine.dispose()

    cluster.template(migrate)
    yield cluster
    cluster.stop()


@pytest.fixture
def queue_url(queue_cluster: Cluster) -> Iterator[str]:
    """A database with an empty queue."""
    url = queue_cluster.copy()
    yield url
    queue_cluster.drop(url)


@pytest.fixture
def queue_app(queue_url: str) -> Flask:
    """The smallest application that can work off jobs."""
    app = Flask("queue-test")
    app.config["SQLALCHEMY_DATABASE_URI"] = queue_url.replace("postgresql://", "postgresql+psycopg://", 1)
    return app


@pytest.fixture
def session(queue_app: Flask) -> Iterator[Session]:
    """A session on the queue's database."""
    engine = create_engine(queue_app.config["SQLALCHEMY_DATABASE_URI"])
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def bare_var() -> Iterator[Path]:
    """A var folder with nothing in it; a database in it is stopped afterwards, whatever happened."""
    folder = Path(tempfile.mkdtemp(prefix="audit-var-"))
    yield folder
    embedded.stop(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="package")
def made_var() -> Iterator[Path]:
    """A var folder whose database was made and stopped."""
    folder = Path(tempfile.mkdtemp(prefix="audit-var-"))
    embedded.start(folder)
    embedded.stop(folder)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def var(bare_var: Path, made_var: Path) -> Path:
    """A var folder with an empty database, which a start need not make first: copying is faster."""
    subprocess.run(["cp", "-a", f"{made_var}/.", str(bare_var)], check=True)
    return bare_var
