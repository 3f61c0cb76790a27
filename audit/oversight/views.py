"""The trail as pages and as a table: of the whole system for the admin, of one visit for the agency."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, stream_with_context, url_for
from werkzeug.wrappers import Response as BaseResponse

from audit.accounts.models import RoleName
from audit.accounts.queries import client_choices
from audit.branches.forms import is_id
from audit.db import now
from audit.i18n import gettext as _
from audit.oversight import queries, words
from audit.oversight.queries import Line, Sought
from audit.security import allow, me
from audit.tables import BYTE_ORDER_MARK, safe, written
from audit.trail.services import record_apart
from audit.visits.queries import checklist_of, visit_for

bp = Blueprint("oversight", __name__)
LONGEST_NAME = 100


@bp.get("/trail")
@allow(RoleName.ADMIN)
def trail() -> str:
    """Everything that happened, the newest first, narrowed by the address."""
    sought, problems = _sought()
    page = _page()
    lines, has_more = queries.trail_page(me(), sought, page) if not problems else ([], False)
    return render_template(
        "oversight/trail.html",
        lines=lines,
        has_more=has_more,
        page=page,
        sought=sought,
        problems=problems,
        typed=request.args,
        kinds=_kinds(),
        clients=client_choices(me()),
        words=words,
        link=_link,
    )


@bp.get("/trail.csv")
@allow(RoleName.ADMIN)
def trail_csv() -> BaseResponse:
    """The same as a table, whole; a filter that cannot be read leads back to the page, which says what is wrong."""
    sought, problems = _sought()
    if problems:
        return redirect(_link(), 303)
    record_apart("export.downloaded", me(), now(), what="trail", **_asked(sought))
    return Response(
        stream_with_context(_csv(queries.whole_trail(me(), sought))),
        mimetype="text/csv",
        headers={"Content-Disposition": 'attachment; filename="trail.csv"'},
    )


@bp.get("/trail/visits/<int:visit_id>")
@allow(RoleName.EDITOR, RoleName.ADMIN)
def of_visit(visit_id: int) -> str:
    """Everything of one visit, first to last."""
    visit = visit_for(me(), visit_id)
    lines = queries.visit_trail(me(), visit)
    places = checklist_of(visit).order
    return render_template("oversight/visit.html", visit=visit, lines=lines, words=words, places=places)


def _sought() -> tuple[Sought, dict[str, str]]:
    """What the address asks for, and what of it cannot be read, by field."""
    problems: dict[str, str] = {}
    days: dict[str, date | None] = {}
    for name in ("since", "until"):
        text = request.args.get(name, "").strip()
        try:
            days[name] = date.fromisoformat(text) if text else None
        except ValueError:
            days[name] = None
            problems[name] = _("This is not a day. Write it as 14/11/2026.")
    client, visit = request.args.get("client", ""), request.args.get("visit", "").strip()
    if visit and not is_id(visit):
        problems["visit"] = _("Write the visit's number, for example 42.")
    sought = Sought(
        kind=request.args.get("kind", "").replace("\x00", "")[:40],
        person=request.args.get("person", "").replace("\x00", "").strip()[:LONGEST_NAME],
        client_id=int(client) if is_id(client) else None,
        visit_id=int(visit) if is_id(visit) else None,
        since=days["since"],
        until=days["until"],
    )
    return sought, problems


def _page() -> int:
    given = request.args.get("page", "1")
    return max(1, int(given)) if is_id(given) else 1


def _link(**changes: Any) -> str:
    """This page with some parts of its address changed; None takes one out."""
    kept = {name: value for name, value in request.args.items() if name != "page" and value}
    return url_for(changes.pop("to", ".trail"), **{**kept, **changes})


def _kinds() -> dict[str, list[str]]:
    """By subject the kinds that the filter offers."""
    found: dict[str, list[str]] = {queries.STEP: []}
    for kind in queries.kinds(me()):
        found.setdefault(f"{kind.partition('.')[0]}.", []).append(kind)
    return found


def _asked(sought: Sought) -> dict[str, str]:
    """What was asked for, as an entry of the trail says it: its own kind is another one."""
    asked = {name: str(value) for name, value in asdict(sought).items() if value}
    return {"only" if name == "kind" else name: value for name, value in asked.items()}


def _csv(lines: Iterator[Line]) -> Iterator[bytes]:
    heads = [
        _("Time (UTC)"),
        _("Who"),
        _("What"),
        _("Kind"),
        _("About"),
        _("Client"),
        _("Visit"),
        _("Branch"),
    ]
    yield (BYTE_ORDER_MARK + written([[*heads, _("Scorecard"), _("Details")]])).encode()
    for line in lines:
        yield written([_row(line)]).encode()


def _row(line: Line) -> list[str]:
    who = line.by or _("the clock")
    number = f"{line.number}-v{line.edition}" if line.number else ""
    texts = [
        line.at.isoformat(timespec="seconds"),
        who,
        words.told(line),
        line.kind,
        line.about or "",
    ]
    places = [line.client or "", str(line.visit_id or ""), line.branch or "", number]
    return [
        safe(text) for text in (*texts, *places, json.dumps(line.data, ensure_ascii=False, sort_keys=True))
    ]
