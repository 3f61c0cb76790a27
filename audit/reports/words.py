"""Numbers, dates and texts as a reader of either language expects them; pure, no application needed."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from audit.scoring.display import half_away

MINUS = "−"
NO_BREAK = " "

Number = Fraction | int | str


def number(value: Number, language: str, places: int = 1) -> str:
    """Write an exact number rounded once, half away from zero: "61,5" in Vietnamese, "61.5" in English."""
    scaled = half_away(Fraction(value) * 10**places)
    digits = str(abs(scaled)).rjust(places + 1, "0")
    whole, decimals = (digits[:-places], digits[-places:]) if places else (digits, "")
    mark = "," if language == "vi" else "."
    return f"{MINUS if scaled < 0 else ''}{whole}{mark + decimals if decimals else ''}"


def short(value: Number, language: str) -> str:
    """Write a number of at most one decimal, without a useless ",0": "4" or "7,5"."""
    return number(value, language, 0 if Fraction(value).denominator == 1 else 1)


def signed(value: Number, language: str, places: int = 1) -> str:
    """Write a difference with its sign: "+2,0", "−9,4", "0,0"."""
    text = number(value, language, places)
    return f"+{text}" if half_away(Fraction(value) * 10**places) > 0 else text


def percent(value: Number, language: str, places: int = 1) -> str:
    """Write a share that is already in hundredths: "27,9%" in Vietnamese, "27.9%" in English."""
    return number(value, language, places) + "%"


def day(value: date) -> str:
    """Write a date: "14/11/2026" in both languages, as on every page."""
    return f"{value.day:02d}/{value.month:02d}/{value.year}"


def said(texts: Mapping[str, str] | str | None, language: str) -> str:
    """Pick the text of a language; any other language of the document rather than nothing."""
    if texts is None or isinstance(texts, str):
        return texts or ""
    return texts.get(language) or next((text for text in texts.values() if text), "")


def shortened(text: str, limit: int) -> str:
    """Cut a text at a word so that it has at most `limit` characters, the ellipsis included."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    cut = head.rsplit(" ", 1)[0] if " " in head else head
    return cut.rstrip(" ,.;:–-") + "…"


def wrapped(text: str, width: int, lines: int) -> tuple[str, ...]:
    """Break a label into at most `lines` lines of about `width` characters."""
    found: list[str] = []
    for word in text.split():
        if found and len(found[-1]) + 1 + len(word) <= width:
            found[-1] += f" {word}"
        else:
            found.append(word)
    if len(found) > lines:
        found = [*found[: lines - 1], " ".join(found[lines - 1 :])]
    return tuple(shortened(line, width + 2) for line in found)
