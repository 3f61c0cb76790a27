"""Addresses of comparisons, and what their pages and files say."""

import csv
import io

from tests.insights.conftest import rows


def page(browser, query="", status=200):
    answer = browser.get(f"/network/compare{query}", follow_redirects=True)
    assert answer.status_code == status, answer.text[:500]
    return answer.text


def figures_rows(browser, query):
    """The CSV file of a comparison."""
    answer = browser.get(f"/network/compare/compare.csv{query}")
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def figures_file(browser, query):
    """Its row of the score."""
    return figures_rows(browser, query)[1]


def side_by_side(text):
    """The rows of the table, by their first cell."""
    table = rows(text.split('<table class="sheet side-by-side"', 1)[1])
    return {row[0]: row[1:] for row in table if len(row) == 3}


def address(**keys):
    return "?" + "&".join(f"{key}={value}" for key, value in keys.items() if value is not None)


def branches_address(world, one, other, **more):
    return address(what="branches", wave=world.last.id, a=one.id, b=other.id, **more)
