"""What has lines of text: the slip of a till, photographed to have the money back, and a page on a screen."""

from audit.demo.painting.canvas import INK, WHITE, Canvas, darker, lighter
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


def contact(c: Canvas) -> None:
    """The contact page of a website on a phone, nobody's name or number on it."""
    c.fade((0, 0, c.w, c.h), (246, 248, 250), (232, 236, 240))
    c.rect((0, 0, c.w, 70 * c.u), (28, 32, 38))
    c.text((40 * c.u, 35 * c.u), c.facts["time"], 34, WHITE, 600, "lm")
    c.fade((0, 70 * c.u, c.w, 300 * c.u), lighter(c.colour, 0.12), darker(c.colour, 0.12))
    c.text((c.w / 2, 150 * c.u), c.facts["brand"], 58, WHITE, 700, "mm", c.w * 0.86)
    c.text((c.w / 2, 230 * c.u), "Liên hệ với chúng tôi", 40, WHITE, 400, "mm", c.w * 0.86)
    at, pale = 350 * c.u, lighter(c.colour, 0.75)
    cards = [
        (c.facts["place"], c.facts["address"]),
        ("Giờ hỗ trợ", c.facts["hours"]),
        ("Câu hỏi thường gặp", "Xem tất cả"),
    ]
    for title, told in cards:
        c.shadow((50 * c.u, at, c.w - 50 * c.u, at + 210 * c.u), 0.2, 10, 6)
        c.rect((50 * c.u, at, c.w - 50 * c.u, at + 210 * c.u), WHITE, (214, 220, 226), 18 * c.u)
        c.oval((86 * c.u, at + 60 * c.u, 176 * c.u, at + 150 * c.u), pale)
        c.text((210 * c.u, at + 76 * c.u), title, 44, INK, 700, "lm", c.w * 0.68)
        c.text((210 * c.u, at + 142 * c.u), told, 34, (84, 92, 100), 400, "lm", c.w * 0.68)
        at += 245 * c.u
    c.rect((50 * c.u, at + 10 * c.u, c.w - 50 * c.u, at + 120 * c.u), c.colour, None, 24 * c.u)
    c.text((c.w / 2, at + 65 * c.u), "Gửi yêu cầu tư vấn", 44, WHITE, 700, "mm")
    for _ in range(c.rng.randint(3, 5)):  # fingers have been here
        x, y = c.rng.uniform(0.1, 0.9) * c.w, c.rng.uniform(0.3, 0.95) * c.h
        c.shade([(x, y), (x + 70 * c.u, y + 20 * c.u), (x + 40 * c.u, y + 90 * c.u)], 0.08, 16)
