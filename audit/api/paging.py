"""Lists in pieces: each row has a number that never changes; the next piece begins after the last one's."""

import base64
import binascii
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from flask import request

from audit.errors import Invalid
from audit.i18n import gettext as _

USUAL, MOST = 500, 2000
_MARK = b"after:"
Row = TypeVar("Row")


@dataclass(frozen=True)
class Piece:
    """So many rows after the one with this number."""

    after: int
    limit: int


def wanted() -> Piece:
    """The piece that the address asks for; Invalid for what cannot be one."""
    return Piece(_after(request.args.get("cursor", "")), _limit(request.args.get("limit", "")))


def _limit(text: str) -> int:
    if not text:
        return USUAL
    if not (text.isascii() and text.isdecimal() and len(text) < 9 and 1 <= int(text) <= MOST):
        raise Invalid(_("Use a number from 1 to %(most)s.", most=MOST), field="limit")
    return int(text)


def _after(text: str) -> int:
    if not text:
        return 0
    try:
        found = base64.b64decode(text.encode(), altchars=b"-_", validate=True)
        number = int(found.removeprefix(_MARK)) if found.startswith(_MARK) else -1
    except (ValueError, binascii.Error):
        number = -1
    if not 0 <= number < 2**31:
        raise Invalid(_("Send the cursor as the answer before gave it."), field="cursor")
    return number


def cursor(number: int) -> str:
    """The row's number as it goes into the next address."""
    return base64.urlsafe_b64encode(_MARK + str(number).encode()).decode()


def piece(rows: Iterable[Row], number: Callable[[Row], int], asked: Piece) -> tuple[list[Row], str | None]:
    """The piece of rows that are all there, and the cursor of the one after it (None: there is none)."""
    left = sorted((row for row in rows if number(row) > asked.after), key=number)
    return ended(left[: asked.limit + 1], number, asked)


def ended(rows: list[Row], number: Callable[[Row], int], asked: Piece) -> tuple[list[Row], str | None]:
    """The same of rows that were asked for with one more than the limit."""
    shown = rows[: asked.limit]
    return shown, cursor(number(shown[-1])) if len(rows) > asked.limit else None
