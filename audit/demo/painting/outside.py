"""Scenes at the door: the front, its shutter, opening hours, cash machines, litter, a poster."""

from audit.demo.painting.canvas import BLACK, INK, WHITE, Canvas, Colour, darker, lighter, mixed

WALLS: tuple[Colour, ...] = (
    (214, 206, 190),
    (196, 200, 204),
    (222, 214, 204),
    (188, 178, 164),
    (205, 212, 206),
)
SKIES: tuple[tuple[Colour, Colour], ...] = (
    ((126, 172, 214), (208, 226, 238)),
    ((168, 182, 194), (214, 218, 220)),
    ((104, 156, 210), (226, 220, 204)),
)
AWNINGS: tuple[Colour, ...] = ((176, 64, 52), (64, 112, 84), (214, 162, 60), (70, 84, 120))


def front(c: Canvas) -> None:
    """The house front from across the street: sign, panes, door, pavement."""
    _street(c)
    left, right, top, foot = _house(c)
    _sign(c, left, right, top)
    pane_top = top + (foot - top) * 0.44
    _windows(c, left, right, top)
    _panes(c, left, right, pane_top, foot)
    _doorstep(c, left, right, foot)


def shutter(c: Canvas) -> None:
    """The same front, closed."""
    _street(c)
    left, right, top, foot = _house(c)
    _sign(c, left, right, top)
    _windows(c, left, right, top)
    shut = top + (foot - top) * 0.42
    c.rect((left, shut, right, foot), (150, 154, 158))
    y = shut
    while y < foot:
        c.rect((left, y, right, y + 5 * c.u), (172, 176, 180))
        c.rect((left, y + 11 * c.u, right, y + 14 * c.u), (112, 116, 120))
        y += 17 * c.u
    x, y = (left + right) / 2 - 80 * c.u, shut + (foot - shut) * 0.35
    c.rect((x, y, x + 160 * c.u, y + 120 * c.u), (246, 244, 236))
    c.text((x + 80 * c.u, y + 20 * c.u), "THÔNG BÁO", 22, INK, 700, "ma")
    c.text((x + 80 * c.u, y + 56 * c.u), "Hôm nay nghỉ", 20, INK, 400, "ma")
    _doorstep(c, left, right, foot)


def _street(c: Canvas) -> None:
    high, low = c.rng.choice(SKIES)
    c.fade((0, 0, c.w, c.h * 0.5), high, low)
    ground = c.near((142, 138, 132))
    c.tiles(c.h * 0.78, ground, 11, 0.14)
    c.rect((0, c.h * 0.93, c.w, c.h), c.near((86, 86, 88), 8))
    c.rect((0, c.h * 0.925, c.w, c.h * 0.94), (176, 174, 168))
    for side in (0, 1):  # the neighbours
        wall = c.near(c.rng.choice(WALLS), 20)
        x0, x1 = (0.0, c.w * 0.16) if side == 0 else (c.w * 0.84, float(c.w))
        roof = c.h * c.rng.uniform(0.03, 0.16)
        c.fade((x0, roof, x1, c.h * 0.8), wall, darker(wall, 0.18))
        for row in range(4):
            y = roof + c.h * (0.06 + 0.16 * row)
            c.rect((x0 + 0.3 * (x1 - x0), y, x0 + 0.75 * (x1 - x0), y + c.h * 0.09), darker(wall, 0.5))


def _house(c: Canvas) -> tuple[float, float, float, float]:
    left, right = c.w * c.rng.uniform(0.08, 0.13), c.w * c.rng.uniform(0.87, 0.92)
    top, foot = c.h * c.rng.uniform(0.02, 0.08), c.h * 0.8
    wall = c.near(c.rng.choice(WALLS))
    c.shadow((left, top, right, foot), 0.3, 18, 12)
    c.fade((left, top, right, foot), lighter(wall, 0.1), darker(wall, 0.12))
    return left, right, top, foot


def _sign(c: Canvas, left: float, right: float, top: float) -> None:
    y0, y1 = top + c.h * 0.2, top + c.h * 0.33
    c.shadow((left - 8 * c.u, y0, right + 8 * c.u, y1), 0.4, 10, 8)
    c.fade((left - 8 * c.u, y0, right + 8 * c.u, y1), lighter(c.colour, 0.12), darker(c.colour, 0.12))
    c.rect((left - 8 * c.u, y1 - 8 * c.u, right + 8 * c.u, y1), lighter(c.colour, 0.55))
    size, middle = (y1 - y0) * 0.26, (y0 + y1) / 2 - 6 * c.u
    _logo(c, left + 60 * c.u, middle, size)
    room = right - left - 170 * c.u
    c.text((left + 130 * c.u, middle - 18 * c.u), c.facts["brand"], 74, WHITE, 700, "lm", room)
    c.text(
        (left + 132 * c.u, middle + 36 * c.u), c.facts["place"], 27, lighter(c.colour, 0.75), 400, "lm", room
    )


def _logo(c: Canvas, x: float, y: float, size: float) -> None:
    if c.facts["kind"] == "bank":  # a four-pointed star
        thin = size * 0.26
        c.poly(
            [
                (x, y - size),
                (x + thin, y - thin),
                (x + size, y),
                (x + thin, y + thin),
                (x, y + size),
                (x - thin, y + thin),
                (x - size, y),
                (x - thin, y - thin),
            ],
            (250, 214, 92),
        )
        return
    for shift in (-0.55, 0.55, 0.0):  # a lotus
        box = (
            x + size * (shift - 0.42),
            y - size * (0.9 - abs(shift) * 0.5),
            x + size * (shift + 0.42),
            y + size * 0.7,
        )
        c.oval(box, (252, 214, 226) if shift else (255, 240, 244))


def _windows(c: Canvas, left: float, right: float, top: float) -> None:
    count = c.rng.randint(3, 5)
    wide = (right - left) / count
    tint = c.near((96, 118, 132))
    for place in range(count):
        x = left + wide * place
        box = (x + wide * 0.15, top + c.h * 0.03, x + wide * 0.85, top + c.h * 0.17)
        c.rect((box[0] - 5 * c.u, box[1] - 5 * c.u, box[2] + 5 * c.u, box[3] + 5 * c.u), (232, 232, 228))
        c.fade(box, lighter(tint, 0.3), darker(tint, 0.25))
        c.line([((box[0] + box[2]) / 2, box[1]), ((box[0] + box[2]) / 2, box[3])], (220, 220, 216), 5)


def _panes(c: Canvas, left: float, right: float, top: float, foot: float) -> None:
    if c.facts["kind"] == "retail":
        awning = c.rng.choice(AWNINGS)
        c.poly(
            [
                (left, top),
                (right, top),
                (right + 20 * c.u, top + 50 * c.u),
                (left - 20 * c.u, top + 50 * c.u),
            ],
            awning,
        )
        stripes = 16
        for place in range(0, stripes, 2):
            x0, x1 = (left + (right - left) * (place + part) / stripes for part in (0, 1))
            c.poly([(x0, top), (x1, top), (x1, top + 50 * c.u), (x0, top + 50 * c.u)], lighter(awning, 0.7))
        top += 50 * c.u
    count = c.rng.choice((4, 5, 6))
    door = c.rng.randint(1, count - 2)
    wide = (right - left) / count
    frame = c.rng.choice(((58, 62, 66), (190, 194, 196), darker(c.colour, 0.3)))
    tint = c.near((92, 110, 116))
    for place in range(count):
        x0, x1 = left + wide * place, left + wide * (place + 1)
        c.rect((x0, top, x1, foot), frame)
        box = (x0 + 8 * c.u, top + 10 * c.u, x1 - 8 * c.u, foot - (6 if place == door else 60) * c.u)
        c.glass(box, lighter(tint, 0.16) if place == door else tint)
        _behind(c, box, place == door)
        if place == door:
            c.rect(
                (x1 - 30 * c.u, (top + foot) / 2, x1 - 22 * c.u, (top + foot) / 2 + 110 * c.u),
                (208, 208, 204),
            )


def _behind(c: Canvas, box: tuple[float, float, float, float], is_door: bool) -> None:
    """What shines through a pane: lamps, a poster, goods."""
    x0, y0, x1, y1 = box
    for _ in range(3):
        x = c.rng.uniform(x0 + 10 * c.u, max(x0 + 11 * c.u, x1 - 50 * c.u))
        c.shade(
            [
                (x, y0 + 26 * c.u),
                (x + 40 * c.u, y0 + 26 * c.u),
                (x + 40 * c.u, y0 + 36 * c.u),
                (x, y0 + 36 * c.u),
            ],
            0.8,
            5,
            (255, 250, 226),
        )
    if is_door:
        c.text(((x0 + x1) / 2, y0 + (y1 - y0) * 0.4), "ĐẨY", 20, WHITE, 600, "mm")
        return
    if c.rng.random() < 0.6:
        wide, tall = (x1 - x0) * 0.6, (y1 - y0) * 0.5
        x, y = x0 + (x1 - x0) * 0.2, y0 + (y1 - y0) * 0.25
        tone = c.rng.choice((c.colour, (232, 170, 60), (76, 140, 110), (222, 222, 214)))
        c.fade((x, y, x + wide, y + tall), lighter(tone, 0.3), tone)
        words = (
            ("Lãi suất tốt", "Mở thẻ 5 phút") if c.facts["kind"] == "bank" else ("Giảm 20%", "Mua 2 tặng 1")
        )
        ink = WHITE if sum(tone) < 480 else INK
        c.text((x + wide / 2, y + tall * 0.3), c.rng.choice(words), 30, ink, 700, "mm", wide * 0.9)
        for row in range(3):
            c.rect(
                (
                    x + wide * 0.2,
                    y + tall * (0.55 + 0.1 * row),
                    x + wide * 0.8,
                    y + tall * (0.58 + 0.1 * row),
                ),
                mixed(tone, ink, 0.5),
            )


def _doorstep(c: Canvas, left: float, right: float, foot: float) -> None:
    c.shade(
        [
            (left, foot),
            (right, foot),
            (right + 30 * c.u, foot + 30 * c.u),
            (left - 30 * c.u, foot + 30 * c.u),
        ],
        0.45,
        10,
    )
    for x in (left + 30 * c.u, right - 70 * c.u):
        if c.rng.random() < 0.75:
            _plant(c, x, foot + 22 * c.u)


def _plant(c: Canvas, x: float, foot: float) -> None:
    leaf = c.near((58, 104, 62))
    for _ in range(26):
        dx, dy = c.rng.gauss(20, 20) * c.u, c.rng.uniform(60, 150) * c.u
        size = c.rng.uniform(10, 20) * c.u
        c.oval(
            (x + dx - size, foot - dy - size * 0.6, x + dx + size, foot - dy + size * 0.6), c.near(leaf, 22)
        )
    c.poly(
        [(x, foot - 62 * c.u), (x + 44 * c.u, foot - 62 * c.u), (x + 36 * c.u, foot), (x + 8 * c.u, foot)],
        c.near((150, 92, 66)),
    )


def hours(c: Canvas) -> None:
    """A sheet with opening hours on a door of glass."""
    c.glass((0, 0, c.w, c.h), c.near((96, 116, 122)))
    c.rect((0, 0, 46 * c.u, c.h), (70, 74, 78))
    for _ in range(26):  # marks of hands
        x, y, size = c.rng.uniform(0, c.w), c.rng.uniform(c.h * 0.4, c.h), c.rng.uniform(14, 40) * c.u
        c.shade([(x, y), (x + size, y - size * 0.4), (x + size * 1.2, y + size)], 0.12, 8, WHITE)
    wide, tall = 640 * c.u, 620 * c.u
    x, y = (c.w - wide) / 2 + c.rng.uniform(-60, 60) * c.u, (c.h - tall) / 2
    c.shadow((x, y, x + wide, y + tall), 0.35, 16, 10)
    c.fade((x, y, x + wide, y + tall), (250, 249, 245), (236, 235, 230))
    c.rect((x, y, x + wide, y + 110 * c.u), c.colour)
    title = "GIỜ LÀM VIỆC" if c.facts["kind"] == "bank" else "GIỜ MỞ CỬA"
    c.text((x + wide / 2, y + 55 * c.u), title, 54, WHITE, 700, "mm")
    parts = [part.strip() for part in c.facts["hours"].split(";")]
    for row, part in enumerate(parts):
        c.text((x + wide / 2, y + (220 + 90 * row) * c.u), part, 42, INK, 600, "mm", wide * 0.9)
    c.text((x + wide / 2, y + 420 * c.u), c.facts["brand"], 34, darker(c.colour, 0.1), 700, "mm", wide * 0.9)
    c.text((x + wide / 2, y + 480 * c.u), c.facts["address"], 26, INK, 400, "mm", wide * 0.9)
    for at in ((x + 30 * c.u, y - 18 * c.u), (x + wide - 100 * c.u, y + tall - 18 * c.u)):
        c.shade(
            [at, (at[0] + 70 * c.u, at[1]), (at[0] + 70 * c.u, at[1] + 36 * c.u), (at[0], at[1] + 36 * c.u)],
            0.5,
            1,
            (232, 224, 188),
        )


def atm(c: Canvas) -> None:
    """A corner with cash machines, one of them out of service."""
    wall = c.near((206, 210, 212))
    c.fade((0, 0, c.w, c.h * 0.8), lighter(wall, 0.2), darker(wall, 0.1))
    c.tiles(c.h * 0.8, c.near((150, 146, 140)), 8)
    c.rect((0, c.h * 0.05, c.w, c.h * 0.16), c.colour)
    c.text((c.w / 2, c.h * 0.105), f"ATM  ·  {c.facts['brand']}", 58, WHITE, 700, "mm", c.w * 0.8)
    count = 2 if c.w > c.h else 1
    broken = c.rng.randrange(count)
    for place in range(count):
        middle = c.w * (place + 1) / (count + 1)
        _machine(c, middle, place == broken)


def _machine(c: Canvas, middle: float, broken: bool) -> None:
    wide, top, foot = 300 * c.u, c.h * 0.24, c.h * 0.86
    left, right = middle - wide / 2, middle + wide / 2
    c.shadow((left, top, right, foot), 0.4, 16, 14)
    c.fade((left, top, right, foot), (176, 182, 188), (120, 126, 132))
    c.rect((left, top, right, top + 60 * c.u), c.colour)
    c.text((middle, top + 30 * c.u), "ATM", 40, WHITE, 700, "mm")
    screen = (left + 46 * c.u, top + 90 * c.u, right - 46 * c.u, top + 270 * c.u)
    c.fade(screen, (24, 26, 30) if broken else (70, 130, 176), (10, 12, 14) if broken else (36, 84, 130))
    if not broken:
        c.text((middle, top + 160 * c.u), "Mời đưa thẻ vào", 24, WHITE, 600, "mm")
    for row in range(4):
        for column in range(3):
            x, y = left + (84 + 46 * column) * c.u, top + (330 + 34 * row) * c.u
            c.rect((x, y, x + 36 * c.u, y + 24 * c.u), (206, 208, 208), (90, 92, 94))
    c.rect((right - 96 * c.u, top + 330 * c.u, right - 40 * c.u, top + 346 * c.u), BLACK)
    c.rect((left + 60 * c.u, foot - 70 * c.u, right - 60 * c.u, foot - 46 * c.u), (26, 28, 30))
    if broken:
        y = top + 130 * c.u
        c.rect((middle - 120 * c.u, y, middle + 120 * c.u, y + 130 * c.u), (250, 246, 226))
        c.text((middle, y + 40 * c.u), "MÁY TẠM NGỪNG", 27, (176, 34, 30), 700, "mm")
        c.text((middle, y + 84 * c.u), "PHỤC VỤ", 27, (176, 34, 30), 700, "mm")


def litter(c: Canvas) -> None:
    """Boxes and cups on the pavement beside a door."""
    c.fade((0, 0, c.w, c.h * 0.35), c.near((170, 166, 158)), (120, 116, 110))
    c.rect((c.w * 0.62, 0, c.w, c.h * 0.36), (64, 70, 74))
    c.glass((c.w * 0.64, 0, c.w, c.h * 0.34), (104, 122, 126))
    c.tiles(c.h * 0.36, c.near((152, 144, 136)), 6, 0.22)
    for _ in range(c.rng.randint(3, 4)):
        x, y = c.rng.uniform(0.06, 0.7) * c.w, c.rng.uniform(0.4, 0.72) * c.h
        wide, tall = c.rng.uniform(140, 260) * c.u, c.rng.uniform(90, 160) * c.u
        c.shadow((x, y + tall * 0.5, x + wide, y + tall), 0.5, 12, 12)
        carton = c.near((178, 138, 92))
        c.poly(
            [(x, y), (x + wide, y - 16 * c.u), (x + wide * 1.1, y + tall), (x + 8 * c.u, y + tall)], carton
        )
        c.poly(
            [(x, y), (x + wide, y - 16 * c.u), (x + wide * 0.92, y - 60 * c.u), (x - 20 * c.u, y - 44 * c.u)],
            darker(carton, 0.2),
        )
    for _ in range(c.rng.randint(3, 6)):
        x, y = c.rng.uniform(0.1, 0.9) * c.w, c.rng.uniform(0.5, 0.92) * c.h
        c.shadow((x, y, x + 44 * c.u, y + 60 * c.u), 0.4, 8, 8)
        c.poly(
            [(x, y), (x + 48 * c.u, y), (x + 38 * c.u, y + 70 * c.u), (x + 10 * c.u, y + 70 * c.u)],
            c.rng.choice(((236, 236, 232), (214, 232, 226), (240, 214, 180))),
        )
        c.oval((x, y - 8 * c.u, x + 48 * c.u, y + 8 * c.u), (206, 204, 198))


def poster(c: Canvas) -> None:
    """An offer that ended some time ago."""
    wall = c.near(c.rng.choice(WALLS))
    c.fade((0, 0, c.w, c.h), lighter(wall, 0.15), darker(wall, 0.15))
    wide, tall = 560 * c.u, 800 * c.u
    x, y = (c.w - wide) / 2 + c.rng.uniform(-70, 70) * c.u, (c.h - tall) / 2
    c.shadow((x, y, x + wide, y + tall), 0.4, 16, 14)
    tone = c.rng.choice((c.colour, (206, 86, 40), (40, 110, 96)))
    c.fade((x, y, x + wide, y + tall), lighter(tone, 0.35), darker(tone, 0.2))
    bank = c.facts["kind"] == "bank"
    c.text((x + wide / 2, y + 120 * c.u), "ƯU ĐÃI LỚN", 72, WHITE, 700, "mm")
    c.oval((x + 120 * c.u, y + 210 * c.u, x + 440 * c.u, y + 530 * c.u), (252, 222, 96))
    c.text((x + wide / 2, y + 340 * c.u), "+0,5%" if bank else "−30%", 92, (170, 30, 30), 700, "mm")
    c.text((x + wide / 2, y + 430 * c.u), "lãi suất" if bank else "cả nhóm hàng", 34, INK, 600, "mm")
    c.text(
        (x + wide / 2, y + 610 * c.u),
        f"Áp dụng đến hết ngày {c.facts['ended']}",
        36,
        WHITE,
        600,
        "mm",
        wide * 0.9,
    )
    c.text((x + wide / 2, y + 720 * c.u), c.facts["brand"], 34, WHITE, 700, "mm", wide * 0.9)
    c.poly([(x + wide, y), (x + wide - 70 * c.u, y), (x + wide, y + 90 * c.u)], lighter(wall, 0.4))
