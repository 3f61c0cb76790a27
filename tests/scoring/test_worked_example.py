"""The example of docs/scoring.md as a table that can be checked with a calculator."""

import json
from fractions import Fraction
from pathlib import Path

from audit.scoring import display
from audit.scoring.visit import score

DATA = Path(__file__).parent.parent / "data"

# question            credit  possible     lost          shown
TABLE = """
anh_cua               -       0            0              0.0
chao                  1/2     2300/283     1150/283       4.1
gui_xe                -       0            0              0.0
bang_hieu             3/4     5600/283     1400/283       4.9
co_xep_hang           1       0            0              0.0
cho                   1/2     2900/283     1450/283       5.1
chuyen_mon            3/4     4600/283     1150/283       4.1
lang_nghe             1       3950/283     0              0.0
huong_giai_quyet      0       3950/283     6320/283      22.3
gia_khop              1       5000/283     0              0.0
tang_o                1       0            -2            -2.0
gioi_thieu            7/10    0            0              0.0
nhan_xet              -       0            0              0.0
"""


def test_worked_example() -> None:
    visit = json.loads((DATA / "visit.json").read_text(encoding="utf-8"))["vectors"][0]
    result = score(visit["checklist"], visit["answers"])

    rows = [
        [row["id"], row["credit"] or "-", row["possible"], row["lost"], row["lost_shown"]]
        for row in result["questions"]
    ]
    assert rows == [line.split() for line in TABLE.strip().splitlines()]
    assert (result["overall"], result["overall_shown"]) == ("17396/283", "61.5")
    assert result["coverage"] == "255/283"
    assert [display.tenths(row["score"]) for row in result["sections"][:2]] == ["67.7", "67.9"]
    assert result["sections"][2]["score"] is None


def test_one_decimal_half_away_from_zero() -> None:
    shown = {"61.47": "61.5", "0.05": "0.1", "-0.05": "-0.1", "0.04": "0.0", "-0.04": "0.0", "99.95": "100.0"}

    assert {number: display.tenths(number) for number in shown} == shown
    assert display.tenths(Fraction(1, 3)) == "0.3"
    assert [display.whole(number) for number in ("82.5", "-82.5", "82.49", "0")] == ["83", "-83", "82", "0"]
