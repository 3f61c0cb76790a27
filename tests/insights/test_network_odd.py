"""The network's page over little, equal or missing data: it says so in words, in both languages."""

import json
import re

import pytest

from tests import factories
from tests.insights.cards import card
from tests.insights.conftest import heading, rows

ODD = {
    "one visit": [[70]],
    "one branch": [[60, 80, 70]],
    "one visit each": [[70], [80], [90], [60], [50], [40]],
    "all equal": [[75] * 3] * 6,
    "all 100": [[100] * 3] * 6,
    "all 0": [[0] * 4] * 5,
    "nothing scored": [[None], [None, None]],
    "some not scored": [[None, 70], [80, None, 90], [None]],
    "wide apart": [[0, 100], [100, 0], [0, 0], [100, 100], [0, 100]],
}
SAID = {
    "one visit": "Chưa đủ lượt lặp lại để ước lượng sai số",
    "one branch": "Ít hơn 5 chi nhánh",
    "one visit each": "Ít hơn 3 lượt: chưa xếp hạng, chưa kết luận",
    "all equal": "Đợt này chưa phân biệt được các chi nhánh.",
    "nothing scored": "chưa có lượt nào được chấm điểm",
    "some not scored": "lượt không chấm được điểm",
}


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_odd_data_is_told_in_words(client_of, head_office, admin, world, shopper, session, kind, language):
    head_office.language = language
    wave = factories.wave(world.client, admin, name="Quý 4")
    for place, scores in enumerate(ODD[kind]):
        branch = factories.branch(world.north, f"O{place}", f"Lạ {place}")
        for score in scores:
            sections = None if score is None else {"counter": score}
            card(wave, branch, shopper, score, {"issue": score, "speed": None}, sections=sections)
    session.commit()
    answer = client_of(head_office).get(f"/network?wave={wave.id}")
    assert answer.status_code == 200
    said = re.sub(r"<[^>]+>", " ", answer.text.split("<main", 1)[1])
    assert not re.search(r"\bnan\b|\bNaN\b|\bNone\b|\binf\b|Fraction", said)
    for text in re.findall(r'<script type="application/json">(.*?)</script>', answer.text, re.S):
        json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} in a chart"))
    if language == "vi" and kind in SAID:
        assert SAID[kind] in answer.text
    for row in rows(answer.text):
        mean, visits = row[2], int(row[3])
        assert bool(re.match(r"\d", mean)) == (visits > 0), "no number without a visit"


def test_ranges_of_equal_visits_have_no_width_and_no_branch_is_told_apart(
    client_of, head_office, admin, world, shopper, session
):
    wave = factories.wave(world.client, admin)
    for place in range(6):
        for _ in range(3):
            card(wave, factories.branch(world.north, f"E{place}{_}", f"Đều {place}{_}"), shopper, 75)
    session.commit()
    text = client_of(head_office).get("/network").text
    assert heading(text).startswith("Mạng lưới đạt 75 (")
    assert "rõ ràng" not in re.sub(r"<figcaption>.*?</figcaption>", "", text, flags=re.S)
