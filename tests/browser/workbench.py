"""The phone's scripts alone on a page of their own, under the house's content policy, without a server."""

from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, Route

from audit.security import POLICY

ORIGIN = "http://localhost:8199"
STATIC = Path(__file__).parents[2].joinpath("audit", "static")
PARTS = (
    "vendor/idb",
    "js/visit-store",
    "js/visit-rules",
    "js/visit-shrink",
    "js/visit-place",
    "js/visit-photos",
    "js/visit-server",
    "js/visit-merge",
    "js/visit-sync",
    "js/visit-watch",
    "js/visit-draft",
)
PAGE = "<!doctype html><title>·</title>" + "".join(f"<script src='/{one}.js'></script>" for one in PARTS)


def laid_out(context: BrowserContext) -> Page:
    """A page with the scripts; the storage is the context's."""

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path == "/":
            route.fulfill(body=PAGE, content_type="text/html", headers={"Content-Security-Policy": POLICY})
        else:
            route.fulfill(path=STATIC.joinpath(path[1:]))

    page = context.new_page()
    page.route(f"{ORIGIN}/**", answer)
    page.goto(f"{ORIGIN}/")
    return page
