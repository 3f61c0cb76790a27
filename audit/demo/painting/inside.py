"""Scenes indoors: hall, ticket machine, desk, till, aisle, floor, shelves. Nobody is in them."""

from audit.demo.painting.canvas import BLACK, INK, WHITE, Canvas, Colour, darker, lighter
from audit.demo.painting.close import GOODS, PACKS, money

FLOORS: tuple[Colour, ...] = ((206, 202, 192), (182, 184, 184), (216, 210, 200), (168, 160, 150))


def _room(c: Canvas, horizon: float) -> None:
    """Ceiling with lamps, wall, tiled floor."""
    wall = c.near((226, 222, 212))
    c.fade((0, 0, c.w, horizon), lighter(wall, 0.25), darker(wall, 0.05))
    c.fade((0, 0, c.w, c.h * 0.14), (206, 206, 204), (232, 232, 230))
    for place in range(4):
        x = c.w * (0.1 + 0.24 * place)
        c.shade(
            [
                (x, c.h * 0.03),
                (x + c.w * 0.13, c.h * 0.03),
                (x + c.w * 0.11, c.h * 0.075),
                (x + c.w * 0.02, c.h * 0.075),
            ],
            0.95,
            6,
            (255, 254, 246),
        )
    c.tiles(horizon, c.near(c.rng.choice(FLOORS)))


def hall(c: Canvas) -> None:
    """Counters with a number display, and the chairs in front of them from behind."""
    horizon = c.h * 0.58
    _room(c, horizon)
    c.rect((0, c.h * 0.17, c.w, c.h * 0.235), c.colour)
    c.text((c.w / 2, c.h * 0.203), c.facts["brand"], 40, WHITE, 700, "mm", c.w * 0.8)
    _display(c)
    counters = 4 if c.w > c.h else 3
    wide = c.w / counters
    for place in range(counters):
        _counter(c, wide * place, wide, horizon, place + 1)
    rows = c.rng.randint(1, 2)
    for row in range(rows):
        scale = 0.75 + 0.45 * (row + 1) / rows
        _chairs(c, c.h * (0.74 + 0.16 * row), scale)


def _display(c: Canvas) -> None:
    x, y, wide, tall = c.w * 0.36, c.h * 0.26, c.w * 0.28, c.h * 0.1
    c.shadow((x, y, x + wide, y + tall), 0.3, 10, 8)
    c.rect((x, y, x + wide, y + tall), (20, 22, 26), (80, 82, 86))
    number = f"{c.rng.choice('ABC')}{c.rng.randint(1, 180):03d}"
    c.text((x + wide * 0.28, y + tall / 2), number, 62, (255, 92, 70), 700, "mm", wide * 0.42)
    where = f"Quầy {c.rng.randint(1, 4)}"
    c.text((x + wide * 0.75, y + tall / 2), where, 34, (250, 210, 90), 600, "mm", wide * 0.36)


def _counter(c: Canvas, x: float, wide: float, horizon: float, number: int) -> None:
    top = horizon - c.h * 0.11
    c.shade(
        [
            (x, horizon + c.h * 0.1),
            (x + wide, horizon + c.h * 0.1),
            (x + wide, horizon + c.h * 0.14),
            (x, horizon + c.h * 0.14),
        ],
        0.35,
        10,
    )
    c.fade((x, top, x + wide, horizon + c.h * 0.11), (200, 178, 146), (146, 120, 90))
    c.rect((x, top - 12 * c.u, x + wide, top + 6 * c.u), (236, 232, 224))
    c.rect((x + wide - 5 * c.u, top - c.h * 0.08, x + wide, top), (176, 196, 200))
    screen = (x + wide * 0.3, top - c.h * 0.085, x + wide * 0.62, top - c.h * 0.015)
    c.rect(screen, (52, 54, 58), round_=5 * c.u)  # the monitor's back
    c.rect((x + wide * 0.44, top - c.h * 0.02, x + wide * 0.48, top - 10 * c.u), (52, 54, 58))
    plate = (x + wide * 0.34, horizon - c.h * 0.05, x + wide * 0.66, horizon + c.h * 0.01)
    c.rect(plate, c.colour, round_=4 * c.u)
    c.text((x + wide / 2, horizon - c.h * 0.02), f"{number}", 40, WHITE, 700, "mm")
    if c.rng.random() < 0.3:
        c.rect(
            (x + wide * 0.68, top - 62 * c.u, x + wide * 0.92, top - 12 * c.u),
            (250, 248, 240),
            (150, 150, 148),
        )
        c.text((x + wide * 0.8, top - 38 * c.u), "TẠM NGỪNG", 17, (176, 34, 30), 700, "mm", wide * 0.22)


def _chairs(c: Canvas, y: float, scale: float) -> None:
    tone = c.near(c.rng.choice(((70, 78, 88), (56, 96, 120), (128, 132, 136))), 8)
    wide = 170 * c.u * scale
    x = -wide * c.rng.uniform(0.2, 0.8)
    c.shade(
        [
            (0, y + 170 * c.u * scale),
            (c.w, y + 170 * c.u * scale),
            (c.w, y + 210 * c.u * scale),
            (0, y + 210 * c.u * scale),
        ],
        0.4,
        14,
    )
    c.rect((0, y + 150 * c.u * scale, c.w, y + 162 * c.u * scale), (150, 152, 154))
    while x < c.w:
        c.rect((x, y, x + wide * 0.9, y + 140 * c.u * scale), tone, darker(tone, 0.35), 16 * c.u * scale)
        c.rect(
            (x + 12 * c.u, y + 10 * c.u, x + wide * 0.9 - 12 * c.u, y + 26 * c.u * scale),
            lighter(tone, 0.2),
            round_=8 * c.u,
        )
        c.rect(
            (x + wide * 0.4, y + 160 * c.u * scale, x + wide * 0.46, y + 220 * c.u * scale), (110, 112, 114)
        )
        x += wide


def kiosk(c: Canvas) -> None:
    """A ticket machine that does not work."""
    _room(c, c.h * 0.7)
    wide, top, foot = 330 * c.u, c.h * 0.2, c.h * 0.9
    left = (c.w - wide) / 2 + c.rng.uniform(-120, 120) * c.u
    c.shadow((left, top, left + wide, foot), 0.4, 18, 16)
    c.fade((left, top, left + wide, foot), (236, 236, 234), (170, 172, 174))
    c.rect((left, top, left + wide, top + 70 * c.u), c.colour)
    c.text((left + wide / 2, top + 35 * c.u), "LẤY SỐ THỨ TỰ", 32, WHITE, 700, "mm", wide * 0.9)
    c.fade((left + 36 * c.u, top + 100 * c.u, left + wide - 36 * c.u, top + 330 * c.u), (30, 32, 36), BLACK)
    c.rect((left + 90 * c.u, top + 380 * c.u, left + wide - 90 * c.u, top + 396 * c.u), INK)
    x, y = left + 56 * c.u, top + 160 * c.u
    c.rect((x, y, x + 220 * c.u, y + 120 * c.u), (252, 250, 240))
    c.text((x + 110 * c.u, y + 44 * c.u), "MÁY HỎNG", 36, (176, 34, 30), 700, "mm")
    c.text((x + 110 * c.u, y + 88 * c.u), "Xin gặp bảo vệ", 22, INK, 400, "mm")


def desk(c: Canvas) -> None:
    """A writing desk whose trays are empty."""
    _room(c, c.h * 0.36)
    wood = c.near((156, 116, 80))
    c.poly([(c.w * 0.08, c.h * 0.42), (c.w * 0.92, c.h * 0.42), (c.w, c.h), (0, c.h)], wood)
    c.poly(
        [
            (c.w * 0.08, c.h * 0.42),
            (c.w * 0.92, c.h * 0.42),
            (c.w * 0.925, c.h * 0.45),
            (c.w * 0.075, c.h * 0.45),
        ],
        lighter(wood, 0.3),
    )
    for place, title in enumerate(("Giấy nộp tiền", "Ủy nhiệm chi", "Mở tài khoản")):
        x0 = c.w * (0.16 + 0.235 * place)
        box = (x0, c.h * 0.46, x0 + c.w * 0.2, c.h * 0.68)
        c.shadow(box, 0.4, 10, 10)
        c.rect(box, (206, 220, 224), (150, 160, 164))
        c.rect((box[0] + 14 * c.u, box[1] + 14 * c.u, box[2] - 14 * c.u, box[3] - 50 * c.u), (148, 158, 160))
        if place == 2:
            c.rect(
                (box[0] + 18 * c.u, box[1] + 22 * c.u, box[2] - 18 * c.u, box[3] - 56 * c.u), (248, 247, 240)
            )
        c.text(((box[0] + box[2]) / 2, box[3] - 24 * c.u), title, 25, INK, 600, "mm", c.w * 0.18)
    x, y = c.w * 0.3, c.h * 0.84
    c.line([(x, y), (x + 220 * c.u, y - 30 * c.u)], (28, 44, 104), 16)
    c.line(
        [(x + 220 * c.u, y - 30 * c.u), (x + 400 * c.u, y + 40 * c.u), (x + 560 * c.u, y - 90 * c.u)],
        (170, 172, 174),
        4,
    )


def till(c: Canvas) -> None:
    """A till: belt, screen towards the cashier, sweets, a mark on the floor where one queues."""
    horizon = c.h * 0.56
    _room(c, horizon)
    _shelves(c, (0, c.h * 0.16, c.w, horizon - c.h * 0.02), 3, 22)
    c.shade([(0, c.h * 0.14), (c.w, c.h * 0.14), (c.w, horizon), (0, horizon)], 0.28, 10, (236, 234, 226))
    top, foot = c.h * 0.52, c.h * 0.84
    left, right = c.w * 0.1, c.w * 0.86
    c.shade(
        [(left, foot), (right, foot), (right + 30 * c.u, foot + 44 * c.u), (left, foot + 44 * c.u)], 0.5, 16
    )
    c.fade((left, top, right, foot), lighter(c.colour, 0.15), darker(c.colour, 0.3))
    c.rect((left, top - 18 * c.u, right, top + 16 * c.u), (226, 226, 222))
    c.rect((left + 30 * c.u, top - 14 * c.u, left + (right - left) * 0.5, top + 6 * c.u), (46, 48, 50))
    c.text(
        ((left + right) / 2, (top + foot) / 2), c.facts["brand"], 56, WHITE, 700, "mm", (right - left) * 0.8
    )
    x = left + (right - left) * 0.66
    c.rect((x, top - 150 * c.u, x + 190 * c.u, top - 30 * c.u), (44, 46, 50), round_=8 * c.u)
    c.rect((x + 84 * c.u, top - 32 * c.u, x + 104 * c.u, top - 16 * c.u), (44, 46, 50))
    c.rect((x + 230 * c.u, top - 74 * c.u, x + 290 * c.u, top - 18 * c.u), (84, 88, 92), round_=8 * c.u)
    number = c.rng.randint(1, 6)
    c.rect((right - 110 * c.u, c.h * 0.2, right - 20 * c.u, c.h * 0.29), c.colour, round_=8 * c.u)
    c.text((right - 65 * c.u, c.h * 0.245), str(number), 62, WHITE, 700, "mm")
    c.oval((c.w * 0.3, c.h * 0.9, c.w * 0.62, c.h * 0.97), (244, 204, 66))
    c.text((c.w * 0.46, c.h * 0.935), "CHỜ TẠI ĐÂY", 36, INK, 700, "mm")


def aisle(c: Canvas) -> None:
    """A gangway between shelves with boxes in it."""
    middle, horizon = c.w / 2, c.h * 0.34
    _room(c, horizon)
    for side in (-1, 1):
        _side_shelf(c, middle, horizon, side)
    rows = c.rng.randint(3, 5)
    x, y = middle - c.rng.uniform(40, 240) * c.u, c.h * 0.86
    for place in range(rows):
        wide, tall = c.rng.uniform(210, 290) * c.u, c.rng.uniform(120, 170) * c.u
        left = x + c.rng.uniform(-30, 60) * c.u + (place % 2) * 150 * c.u
        top = y - (place // 2 + 1) * 150 * c.u
        carton = c.near((186, 146, 98))
        c.shadow((left, top, left + wide, top + tall), 0.4, 12, 12)
        c.fade((left, top, left + wide, top + tall), lighter(carton, 0.1), darker(carton, 0.14))
        c.rect((left + wide * 0.44, top, left + wide * 0.56, top + tall), lighter(carton, 0.3))
        c.text(
            (left + wide * 0.26, top + tall * 0.7),
            c.rng.choice(("24 hộp", "12 chai", "48 gói")),
            24,
            darker(carton, 0.6),
            600,
            "mm",
        )


def _side_shelf(c: Canvas, middle: float, horizon: float, side: int) -> None:
    """One side of the gangway, running towards the back."""
    steps, levels = 16, 5
    far, near = middle + side * c.w * 0.09, middle + side * c.w * 0.52
    back_top, back_foot, top, foot = horizon - c.h * 0.13, horizon + c.h * 0.06, -c.h * 0.1, c.h * 1.02
    c.poly([(far, back_top), (near, top), (near, foot), (far, back_foot)], (96, 92, 86))

    def at(depth: float, level: float) -> tuple[float, float]:
        x = far + (near - far) * depth**1.7
        share = depth**1.7
        high, low = back_top + (top - back_top) * share, back_foot + (foot - back_foot) * share
        return x, high + (low - high) * level

    for level in range(levels):
        for step in range(steps):
            d0, d1 = step / steps, (step + 0.9) / steps
            l0, l1 = (level + c.rng.uniform(0.15, 0.35)) / levels, (level + 0.86) / levels
            tone = darker(c.near(c.rng.choice(PACKS), 20), 0.3 * (1 - d1))
            c.poly([at(d0, l0), at(d1, l0), at(d1, l1), at(d0, l1)], tone)
        c.poly(
            [
                at(0, (level + 0.87) / levels),
                at(1, (level + 0.87) / levels),
                at(1, (level + 0.94) / levels),
                at(0, (level + 0.94) / levels),
            ],
            (222, 220, 214),
        )


def floor(c: Canvas) -> None:
    """Tiles with a stain or a puddle."""
    c.fade((0, 0, c.w, c.h * 0.2), (92, 88, 82), (140, 134, 126))
    c.tiles(c.h * 0.18, c.near(c.rng.choice(FLOORS)), 6)
    wet = c.rng.random() < 0.5
    for _ in range(c.rng.randint(2, 4)):
        x, y = c.rng.uniform(0.2, 0.75) * c.w, c.rng.uniform(0.4, 0.8) * c.h
        points = []
        for corner in range(14):
            angle = corner / 14 * 6.283
            reach = c.rng.uniform(60, 170) * c.u
            from_x = 1.6 * reach * _cos(angle)
            points.append((x + from_x, y + 0.5 * reach * _cos(angle - 1.571)))
        c.shade(points, 0.4 if wet else 0.55, 6, (70, 84, 92) if wet else (92, 66, 40))
        if wet:
            c.shade([(px + 14 * c.u, py - 8 * c.u) for px, py in points[7:]], 0.45, 9, WHITE)
    for _ in range(c.rng.randint(10, 30)):
        x, y, size = c.rng.uniform(0.1, 0.9) * c.w, c.rng.uniform(0.35, 0.95) * c.h, c.rng.uniform(2, 8) * c.u
        c.oval((x, y, x + size * 1.6, y + size), c.near((110, 92, 70), 25))
    if c.rng.random() < 0.3:
        x, y = c.w * 0.72, c.h * 0.3
        c.shadow((x, y, x + 150 * c.u, y + 250 * c.u), 0.4, 12, 12)
        c.poly(
            [(x + 55 * c.u, y), (x + 95 * c.u, y), (x + 150 * c.u, y + 250 * c.u), (x, y + 250 * c.u)],
            (242, 200, 40),
        )
        c.text((x + 75 * c.u, y + 160 * c.u), "SÀN ƯỚT", 26, INK, 700, "mm")


def _cos(angle: float) -> float:
    """Good enough for a puddle."""
    turned = (angle + 3.14159) % 6.28318 - 3.14159
    return 1 - abs(turned) / 1.5708


def shelf(c: Canvas) -> None:
    """Shelves full of goods, a price below each."""
    _shelves(c, (0, 0, c.w, c.h), 4 if c.h > c.w else 3, 7)


def bare_shelf(c: Canvas) -> None:
    """Shelves where prices are missing."""
    _shelves(c, (0, 0, c.w, c.h), 4 if c.h > c.w else 3, 7, missing=0.5)


def _shelves(
    c: Canvas, box: tuple[float, float, float, float], rows: int, across: int, missing: float = 0.0
) -> None:
    x0, y0, x1, y1 = box
    c.fade(box, (84, 78, 72), (54, 50, 46))
    tall = (y1 - y0) / rows
    wide = (x1 - x0) / across
    for row in range(rows):
        foot = y0 + tall * (row + 1) - tall * 0.2
        at = x0
        while at < x1:
            tone, size = c.near(c.rng.choice(PACKS), 22), c.rng.choice((0.8, 1.0, 1.3)) * wide
            kind, high = c.rng.random(), c.rng.uniform(0.5, 0.7) * tall
            for copy in range(c.rng.randint(1, 3)):
                left = at + copy * size * 0.5
                if left < x1:
                    _pack(c, (left, foot - high, min(x1, left + size * 0.47), foot), tone, kind)
            at += size * 0.5 * (copy + 1) + 4 * c.u
        c.fade((x0, foot, x1, foot + tall * 0.05), (240, 238, 232), (190, 188, 182))
        c.fade((x0, foot + tall * 0.05, x1, foot + tall * 0.19), (214, 212, 206), (174, 172, 166))
        c.shade(
            [
                (x0, foot + tall * 0.2),
                (x1, foot + tall * 0.2),
                (x1, foot + tall * 0.3),
                (x0, foot + tall * 0.3),
            ],
            0.4,
            8,
        )
        if across < 12:
            _tags(c, x0, x1, foot + tall * 0.055, tall * 0.13, missing)


def _pack(c: Canvas, box: tuple[float, float, float, float], tone: Colour, kind: float) -> None:
    x0, y0, x1, y1 = box
    if kind < 0.45:  # a carton
        c.fade(box, lighter(tone, 0.18), darker(tone, 0.18))
        c.rect((x0, y0, x0 + (x1 - x0) * 0.08, y1), darker(tone, 0.25))
        c.rect(
            (x0 + (x1 - x0) * 0.18, y0 + (y1 - y0) * 0.2, x1 - (x1 - x0) * 0.1, y0 + (y1 - y0) * 0.5),
            lighter(tone, 0.7),
        )
        return
    neck = (y1 - y0) * 0.16  # a bottle
    middle, half = (x0 + x1) / 2, (x1 - x0) * 0.18
    c.rect((middle - half, y0, middle + half, y0 + neck), lighter(tone, 0.6))
    c.rect((x0, y0 + neck, x1, y1), tone, darker(tone, 0.3), 10 * c.u)
    c.rect(
        (x0 + 3 * c.u, y0 + neck + (y1 - y0) * 0.2, x1 - 3 * c.u, y1 - (y1 - y0) * 0.2), lighter(tone, 0.78)
    )
    c.rect(
        (x0 + (x1 - x0) * 0.12, y0 + neck + 6 * c.u, x0 + (x1 - x0) * 0.2, y1 - 8 * c.u), lighter(tone, 0.4)
    )


def _tags(c: Canvas, x0: float, x1: float, y: float, tall: float, missing: float) -> None:
    wide = tall * 2.3
    x = x0 + c.rng.uniform(0.1, 0.5) * wide
    while x < x1:
        if c.rng.random() >= missing:
            _name, price = c.rng.choice(GOODS)
            sale = c.rng.random() < 0.2
            c.rect((x, y, x + wide, y + tall), (250, 226, 90) if sale else (252, 251, 246), (150, 148, 142))
            c.rect((x + 4 * c.u, y + 4 * c.u, x + wide * 0.6, y + 9 * c.u), (120, 120, 118))
            c.text(
                (x + wide / 2, y + tall * 0.6),
                money(price),
                tall / c.u * 0.48,
                (180, 28, 30) if sale else INK,
                700,
                "mm",
                wide * 0.92,
            )
        x += wide * c.rng.uniform(1.4, 2.1)
