"""Languages, numbers, dates and money. The only importer of Babel."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, has_request_context, request
from flask_babel import Babel, force_locale, get_locale, get_translations, lazy_gettext
from flask_login import current_user

__all__ = ["LANGUAGES", "force_locale", "get_translations", "gettext", "language", "lazy_gettext", "ngettext"]

LANGUAGES = ("vi", "en")
COOKIE = "language"
MINUS = "\u2212"
_catalogues: dict[str, Any] = {}  # by language


def _chosen() -> str:
    """The person's choice, then the cookie of the sign-in page, then the browser's wish, then Vietnamese."""
    if not has_request_context():
        return "vi"
    choice = getattr(current_user, "language", None) or request.cookies.get(COOKIE)
    if choice in LANGUAGES:
        return str(choice)
    return request.accept_languages.best_match(LANGUAGES, default="vi") or "vi"


def gettext(text: str, /, **values: Any) -> str:
    """The text in the language of this request, with its named values."""
    found = _catalogue().ugettext(text)
    return str(found % values if values else found)


def ngettext(one: str, many: str, num: int, /, **values: Any) -> str:
    """The text for this number of things; the number is `%(num)s` in it."""
    return str(_catalogue().ungettext(one, many, num) % {"num": num, **values})


def _catalogue() -> Any:
    """The texts of this request's language. Kept by us: the way through Babel takes five times as long, and a page
    with tables goes it a thousand times.
    """
    locale = get_locale()
    if locale is None:
        return get_translations()
    found = _catalogues.get(locale.language)
    if found is None:
        found = _catalogues[locale.language] = get_translations()
    return found


def language() -> str:
    """The language of this request or job: "vi" or "en"."""
    locale = get_locale()
    return str(locale.language) if locale is not None else "vi"


def text_of(texts: Mapping[str, str] | str | None, lang: str | None = None) -> str:
    """The text in the wanted language from {"vi": …, "en": …}, or in the other one where it is missing."""
    if not texts:
        return ""
    if isinstance(texts, str):
        return texts
    return texts.get(lang or language()) or texts.get("vi") or texts.get("en") or ""


def rounded(value: Fraction | Decimal | int | str, digits: int) -> str:
    """Half away from zero, once, as plain text with a point: scoring.md 1.8."""
    exact = Fraction(value)
    scaled = abs(exact) * 10**digits
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    text = f"{Decimal(whole).scaleb(-digits):f}"
    return f"-{text}" if exact < 0 and whole else text


def number(value: Fraction | Decimal | int | str | None, digits: int = 1) -> str:
    """A number for people: 61,5 in Vietnamese, 61.5 in English, a real minus sign; None is an en dash."""
    if value is None:
        return "–"
    text = rounded(value, digits).replace("-", MINUS)
    return text.replace(".", ",") if language() == "vi" else text


def mean_number(value: Decimal | None, digits: int = 1) -> str:
    """A mean made by the database from thirty decimals; see docs/decisions/0003."""
    if value is None:
        return "–"
    return number(value.quantize(Decimal(1).scaleb(-20), rounding=ROUND_HALF_UP), digits)


def money(amount: int) -> str:
    """150.000 ₫ in Vietnamese, ₫150,000 in English."""
    grouped = f"{amount:,}"
    return f"{grouped.replace(',', '.')}\u00a0₫" if language() == "vi" else f"₫{grouped}"


def day(value: date | None) -> str:
    """14/11/2026, in both languages."""
    return "–" if value is None else value.strftime("%d/%m/%Y")


def day_at(value: datetime | None, zone: str) -> str:
    """14/11/2026: the day of a moment in the given zone."""
    return day(None if value is None else value.astimezone(ZoneInfo(zone)).date())


def clock(value: datetime | None, zone: str = "Asia/Ho_Chi_Minh") -> str:
    """14/11/2026 14:05 in the given zone."""
    return "–" if value is None else value.astimezone(ZoneInfo(zone)).strftime("%d/%m/%Y %H:%M")


def init(app: Flask) -> None:
    """Bind Babel and give templates the formats."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "vi")
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", "translations")
    Babel(app, locale_selector=_chosen)
    helpers: dict[str, Any] = {
        "number": number,
        "mean_number": mean_number,
        "money": money,
        "day": day,
        "day_at": day_at,
        "clock": clock,
        "text_of": text_of,
        "language": language,
    }
    app.jinja_env.globals.update(helpers)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: _catalogue().ugettext(text),
        lambda one, many, num: _catalogue().ungettext(one, many, num),
        newstyle=True,
    )
