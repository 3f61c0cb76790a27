"""The commands of a new installation."""

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.cluster import Cluster


@pytest.fixture
def url(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty database that the commands will use."""
    made = cluster.empty()
    monkeypatch.setenv("AUDIT_DATABASE_URL", made)
    monkeypatch.setenv("AUDIT_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("AUDIT_UPLOADS", str(tmp_path / "uploads"))
    return made


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """`audit …` as typed in a shell."""
    command = [sys.executable, "-m", "audit", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def asked(url: str, question: str) -> object:
    """The one value that a query answers."""
    with psycopg.connect(url) as connection:
        row = connection.execute(question.encode()).fetchone()
    return row[0] if row else None


def test_a_new_installation_gets_its_admin_and_the_checklists(url: str) -> None:
    done = run("add-admin", "Chi@Agency.example", "--name", "Lê Chi", "--password", "mot-mat-khau-dai")
    assert done.returncode == 0, done.stderr
    assert asked(url, "SELECT email FROM person") == "chi@agency.example"
    assert asked(url, "SELECT role FROM access_grant") == "admin"
    assert asked(url, "SELECT count(*) FROM version WHERE state = 'published'") == 3


def test_a_weak_password_is_refused_in_words_and_nothing_is_kept(url: str) -> None:
    done = run("add-admin", "chi@agency.example", "--name", "Lê Chi", "--password", "short")
    assert done.returncode == 1
    assert "Error: " in done.stderr
    assert "Traceback" not in done.stderr
    assert asked(url, "SELECT count(*) FROM person") == 0


def test_a_real_database_is_not_thrown_away_by_a_slip(url: str) -> None:
    run("add-admin", "chi@agency.example", "--name", "Lê Chi", "--password", "mot-mat-khau-dai")
    done = run("demo-reset")
    assert done.returncode == 1
    assert "--delete-everything" in done.stderr
    assert asked(url, "SELECT count(*) FROM person") == 1
