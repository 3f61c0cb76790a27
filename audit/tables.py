"""Tables as CSV for spreadsheets: UTF-8 with a mark, and no text that is taken for a formula."""

import csv
import io
from collections.abc import Sequence

BYTE_ORDER_MARK = "\ufeff"  # Excel reads UTF-8 only with it
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def written(lines: Sequence[Sequence[str]]) -> str:
    """Lines of a CSV file."""
    piece = io.StringIO()
    csv.writer(piece, lineterminator="\r\n").writerows(lines)
    return piece.getvalue()
