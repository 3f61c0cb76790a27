"""What an address asks for, kept along every link."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import url_for

from audit.errors import NotFound
from audit.insights import selection
from tests import factories
from tests.insights.cards import card


def asked(app, person, query, path="/network"):
    """What the address asks for, its link to another page and its hidden fields."""
    person.grants  # noqa: B018 - read before the request has a session of its own
    with app.test_request_context(f"{path}?{query}"):
        found = selection.read(person)
        return found, found and found.link("insights.comments"), found and found.hidden("region")


def of(address):
    return dict(parse_qsl(urlsplit(address).query))


def test_without_a_filter_it_is_the_newest_wave_with_visits(app, head_office, figures):
    found, link, hidden = asked(app, head_office, "")
    assert found.wave.id == figures.wave.id
    assert not found.narrowed
    assert of(link) == {"wave": str(figures.wave.id)}
    assert hidden == [("wave", str(figures.wave.id))]


def test_the_filter_goes_along_to_other_pages_the_order_does_not(app, head_office, figures, world):
    narrowed = f"wave={figures.wave.id}&region={world.north.id}&format=Quầy&channel=phone&q=hoàn"
    query = f"{narrowed}&sort=mean&order=desc&page=3"
    found, link, hidden = asked(app, head_office, query)
    assert found.narrowed
    assert (found.sort, found.descending, found.page) == ("mean", True, 3)
    kept = {
        "wave": str(figures.wave.id),
        "region": str(world.north.id),
        "format": "Quầy",
        "channel": "phone",
        "q": "hoàn",
    }
    assert of(link) == kept
    del kept["region"]
    assert dict(hidden) == {**kept, "sort": "mean", "order": "desc"}


def test_a_link_on_the_same_page_changes_one_part_and_starts_on_page_one(app, head_office, figures, world):
    head_office.grants  # noqa: B018
    with app.test_request_context(f"/network/branches/{world.branch.id}?sort=mean&order=desc&page=2&q=x"):
        found = selection.read(head_office)
        same, turned, cleared = found.link(), found.link(sort="n"), found.link(q=None)
    assert urlsplit(same).path == f"/network/branches/{world.branch.id}"
    wave = {"wave": str(figures.wave.id)}
    assert of(same) == {**wave, "q": "x", "sort": "mean", "order": "desc", "page": "2"}
    assert of(turned) == {**wave, "q": "x", "sort": "n", "order": "desc"}
    assert of(cleared) == {**wave, "sort": "mean", "order": "desc"}


def test_a_version_leads_to_its_newest_wave(app, head_office, figures, world, admin, shopper, session):
    other = factories.wave(
        world.client, admin, factories.version(), name="Bảng khác", starts_on=factories.AT.date()
    )
    card(other, world.branch, shopper, 50)
    session.commit()
    for query in (f"version={other.version_id}", f"version={other.version_id}&wave={figures.wave.id}"):
        found, link, _hidden = asked(app, head_office, query)
        assert found.wave.id == other.id
        assert of(link) == {"wave": str(other.id), "version": str(other.version_id)}
    found, _link, _hidden = asked(
        app, head_office, f"version={figures.wave.version_id}&wave={figures.wave.id}"
    )
    assert found.wave.id == figures.wave.id


@pytest.mark.parametrize(
    "query",
    [
        "wave=foreign",
        "region=foreign",
        "region=99999999",
        "wave=1.5",
        "version=99999999",
        "channel=lost",
        "region=-1",
    ],
)
def test_what_is_out_of_scope_or_cannot_be_is_not_found(app, head_office, figures, world, query):
    query = query.replace("wave=foreign", f"wave={figures.foreign_wave.id}")
    query = query.replace("region=foreign", f"region={world.foreign_branch.region_id}")
    with pytest.raises(NotFound):
        asked(app, head_office, query)


def test_an_area_cannot_ask_for_another_area(app, area_manager, figures, world):
    assert asked(app, area_manager, f"region={world.north.id}")[0].region_id == world.north.id
    with pytest.raises(NotFound):
        asked(app, area_manager, f"region={world.south.id}")


@pytest.mark.parametrize("query", ["page=0", "page=-3", "page=x", "page=99999999999", "q=%00", "order=up"])
def test_nonsense_is_the_usual(app, head_office, figures, query):
    found, _link, _hidden = asked(app, head_office, query)
    assert (found.page, found.words, found.descending) == (1, "", False)


def test_nobody_has_a_selection_without_a_wave(app, other_client):
    assert asked(app, other_client, "")[0] is None


def test_links_are_those_of_the_router(app, head_office, figures, world):
    head_office.grants  # noqa: B018
    values = {"wave": figures.wave.id, "q": "hoàn kiếm & 'ba' 50%/+", "format": "Quầy (lớn)"}
    with app.test_request_context("/network", query_string=values):
        found = selection.read(head_office)
        for endpoint, parts in (
            ("insights.network", {"sort": "factor.issue", "order": "desc"}),
            ("insights.branch", {"branch_id": world.branch.id}),
            ("insights.visits", {"branch": 7, "page": 2}),
        ):
            expected = url_for(endpoint, **{**values, **parts})
            for _again in range(2):
                told = found.link(endpoint, **parts)
                assert urlsplit(told).path == urlsplit(expected).path
                assert sorted(parse_qsl(urlsplit(told).query)) == sorted(parse_qsl(urlsplit(expected).query))
                assert sorted(told) == sorted(expected)
