"""The page of ratings and drivers as a reader sees it, and where its numbers lead."""

import re
from html import unescape

from tests.insights.conftest import heading, rows


def page(browser, query="", status=200):
    answer = browser.get("/network/drivers", query_string=query)
    assert answer.status_code == status, answer.text[:500]
    return answer.text


def table(text, name):
    """The body rows of the section with this id."""
    return rows(text.split(f'aria-labelledby="{name}"', 1)[1])


def listed(browser, address):
    """The rows of a list of visits, as many as its heading says."""
    text = browser.get(unescape(address)).text
    found = rows(text) if "<tbody>" in text else []
    assert heading(text).startswith(f"{len(found)} lượt")
    return found


def links(text, name, place=0):
    """The addresses in a row of the section with this id, in order."""
    body = text.split(f'aria-labelledby="{name}"', 1)[1].split("<tbody>", 1)[1].split("</tbody>", 1)[0]
    return re.findall(r'<a href="(/network/visits[^"]*)"', re.findall(r"<tr.*?</tr>", body, re.S)[place])


def total(browser, address):
    """How many visits the list has over all its pages."""
    return int(heading(browser.get(unescape(address)).text).split()[0])
