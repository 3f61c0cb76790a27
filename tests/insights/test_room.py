"""The tabs and the filter that every page of the room has."""

import re
from datetime import date
from html import unescape

import pytest

from audit.insights.room import TABS
from tests import factories
from tests.insights.wide import Wide, wide

TAB = re.compile(r'<a href="([^"]+)"( aria-current="\w+")?>([^<]+)</a>')


@pytest.fixture
def made(world, shopper, admin, session) -> Wide:
    return wide(world, shopper, admin, session)


def tabs(page: str) -> list[tuple[str, bool, str]]:
    """Address, whether it is open, and name of each tab."""
    bar = page.split('class="room-tabs"', 1)[1].split("</nav>", 1)[0]
    return [(unescape(href), bool(here), name) for href, here, name in TAB.findall(bar)]


def options(page: str, name: str) -> list[str]:
    """What a select of the filter offers."""
    chosen = page.split(f'<select class="form-select" id="{name}"', 1)[1].split("</select>", 1)[0]
    return [unescape(text) for text in re.findall(r"<option[^>]*>([^<]*)</option>", chosen)]


def test_tabs_keep_the_wave_and_the_filter_and_nothing_else(client_of, head_office, world, made):
    asked = f"wave={made.wave.id}&region={world.north.id}&format=Mall&channel=onsite&q=rong"
    text = client_of(head_office).get(f"/network?{asked}&sort=mean&order=desc&page=1").text
    for href, _here, _name in tabs(text):
        assert href.split("?")[1] == asked
    assert [name for _href, here, name in tabs(text) if here] == ["Mạng lưới"]


def test_every_tab_opens(client_of, admin, world, made):
    browser = client_of(admin)
    found = tabs(browser.get(f"/network?wave={made.wave.id}&region={world.north.id}").text)
    assert [name for _href, _here, name in found] == [str(text) for text, _below in TABS.values()]
    for href, _here, name in found:
        answer = browser.get(href)
        assert answer.status_code == 200, href
        assert [one for _href, here, one in tabs(answer.text) if here] == [name]


def test_clients_have_no_tab_on_shoppers(client_of, head_office, area_manager, made):
    for person in (head_office, area_manager):
        text = client_of(person).get("/network").text
        assert "Người ghé thăm" not in [name for _href, _here, name in tabs(text)]


def test_the_filter_offers_what_the_reader_reaches(client_of, head_office, area_manager, made):
    text = client_of(head_office).get("/network").text
    assert options(text, "region") == ["Mọi khu vực", "Miền Bắc", "Miền Nam"]
    assert options(text, "format") == ["Mọi loại hình", "Mall", "Phố"]
    assert options(text, "channel")[1:] == ["Tại điểm bán", "Qua điện thoại", "Trực tuyến"]
    assert options(text, "wave") == ["Quý 4", "Quý 3"]
    assert options(client_of(area_manager).get("/network").text, "region") == ["Mọi khu vực", "Miền Bắc"]


def test_the_filter_shows_what_is_asked_for_and_keeps_the_order(client_of, head_office, world, made):
    text = (
        client_of(head_office)
        .get(f"/network?region={world.north.id}&format=Mall&q=Rộng&sort=n&order=desc")
        .text
    )
    assert f'<option value="{world.north.id}" selected>Miền Bắc</option>' in text
    assert '<option value="Mall" selected>Mall</option>' in text
    assert 'value="Rộng"' in text
    assert text.count('<input type="hidden" name="sort" value="n">') == 2
    assert f'href="/network?wave={made.wave.id}&amp;sort=n&amp;order=desc">' in text, (
        "the way out of the filter"
    )


def test_another_client_s_wave_begins_without_a_filter(client_of, admin, world, made, session):
    factories.wave(world.foreign, admin, name="Đợt Hoa Sen")
    session.commit()
    text = client_of(admin).get(f"/network?wave={made.wave.id}&region={world.north.id}").text
    first = text.split('<form class="filters"', 2)[1]
    assert "Đợt Hoa Sen" in first
    assert 'type="hidden"' not in first


def test_a_version_of_the_checklist_narrows_the_waves(client_of, head_office, admin, world, made, session):
    browser = client_of(head_office)
    assert 'id="version"' not in browser.get("/network").text, "one version is no choice"
    other = {**factories.CHECKLIST, "title": factories.both("Bảng khác")}
    newest = factories.wave(
        world.client,
        admin,
        factories.version(other),
        name="Quý 1",
        starts_on=date(2027, 1, 1),
        ends_on=date(2027, 3, 31),
    )
    session.commit()
    text = browser.get("/network").text
    assert [words.split(",")[0] for words in options(text, "version")] == [
        "Mọi phiên bản",
        "Bảng khác",
        "Kiểm tra nhanh",
    ]
    assert options(text, "wave") == ["Quý 1", "Quý 4", "Quý 3"]
    narrowed = browser.get(f"/network?wave={newest.id}&version={made.wave.version_id}").text
    assert options(narrowed, "wave") == ["Quý 4", "Quý 3"]
    assert "Quý 4 (" in narrowed
    assert browser.get("/network?version=999").status_code == 404
