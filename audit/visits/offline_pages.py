"""What a phone needs to open pages without network: the worker, the manifest, and which pages it may keep."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from flask import (
    Response,
    current_app,
    get_flashed_messages,
    jsonify,
    make_response,
    render_template,
    url_for,
)

from audit import assets
from audit.i18n import gettext as _
from audit.i18n import language
from audit.security import me
from audit.visits import queries
from audit.visits.blueprint import bp
from audit.visits.models import Visit

MARK = "X-Offline-Cache"
PACKAGE = Path(assets.__file__).parent
SHEETS = ("vendor/bootstrap-phone.css", "css/tokens.css", "css/app.css", "css/visit.css")
ICONS = (
    "icon.svg",
    *(f"icons/{name}.png" for name in ("icon-192", "icon-512", "maskable-192", "maskable-512")),
)
SHARED = (  # run in the worker too
    "vendor/idb.js",
    *(f"js/visit-{name}.js" for name in ("store", "server", "merge", "sync")),
)
INK, PAPER = "#10243e", "#ffffff"
AN_HOUR = "private, max-age=3600"


@cache
def release() -> str:
    """Changes with everything of the program that shapes a shopper's pages."""
    own = sorted(f"js/{path.name}" for path in (assets.STATIC / "js").glob("visit-*.js"))
    found = hashlib.sha256(assets.digest_of((*SHEETS, *ICONS, *SHARED, *assets.JOINED, *own)).encode())
    shaping = [
        *sorted((PACKAGE / "templates").rglob("*.*")),
        *sorted((PACKAGE / "visits").glob("*.py")),
        *sorted((PACKAGE / "translations").rglob("*.mo")),
    ]
    for path in shaping:
        found.update(path.read_bytes())
    return found.hexdigest()[:12]


def _is_on() -> bool:
    return bool(current_app.extensions["settings"].offline)


@bp.get("/sw.js")
def worker() -> Response:
    """The service worker, or what takes it off the phones again. Public: it holds nothing of anybody.

    It fetches what pages share; their scripts come with each page that is kept.
    """
    text = render_template(
        "visits/sw.js" if _is_on() else "visits/sw-off.js",
        assets=[*map(assets.static_url, (*SHEETS, *ICONS)), url_for(".manifest")],
        scripts=[*map(assets.static_url, SHARED)],
        version=release(),
    )
    return _served(Response(text, mimetype="text/javascript"), "no-cache", {"Service-Worker-Allowed": "/"})


@bp.get("/manifest.webmanifest")
def manifest() -> Response:
    """What the phone needs to install it; the name does not tell what it is."""
    sizes = {
        "icon-192": "192x192",
        "icon-512": "512x512",
        "maskable-192": "192x192",
        "maskable-512": "512x512",
    }
    response = jsonify(
        id=url_for(".index"),
        name=_("My tasks"),
        short_name=_("My tasks"),
        lang=language(),
        start_url=url_for(".index"),
        scope=url_for("home.index"),
        display="standalone",
        background_color=PAPER,
        theme_color=INK,
        icons=[
            {
                "src": assets.static_url(f"icons/{name}.png"),
                "sizes": size,
                "type": "image/png",
                "purpose": "maskable" if name.startswith("maskable") else "any",
            }
            for name, size in sizes.items()
        ],
    )
    response.mimetype = "application/manifest+json"
    return _served(response, AN_HOUR)


@bp.get("/offline")
def offline() -> Response:
    """No network, and this page was never opened with one. Public, and the same for everybody."""
    return _served(make_response(render_template("visits/offline.html")), "no-cache")


def _served(response: Response, caching: str, more: Mapping[str, str] | None = None) -> Response:
    response.headers["Cache-Control"] = caching
    response.headers.update(more or {})
    return response


def marked(page: str, stamp: str) -> Response:
    """The page, with the mark that it may be kept for this person unless it carries a message for once."""
    response = make_response(page)
    if _is_on() and not get_flashed_messages():
        response.headers[MARK] = f"{me().id};{stamp}"
    return response


def stamp_of(visit: Visit) -> str:
    """Of the brief and the form of a visit: another one when what they show has changed, answers aside."""
    return _stamp(_facts(visit, queries.return_notes([visit]).get(visit.id, {})))


def stamp_of_list(visits: Sequence[Visit]) -> str:
    """Of the list with these visits, how far each one is aside."""
    return _stamp([_facts(visit, {}) for visit in visits])


def pages_for_offline(visits: Sequence[Visit]) -> list[dict[str, str]]:
    """Addresses and stamps of what this person's phone shall keep: the list, and what is to be done."""
    if not _is_on():
        return []
    pages = [{"url": url_for(".index"), "stamp": stamp_of_list(visits)}]
    to_do = [visit for visit in visits if visit.state in queries.TO_DO]
    notes = queries.return_notes(to_do)
    for visit in to_do:
        stamp = _stamp(_facts(visit, notes.get(visit.id, {})))
        for endpoint in (".brief", ".answer"):
            pages.append({"url": url_for(endpoint, visit_id=visit.id), "stamp": stamp})
    return pages


def _facts(visit: Visit, notes: Mapping[str, str]) -> list[Any]:
    branch = visit.branch
    return [
        *(visit.id, visit.state, visit.round, visit.version.sha256),
        *(visit.opens_on, visit.closes_on, visit.submit_by, visit.fee, visit.expense_cap, visit.terms),
        *(branch.name, branch.address, branch.opening_hours, branch.timezone),
        *(branch.latitude, branch.longitude, visit.wave.scenario, notes),
    ]


def _stamp(shown: Any) -> str:
    person = me()
    facts = json.dumps([person.id, person.name, language(), release(), shown], default=str)
    return hashlib.sha256(facts.encode()).hexdigest()[:16]
