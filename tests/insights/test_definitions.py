"""The sheet of definitions says of every column how it is made."""

import ast
from pathlib import Path

import pytest

import audit
from audit.insights import drivers, export, sheets, statistics
from audit.insights.agreement import Stability
from audit.insights.branch_page import BranchPage, page_of
from audit.insights.comparing import of_branches
from audit.insights.history import branch_history
from audit.insights.leniency import leniency_in
from audit.insights.selection import Selection
from audit.insights.sheets import leniency, ratings
from audit.insights.sheets.comments import comments
from audit.insights.sheets.compare import OF_COMPARISON
from audit.insights.sheets.of_branch import tables_of
from audit.insights.view import view_of
from tests.insights.wide import wide

SOURCES = sorted(Path(audit.__file__).parent.rglob("*.py"))
ABOUT = 4  # a column's key, title, kind, about


@pytest.fixture(autouse=True)
def forgotten():
    statistics.forget()
    yield
    statistics.forget()


def columns_in(source):
    """The calls that make a column of a table, not one of the database."""
    text = source.read_text()
    if "insights.sheet import" not in text:
        return []
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    return [call for call in calls if getattr(call.func, "id", "") == "Column"]


def test_no_column_is_written_without_its_definition():
    found = [(source.name, call) for source in SOURCES for call in columns_in(source)]
    assert len(found) > 100
    blank = [
        f"{name}:{call.lineno}"
        for name, call in found
        if len(call.args) < ABOUT and not any(word.arg == "about" for word in call.keywords)
    ]
    assert blank == []


def built(world, head_office, area_manager, made):
    """All tables there are."""
    chosen = Selection(made.wave)
    for person, selection in (
        (head_office, chosen),
        (head_office, Selection(made.wave, format="Phố")),
        (area_manager, chosen),
    ):
        view = view_of(person, selection)
        yield from (build(view) for build in sheets.ALL.values())
    branch, other = made.branches[:2]
    waves = branch_history(head_office, branch)
    yield from tables_of(page_of(head_office, branch, waves, made.wave)).values()
    compared = of_branches(head_office, chosen, branch, other)
    yield from (build(compared) for build in OF_COMPARISON.values())
    yield comments([])
    yield ratings.nps(drivers.Ratings([], [], []))
    yield ratings.shares(drivers.Ratings([], [], []))


def test_every_column_of_every_table_is_defined(
    app, world, head_office, area_manager, admin, shopper, session
):
    made = wide(world, shopper, admin, session)
    tables = [*built(world, head_office, area_manager, made), leniency.build(leniency_in(admin, made.wave))]
    columns = [(table.name, column) for table in tables for column in table.columns]
    columns += [("visits", column) for column in export.visit_columns({"issue": "Xử lý"}, asked=True)]
    for name, column in columns:
        assert column.about.strip(), (name, column.key)
        assert column.title.strip(), (name, column.key)


def test_a_branch_without_visits_has_no_facts(world):
    page = BranchPage(world.branch, [], None)
    assert list(tables_of(page)["branch-facts"].rows) == []
    assert page.stability == Stability()
