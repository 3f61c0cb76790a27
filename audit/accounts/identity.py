"""Names, mail addresses and phone numbers in the one form in which they are kept and compared."""

import re
import unicodedata

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import ColumnElement, func, literal_column
from sqlalchemy.orm import InstrumentedAttribute

from audit.forms import clean

VIETNAM = "+84"
ACCENTS = "[\u0300-\u036f]"


def plain(text: str | None) -> str:
    """One line of composed text; control characters, which the database would choke on, become blanks."""
    kept = "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in text or "")
    return " ".join(clean(kept).split())


def folded(text: str) -> str:
    """Lower case without accents, so that "Nguyen" finds "Nguyễn"; đ counts as d."""
    parts = unicodedata.normalize("NFD", text)
    return re.sub(ACCENTS, "", parts).lower().replace("đ", "d")


def folded_column(column: InstrumentedAttribute[str]) -> ColumnElement[str]:
    """The same fold, done by PostgreSQL."""
    parts = func.normalize(column, literal_column("NFD"))
    bare = func.regexp_replace(parts, ACCENTS, "", "g")
    return func.replace(func.replace(func.lower(bare), "đ", "d"), "Đ", "d")


def normal_email(text: str | None) -> str | None:
    """The address in lower case, or None where it is none; asks no name server."""
    try:
        found = validate_email(
            plain(text), check_deliverability=False, allow_smtputf8=False, test_environment=True
        )
    except EmailNotValidError:
        return None
    return found.normalized.lower()


def normal_phone(text: str | None) -> str | None:
    """+84912345678 from "0912 345 678", "84912.345.678" or "+84 (0)912…"; None where it is no number."""
    digits = re.sub(r"[\s.\-()/]", "", unicodedata.normalize("NFKC", text or ""))
    if not re.fullmatch(r"\+?[0-9]{8,17}", digits):
        return None
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    elif digits.startswith("0"):
        digits = VIETNAM + digits[1:]
    elif not digits.startswith("+"):
        digits = "+" + digits if digits.startswith("84") else VIETNAM + digits
    if digits.startswith(VIETNAM + "0"):
        digits = VIETNAM + digits[4:]
    return digits if re.fullmatch(r"\+[1-9][0-9]{7,14}", digits) else None


def shown_phone(number: str | None) -> str:
    """0912 345 678 for a Vietnamese number, the international form for others."""
    if not number:
        return ""
    if number.startswith(VIETNAM):
        local = "0" + number.removeprefix(VIETNAM)
        return f"{local[:4]} {local[4:7]} {local[7:]}".strip()
    return number
