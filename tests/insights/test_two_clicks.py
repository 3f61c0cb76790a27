"""Every figure of the network's page that names a number of visits leads to a list of exactly these."""

import re
from html import unescape

import pytest

from tests import factories
from tests.insights.cards import card
from tests.insights.conftest import heading, rows, section
from tests.insights.wide import wide

LINK = re.compile(r'<a[^>]*href="(/network/visits\?[^"]*)"[^>]*>(.*?)</a>', re.S)


def links(page):
    """Address and number of visits of each link to the list; the weakest touch-point names its number in the text."""
    for address, inner in LINK.findall(page):
        words = unescape(re.sub(r"<[^>]+>", "", inner)).strip()
        count = re.match(r"(\d+)", words) or re.search(r"\(\d+, (\d+) lượt", words)
        assert count, words
        yield unescape(address), int(count[1])


@pytest.fixture
def made(world, shopper, admin, session):
    """A wide network, with a visit without a score, knock-outs and a region below a region."""
    found = wide(world, shopper, admin, session)
    city = factories.region(world.client, "Cần Thơ", world.south)
    inner = factories.branch(city, "CT1", "Cái Răng", format="Phố", channel="phone")
    card(found.wave, inner, shopper, None)
    card(found.wave, inner, shopper, 55, {"issue": 55}, sections={"counter": 40, "leaving": None})
    card(found.wave, found.branches[0], shopper, None)
    card(found.wave, found.branches[1], shopper, 80, overall=0, knockouts=1, sections={"leaving": 70})
    session.commit()
    found.branches.append(inner)
    return found


@pytest.mark.parametrize(
    "query",
    [
        "",
        "region=north",
        "region=south",
        "region=city",
        "format=Mall",
        "channel=phone",
        "q=r",
        "q=R1&format=Phố",
    ],
)
def test_each_number_of_visits_leads_to_as_many(client_of, head_office, made, world, query):
    places = {"north": world.north.id, "south": world.south.id, "city": made.branches[-1].region_id}
    for name, number in places.items():
        query = query.replace(f"={name}", f"={number}")
    browser = client_of(head_office)
    page = browser.get(f"/network?wave={made.wave.id}&{query}").text
    found = dict(links(page))
    assert len(found) > 3, page
    for address, count in found.items():
        listed = browser.get(address)
        assert listed.status_code == 200, address
        assert re.match(r"\d+", heading(listed.text))[0] == str(count), address


def test_headline_groups_and_weakest_touch_point_have_such_links(client_of, head_office, made, world):
    page = client_of(head_office).get(f"/network?wave={made.wave.id}&format=Phố").text
    lead = page.split("<h1>")[1].split("</form>")[0]
    assert re.search(r'href="/network/visits\?result=scored&amp;wave=\d+&amp;format=Ph[^"]+">\d+ lượt', lead)
    assert re.search(
        r'href="/network/visits\?section=counter&amp;wave=\d+&amp;format=Ph[^"]+">Điểm chạm yếu', lead
    )
    for row in re.findall(
        r"<tr>.*?</tr>", section(page, "regions").split("<tbody>")[1].split("</tbody>")[0], re.S
    ):
        assert "format=Ph" in row.split('data-label="Số lượt"')[1].split("</td>")[0]


def test_the_list_of_a_section_shows_its_scores_the_lowest_first(client_of, head_office, made):
    browser = client_of(head_office)
    page = browser.get(f"/network/visits?wave={made.wave.id}&section=counter")
    assert heading(page.text).startswith("41 lượt")
    shown = [float(row[-1].replace(",", ".")) for row in rows(page.text)]
    assert shown == sorted(shown)
    lines = browser.get(f"/network/visits.csv?wave={made.wave.id}&section=counter").text.splitlines()
    assert len(lines) == 42
    assert browser.get(f"/network/visits?wave={made.wave.id}&section=none").status_code == 404
