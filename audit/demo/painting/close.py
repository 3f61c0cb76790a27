"""Scenes from near: interest rates, a price tag, a receipt, a date on a package."""

from audit.demo.painting.canvas import INK, WHITE, Canvas, Colour, darker, lighter

RATES = (
    ("1 tháng", 21),
    ("3 tháng", 25),
    ("6 tháng", 36),
    ("9 tháng", 37),
    ("12 tháng", 46),
    ("24 tháng", 49),
)
GOODS = (
    ("Sữa tắm dịu nhẹ 500 ml", 129_000),
    ("Dầu gội bồ kết 650 g", 142_000),
    ("Kem đánh răng 200 g", 39_000),
    ("Trà lài 100 g", 56_000),
    ("Mì trứng gói 400 g", 28_500),
    ("Nước rửa chén 750 ml", 33_000),
    ("Khăn giấy hộp 180 tờ", 24_000),
    ("Bánh quy bơ 300 g", 61_000),
)
TABLES: tuple[Colour, ...] = ((150, 112, 78), (206, 202, 194), (96, 82, 70), (182, 158, 126))


def money(amount: int) -> str:
    """129.000 ₫, as shops print it."""
    return f"{amount:,} ₫".replace(",", ".")


def rates(c: Canvas) -> None:
    """A board with the interest rates of deposits."""
    wall = c.near((214, 212, 206))
    c.fade((0, 0, c.w, c.h), lighter(wall, 0.15), darker(wall, 0.12))
    wide, tall = c.w * 0.74, c.h * 0.8
    x, y = (c.w - wide) / 2, (c.h - tall) / 2
    c.shadow((x, y, x + wide, y + tall), 0.4, 18, 14)
    dark = c.rng.random() < 0.45
    paper, ink = ((22, 30, 38), (240, 214, 110)) if dark else ((248, 248, 244), INK)
    c.rect((x - 14 * c.u, y - 14 * c.u, x + wide + 14 * c.u, y + tall + 14 * c.u), (176, 178, 180))
    c.fade((x, y, x + wide, y + tall), paper, darker(paper, 0.06))
    c.rect((x, y, x + wide, y + 150 * c.u), c.colour)
    c.text((x + wide / 2, y + 54 * c.u), c.facts["brand"], 44, WHITE, 700, "mm", wide * 0.9)
    c.text(
        (x + wide / 2, y + 112 * c.u), "LÃI SUẤT TIỀN GỬI TIẾT KIỆM (%/năm)", 32, WHITE, 600, "mm", wide * 0.9
    )
    step = (tall - 230 * c.u) / len(RATES)
    shift = c.rng.choice((0, 1, 2))
    for row, (term, rate) in enumerate(RATES):
        top = y + 160 * c.u + row * step
        if row % 2 and not dark:
            c.rect((x, top, x + wide, top + step), darker(paper, 0.06))
        c.text((x + wide * 0.1, top + step / 2), term, 46, ink, 400, "lm")
        shown = f"{(rate + shift) / 10:.1f}".replace(".", ",")
        c.text((x + wide * 0.9, top + step / 2), shown, 50, ink, 700, "rm")
    note = f"Cập nhật: {c.facts['day']}"
    c.text((x + wide * 0.1, y + tall - 34 * c.u), note, 24, lighter(ink, 0.2), 400, "lm")
    _sheen(c, x, y, wide, tall)


def _sheen(c: Canvas, x: float, y: float, wide: float, tall: float) -> None:
    """A lamp mirrored in the surface."""
    at = x + c.rng.uniform(0.1, 0.7) * wide
    c.shade(
        [(at, y), (at + wide * 0.14, y), (at - wide * 0.1, y + tall), (at - wide * 0.2, y + tall)],
        0.2,
        30,
        WHITE,
    )


def tag(c: Canvas) -> None:
    """A price tag on the edge of a shelf."""
    name, price = c.rng.choice(GOODS)
    c.fade((0, 0, c.w, c.h * 0.5), (74, 66, 60), (120, 108, 98))
    x = -60 * c.u
    while x < c.w:
        wide, tone = c.rng.uniform(150, 230) * c.u, c.near(c.rng.choice(PACKS), 18)
        c.shadow((x, c.h * 0.02, x + wide, c.h * 0.47), 0.4, 12, 10)
        c.fade((x, c.h * 0.02, x + wide - 8 * c.u, c.h * 0.48), lighter(tone, 0.2), darker(tone, 0.2))
        c.rect((x + 20 * c.u, c.h * 0.18, x + wide - 28 * c.u, c.h * 0.3), lighter(tone, 0.75))
        x += wide
    c.fade((0, c.h * 0.48, c.w, c.h * 0.62), (206, 206, 202), (160, 160, 156))
    c.fade((0, c.h * 0.62, c.w, c.h), (58, 56, 54), (24, 24, 24))
    wide, tall = 620 * c.u, 300 * c.u
    x, y = (c.w - wide) / 2 + c.rng.uniform(-80, 80) * c.u, c.h * 0.5
    c.shadow((x, y, x + wide, y + tall), 0.5, 14, 12)
    c.fade((x, y, x + wide, y + tall), (252, 250, 240), (238, 234, 220))
    c.rect((x, y, x + wide, y + 46 * c.u), c.colour)
    c.text((x + 24 * c.u, y + 23 * c.u), c.facts["brand"], 28, WHITE, 700, "lm")
    c.text((x + 24 * c.u, y + 84 * c.u), name, 38, INK, 600, "lm", wide * 0.9)
    c.text((x + wide - 24 * c.u, y + 188 * c.u), money(price + 10_000), 108, (188, 30, 34), 700, "rm")
    _bars(c, x + 24 * c.u, y + 236 * c.u, 190 * c.u, 46 * c.u)


PACKS: tuple[Colour, ...] = (
    (204, 74, 60),
    (64, 120, 176),
    (236, 184, 62),
    (86, 150, 96),
    (226, 226, 220),
    (150, 96, 158),
    (232, 132, 60),
)


def _bars(c: Canvas, x: float, y: float, wide: float, tall: float) -> None:
    at = x
    while at < x + wide:
        thick = c.rng.choice((2, 3, 5)) * c.u
        c.rect((at, y, at + thick, y + tall), INK)
        at += thick + c.rng.choice((3, 4, 6)) * c.u


def receipt(c: Canvas) -> None:
    """A receipt on a table."""
    wood = c.near(c.rng.choice(TABLES))
    c.fade((0, 0, c.w, c.h), lighter(wood, 0.12), darker(wood, 0.15))
    for _ in range(40):
        y = c.rng.uniform(0, c.h)
        c.line([(0, y), (c.w, y + c.rng.uniform(-20, 20) * c.u)], c.near(wood, 10), c.rng.uniform(1, 4))
    wide, x = 520 * c.u, (c.w - 520 * c.u) / 2 + c.rng.uniform(-90, 90) * c.u
    top, foot = c.h * 0.03, c.h * 0.97
    lean = c.rng.uniform(-30, 30) * c.u
    c.shade(
        [
            (x, top + 20 * c.u),
            (x + wide + 20 * c.u, top + 20 * c.u),
            (x + wide + 24 * c.u + lean, foot + 10 * c.u),
            (x + lean, foot),
        ],
        0.5,
        14,
    )
    c.poly([(x, top), (x + wide, top), (x + wide + lean, foot), (x + lean, foot)], (244, 242, 236))
    middle, y = x + wide / 2 + lean * 0.2, top + 60 * c.u
    c.text((middle, y), c.facts["brand"], 40, INK, 700, "mm")
    c.text((middle, y + 46 * c.u), c.facts["address"], 22, INK, 400, "mm", wide * 0.9)
    c.text((middle, y + 82 * c.u), f"HÓA ĐƠN BÁN LẺ   {c.facts['day']} {c.facts['time']}", 22, INK, 400, "mm")
    y += 130 * c.u
    total, left, right = 0, x + 30 * c.u, x + wide - 30 * c.u
    for name, price in c.rng.sample(GOODS, c.rng.randint(3, 5)):
        total += price
        c.text((left + lean * 0.3, y), name, 25, INK, 400, "lm")
        c.text((right + lean * 0.3, y + 34 * c.u), money(price), 27, INK, 600, "rm")
        c.text((left + lean * 0.3, y + 34 * c.u), "1 x", 23, INK, 400, "lm")
        y += 84 * c.u
    c.line([(left + lean * 0.4, y), (right + lean * 0.4, y)], (120, 120, 118), 2)
    c.text((left + lean * 0.5, y + 44 * c.u), "TỔNG CỘNG", 34, INK, 700, "lm")
    c.text((right + lean * 0.5, y + 44 * c.u), money(total), 38, INK, 700, "rm")
    _bars(c, x + 140 * c.u + lean * 0.7, y + 120 * c.u, 240 * c.u, 60 * c.u)
    c.text((middle + lean * 0.6, y + 210 * c.u), "Cảm ơn quý khách!", 24, INK, 400, "mm")


def label(c: Canvas) -> None:
    """The date on a package."""
    tone = c.near(c.rng.choice(PACKS))
    c.fade((0, 0, c.w, c.h), lighter(tone, 0.25), darker(tone, 0.25))
    x, y, wide, tall = c.w * 0.14, c.h * 0.22, c.w * 0.72, c.h * 0.56
    c.rect((x, y, x + wide, y + tall), lighter(tone, 0.85), round_=24 * c.u)
    c.text((x + wide / 2, y + tall * 0.2), "SỮA CHUA CÓ ĐƯỜNG", 54, darker(tone, 0.3), 700, "mm", wide * 0.9)
    c.text((x + wide / 2, y + tall * 0.5), f"HSD {c.facts['stale']}", 92, INK, 700, "mm", wide * 0.9)
    c.text((x + wide / 2, y + tall * 0.72), "Xem trên nắp · Bảo quản 2–8 °C", 30, INK, 400, "mm", wide * 0.9)
