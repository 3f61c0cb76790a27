"""The slip of a till, as it is photographed to have the money back."""

from audit.demo.painting.canvas import INK, Canvas, darker, lighter
from audit.demo.painting.close import TABLES, money


def slip(c: Canvas) -> None:
    """A slip on a table: the lines of `facts["lines"]` and their sum."""
    wood = c.near(c.rng.choice(TABLES))
    c.fade((0, 0, c.w, c.h), lighter(wood, 0.1), darker(wood, 0.18))
    lines = [line.split("\t") for line in c.facts.get("lines", "").split("|") if line]
    wide, tall = 560 * c.u, (520 + 96 * len(lines)) * c.u
    x = (c.w - wide) / 2 + c.rng.uniform(-60, 60) * c.u
    y = max(20 * c.u, (c.h - tall) / 2 + c.rng.uniform(-50, 50) * c.u)
    c.shadow((x, y, x + wide, y + tall), 0.45, 16, 10)
    c.fade((x, y, x + wide, y + tall), (250, 249, 245), (236, 234, 228))
    middle, left, right = x + wide / 2, x + 34 * c.u, x + wide - 34 * c.u
    c.text((middle, y + 62 * c.u), c.facts.get("head", c.facts["brand"]), 42, INK, 700, "mm", wide * 0.86)
    c.text((middle, y + 108 * c.u), c.facts["address"], 22, INK, 400, "mm", wide * 0.86)
    told = f"PHIẾU TÍNH TIỀN   {c.facts['day']}"
    c.text((middle, y + 146 * c.u), told, 22, INK, 400, "mm", wide * 0.86)
    at = y + 200 * c.u
    for name, price in lines:
        c.text((left, at), name, 26, INK, 400, "lm", wide * 0.86)
        c.text((left, at + 36 * c.u), "1 x", 24, INK, 400, "lm")
        c.text((right, at + 36 * c.u), money(int(price)), 28, INK, 600, "rm")
        at += 96 * c.u
    c.line([(left, at), (right, at)], (120, 120, 118), 2)
    total = money(sum(int(price) for _name, price in lines))
    c.text((left, at + 48 * c.u), "TỔNG CỘNG", 34, INK, 700, "lm")
    c.text((right, at + 48 * c.u), total, 40, INK, 700, "rm")
    c.text((left, at + 104 * c.u), "Tiền mặt", 24, INK, 400, "lm")
    c.text((right, at + 104 * c.u), total, 24, INK, 400, "rm")
    c.text((middle, at + 190 * c.u), "Xin cảm ơn và hẹn gặp lại", 24, INK, 400, "mm")
