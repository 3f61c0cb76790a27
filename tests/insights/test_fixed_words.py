"""The fixed wordings of scoring.md, parts 3, 4.3, 5.1 and 6, one by one: whoever changes one changes it there too."""

import re
from fractions import Fraction
from types import SimpleNamespace

import pytest
from flask import render_template_string

from audit.i18n import gettext
from audit.insights import leniency_words, rated_words, words
from audit.insights.agreement import Stability
from audit.insights.sheets.branch_facts import alike
from audit.reports.view import SummaryView
from audit.scoring.leniency import ShopperFigures
from audit.scoring.shares import Nps, Share

SHOPPER = ShopperFigures(1, 7, Fraction(9), 5.0, 14.0, 0.01, "lenient", 1)
WORDINGS = {
    # 3, before 3.1
    "knock-outs counted": (lambda: words.incidents_words(1, 4), "1/4 lượt dính điểm liệt"),
    "knock-outs included": (lambda: words.overall_words(Fraction(66)), "kể cả điểm liệt: 66"),
    # 3.2 to 3.7
    "question": (lambda: gettext("%(met)s/%(n)s visits met", met=3, n=4), "3/4 lượt đạt"),
    "average branch": (lambda: gettext("average branch"), "chi nhánh trung bình"),
    "shrunk": (lambda: gettext("Expected next wave"), "Kỳ vọng đợt sau"),
    "order": (lambda: gettext("Order: what to expect of the next wave"), "Thứ tự: kỳ vọng đợt sau"),
    "agreement": (
        lambda: alike(Stability(Fraction(78, 100), 9), 4).split(". ")[0],
        "78 % tiêu chí cho kết quả giống nhau",
    ),
    "counts of ratings": (
        lambda: rated_words.nps_words(Nps(9, 6, 2, 1, None, None, None)),
        "6 sẵn lòng giới thiệu, 2 trung lập, 1 không",
    ),
    "counts of a share": (lambda: rated_words.share_words(Share(3, 4, None, None, None)), "3/4 lượt"),
    "whose NPS": (lambda: gettext("Shoppers’ NPS"), "NPS của người ghé thăm"),
    # 3.9
    "no visit": (lambda: words.few_words(0), "Chưa có lượt"),
    "few visits": (lambda: words.few_words(2), "Ít hơn 3 lượt: chưa xếp hạng, chưa kết luận"),
    "no range": (words.no_range_note, "Chưa đủ lượt lặp lại để ước lượng sai số"),
    # 4.3
    "network planned": (
        lambda: gettext("The network’s score is exact to ± %(half)s points", half="2,5"),
        "Điểm mạng lưới chính xác đến ± 2,5 điểm",
    ),
    "branch planned": (lambda: gettext("A branch’s score: ± %(half)s", half=11), "Điểm một chi nhánh: ± 11"),
    "change planned": (
        lambda: gettext("A change of one branch is seen only from %(change)s points on", change=24),
        "Chỉ thấy được thay đổi của một chi nhánh nếu ≥ 24 điểm",
    ),
    "ranks planned": (
        lambda: gettext("Ranks: reliability %(value)s – not for rewards or penalties", value="0,34"),
        "Thứ hạng: độ tin cậy 0,34 – không nên dùng để thưởng phạt",
    ),
    # 5.1
    "lenient": (
        lambda: leniency_words.said(SHOPPER),
        "chấm cao hơn người khác khoảng 9 điểm (5–14; 7 lượt)",
    ),
    # 6
    "branch": (
        lambda: words.estimate_words(Fraction(83), 78.0, 88.0, 4),
        "83 (khoảng 78–88, 4 lượt)",
    ),
    "branch, no range": (
        lambda: words.estimate_words(Fraction(83), None, None, 3),
        "83 (3 lượt, chưa rõ sai số)",
    ),
    "rank": (lambda: words.rank_words(2, 4, 6), "hạng 2–4 trong 6"),
    "not told apart": (words.alike_note, "Đợt này chưa phân biệt được các chi nhánh."),
    "flag": (lambda: words.flag_words("below"), "rõ ràng thấp hơn mạng lưới"),
    "flag above": (lambda: words.flag_words("above"), "rõ ràng cao hơn mạng lưới"),
    "no flag": (lambda: words.verdict_words("unclear"), "chưa đủ để kết luận"),
    "trend": (lambda: words.trend_words(Fraction(14), 8.0, 20.0, "up"), "tăng 14 (8–20)"),
    "unclear trend": (
        lambda: words.trend_words(Fraction(2), -4.0, 8.0, ""),
        "thay đổi 2 (−4 đến 8): chưa đủ lượt để nói",
    ),
    "false alarms": (
        words.false_alarms_note,
        "Khoảng 1/10 chi nhánh được nêu có thể là báo động nhầm.",
    ),
    "low coverage": (
        lambda: gettext("Only %(share)s of the weight could be assessed", share="41 %"),
        "Chỉ chấm được 41 % trọng số",
    ),
    "order by means": (words.luck_note, "thứ tự có thể do may rủi"),
}


@pytest.mark.parametrize(("made", "wording"), WORDINGS.values(), ids=WORDINGS)
def test_the_wording_is_that_of_the_design(app, made, wording):
    with app.test_request_context():
        assert made() == wording


def said(app, macro, **values):
    """What a macro of the scorecard's words says, without marks."""
    source = "{% import 'reports/_scorecard_words.html' as say with context %}{{ " + macro + " }}"
    with app.test_request_context():
        return re.sub(r"<[^>]+>", "", render_template_string(source, **values)).strip()


def test_the_sentence_of_a_visit(app):
    lost = SimpleNamespace(score="61,5", summary=SummaryView("40,5", 5, "38,5", "2,0"))
    assert said(app, "say.summary(view)", view=lost) == (
        "61,5 / 100 – mất 40,5 điểm ở 5 câu, cộng 2,0 điểm thưởng"
    )
    dropped = SimpleNamespace(score="59,5", summary=SummaryView("40,5", 5, "40,5", "", "8,4"))
    assert said(app, "say.summary(view)", view=dropped) == (
        "59,5 / 100 – mất 40,5 điểm ở 5 câu, trong đó 8,4 điểm vì câu điểm liệt"
    )


@pytest.mark.parametrize(
    ("change", "wording"),
    [
        (("up", "14", "8", "20"), "tăng 14 (8–20)"),
        (("unclear", "2", "−4", "8"), "thay đổi 2 (−4 đến 8): chưa đủ lượt để nói"),
        (("unclear", "0", "0", "0"), "không thay đổi"),
        (("too_few", "", "", ""), "chưa đủ lượt để so sánh"),
        (("no_range", "", "", ""), "chưa đủ lượt lặp lại để so sánh"),
    ],
)
def test_the_change_on_a_scorecard(app, change, wording):
    names = ("verdict", "difference", "low", "high")
    told = SimpleNamespace(**dict(zip(names, change, strict=True)))
    assert said(app, "say.change(change)", change=told) == wording
