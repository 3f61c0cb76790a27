"""Tables as files to take along: written into the trail before they are handed out."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote_plus

from flask import Response, request

from audit.branches.models import Client
from audit.db import now
from audit.insights import workbook
from audit.insights.sheet import Sheet
from audit.insights.workbook import Facts
from audit.security import me
from audit.trail.services import record_apart

LONGEST_FILTER = 500  # of what the trail keeps of an address
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def xlsx_answer(
    sheets: Sequence[Sheet], facts: Facts, name: str, client: Client | None, **about: Any
) -> Response:
    """The tables as one Excel file called `name`; `about` goes into the trail."""
    note(name, client, **about)
    return attached(workbook.workbook(sheets, facts), XLSX, f"{name}.xlsx")


def csv_answer(sheet: Sheet, name: str, client: Client | None, **about: Any) -> Response:
    """One table as a CSV file called `name`."""
    note(name, client, **about)
    return attached(workbook.csv_of(sheet), "text/csv", f"{name}.csv")


def note(what: str, client: Client | None, **about: Any) -> None:
    """Write into the trail what is taken along, and how it was narrowed."""
    if request.query_string:
        asked = unquote_plus(request.query_string.decode(errors="replace")).replace("\0", "")
        about["filter"] = asked[:LONGEST_FILTER]
    record_apart(
        "export.downloaded", me(), now(), client_id=client.id if client else None, what=what, **about
    )


def attached(content: Any, mimetype: str, name: str) -> Response:
    """An answer that is saved as a file."""
    plain = re.sub(r"[^a-z0-9.-]+", "-", name.lower())
    return Response(
        content, mimetype=mimetype, headers={"Content-Disposition": f'attachment; filename="{plain}"'}
    )
