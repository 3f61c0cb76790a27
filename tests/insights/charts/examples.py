"""Rows for charts, small enough to be read."""

from fractions import Fraction

from audit.insights.charts.dots import Dot
from audit.insights.charts.gaps import Gap
from audit.insights.charts.heat import Cell, Row
from audit.insights.charts.trend import Point

DOTS = [
    Dot(
        "Hoàn Kiếm", "HK", Fraction(250, 3), 78.2, 88.4, 4, "83 (78–88) · 4 lượt", "83 · 4 lượt", flag="above"
    ),
    Dot("Nguyễn Huệ", "NH", Fraction(61), 50.0, 72.0, 3, "61 (50–72) · 3 lượt", "61 · 3 lượt", flag="below"),
    Dot("Ninh Kiều", "NK", Fraction(70), None, None, 1, "70 · 1 lượt", "70 · 1 lượt", sure=False),
]
FACTORS = ["Xử lý tình huống", "Thái độ, chuyên môn", "Tốc độ"]
ROWS = [
    Row("Hoàn Kiếm", "HK", 4, [Cell(Fraction(839, 10), 4), Cell(Fraction(119, 2), 4), Cell(Fraction(12), 2)]),
    Row("Ninh Kiều", "NK", 1, [Cell(Fraction(100), 1), Cell(None, 0), Cell(Fraction(0), 1)]),
]
POINTS = [
    Point("Quý 1", Fraction(60), 50.0, 70.0, 3, Fraction(66)),
    Point("Quý 2", None, None, None, 0, Fraction(67)),
    Point("Quý 3", Fraction(75), 65.0, 85.0, 3, Fraction(68), joined=False),
]
GAPS = [
    Gap("12. Được chào ngay", 2.5, 2.0, 3.0, True, "2,5 (2,0–3,0; 35 và 20 lượt)", "2,5 (35 + 20)"),
    Gap("3. Giữ trật tự", -0.5, -1.5, 0.5, False, "−0,5 (−1,5 đến 0,5; 30 và 25 lượt)", "−0,5 (30 + 25)"),
]
