"""The form on a phone: what it weighs, when it is usable, how long a queue takes, what photos cost in memory."""

import contextlib
import json
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

from audit.db import db
from audit.visits.models import Submission, Visit
from tests import photo_files
from tests.bench import submissions
from tests.bench.meter import Meter
from tests.bench.place import Place, fresh, server
from tests.browser.house import ARGUMENTS, chromium
from tests.browser.phone import LOOK, ready_for_offline, until

SLOW_4G = {
    "offline": False,
    "latency": 150,  # ms, a round trip
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
SLOWER = 4  # times, the processor
HOUR = timedelta(hours=1)
MEGAPIXELS = (4000, 3000)
USABLE = """
  new MutationObserver(() => {
    if (document.documentElement.dataset.ready && !self.usableAt) self.usableAt = performance.now();
  }).observe(document, { attributes: true, subtree: true, attributeFilter: ["data-ready"] });
"""
Row = dict[str, Any]


@dataclass
class Desk:
    """A browser before a server, with a meter between them; and who uses it: `come` brings somebody new."""

    place: Place
    browser: Browser
    meter: Meter
    shopper: int = 0
    cookie: str = ""
    visits: tuple[int, ...] = ()

    def come(self, visits: int) -> None:
        """A shopper with so many visits under way."""
        [(self.cookie, ids)] = submissions.fill(self.place, 1, visits)
        self.visits = tuple(ids)
        with self.place.app.app_context():
            self.shopper = db.session.get_one(Visit, ids[0]).shopper_id or 0

    @contextlib.contextmanager
    def phone(self) -> Iterator[tuple[BrowserContext, Page]]:
        """An empty phone, signed in."""
        context = self.browser.new_context(**LOOK)
        context.add_init_script(USABLE)
        name, value = self.cookie.split("=", 1)
        context.add_cookies([{"name": name, "value": value, "url": self.meter.url}])
        try:
            yield context, context.new_page()
        finally:
            context.close()

    def form(self, visit: int) -> str:
        """The address of a form."""
        return f"{self.meter.url}/visits/{visit}/answer"

    def at_home(self, page: Page) -> None:
        """The list, until every page of it is on the phone."""
        page.goto(f"{self.meter.url}/visits")
        ready_for_offline(page)

    def submission(self, visit: int) -> Submission | None:
        """What has arrived."""
        with self.place.app.app_context():
            return db.session.query(Submission).filter_by(visit_id=visit).one_or_none()


@contextlib.contextmanager
def desk() -> Iterator[Desk]:
    """All of it, gone afterwards."""
    with fresh() as place, server(place, "-m", "audit", "web"), sync_playwright() as playwright:
        meter = Meter(("127.0.0.1", place.settings.port))
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        try:
            yield Desk(place, browser, meter)
        finally:
            browser.close()
            meter.close()


def usable(page: Page) -> float:
    """Seconds from the start of the navigation until the form can be used."""
    page.wait_for_function("() => self.usableAt", timeout=60_000)
    return float(page.evaluate("() => self.usableAt")) / 1000


# What it weighs


def weigh(at: Desk) -> list[Row]:
    """Compressed bytes of the first load by type, and with what the worker fetches for later."""
    at.meter.reset()
    kinds: dict[str, str] = {}
    sizes, counts = Counter[str](), Counter[str]()
    with at.phone() as (context, page):
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.responseReceived", lambda told: kinds.update({told["requestId"]: told["type"]}))

        def finished(told: dict[str, Any]) -> None:
            kind = kinds.get(told["requestId"], "Other").lower()
            sizes[kind] += int(told["encodedDataLength"])
            counts[kind] += 1

        session.on("Network.loadingFinished", finished)
        page.goto(at.form(at.visits[0]))
        usable(page)
        page.wait_for_load_state("networkidle")
        at_once = [
            _weight(kind, counts[kind], size) for kind, size in sorted(sizes.items(), key=lambda one: -one[1])
        ]
        at_once.append(_weight("all of the form", sum(counts.values()), sum(sizes.values())))
        at.at_home(page)
        page.wait_for_timeout(500)
    later = _weight("with worker, list and all that works offline", at.meter.requests, at.meter.down)
    return [*at_once, later]


def _weight(what: str, requests: int, size: int) -> Row:
    return {"measure": "weight", "what": what, "requests": requests, "kilobytes": round(size / 1000, 1)}


# When it is usable


def open_times(at: Desk, runs: int) -> list[Row]:
    """Medians of the first visit, of a second one through the worker, and of one without network."""
    times: dict[str, list[float]] = {"first visit": [], "second visit": [], "without network": []}
    for _ in range(runs):
        with at.phone() as (context, page):
            visit = at.visits[0]
            slow = _throttled(context, page)
            page.goto(at.form(visit))
            times["first visit"].append(usable(page))
            slow.detach()
            at.at_home(page)
            slow = _throttled(context, page)
            with _slow_worker(at.browser):
                page.goto(at.form(visit))
                times["second visit"].append(usable(page))
            context.set_offline(True)
            page.goto(f"{at.meter.url}/visits")
            page.goto(at.form(visit))
            times["without network"].append(usable(page))
            slow.detach()
    return [
        {
            "measure": "usable",
            "what": what,
            "seconds": round(statistics.median(all_), 2),
            "slowest": round(max(all_), 2),
            "runs": len(all_),
        }
        for what, all_ in times.items()
    ]


def _throttled(context: BrowserContext, page: Page) -> CDPSession:
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW_4G)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return session


@contextlib.contextmanager
def _slow_worker(browser: Browser) -> Iterator[None]:
    """The page's emulation does not reach the worker: it is slowed down by itself."""
    session = browser.new_browser_cdp_session()
    targets = session.send("Target.getTargets")["targetInfos"]
    worker = next(one["targetId"] for one in targets if one["type"] == "service_worker")
    attached = session.send("Target.attachToTarget", {"targetId": worker, "flatten": False})["sessionId"]
    calls: tuple[tuple[str, dict[str, Any]], ...] = (
        ("Network.enable", {}),
        ("Network.emulateNetworkConditions", SLOW_4G),
    )
    for number, (method, values) in enumerate(calls):
        message = json.dumps({"id": number, "method": method, "params": values})
        session.send("Target.sendMessageToTarget", {"sessionId": attached, "message": message})
    try:
        yield
    finally:
        session.detach()


# How long a queue takes


def sync(at: Desk, visit: int, name: str, pictures: list[Path]) -> Row:
    """45 answers and some photos, an hour old and submitted, from the network's return until they have arrived."""
    checklist = submissions.document()
    question = next(one["id"] for one in checklist["questions"] if one["type"] == "photo")
    given = (datetime.now(UTC) - HOUR).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    answers = {
        one["question"]: {
            "value": None,
            "na": False,
            "comment": "",
            **one,
            "at": given,
            "rev": 0,
            "sent": False,
        }
        for one in submissions.answers(checklist)
    }
    slow = (at.meter.round_trip, at.meter.upload)
    at.meter.round_trip, at.meter.upload = 0.0, None
    with at.phone() as (context, page):
        at.at_home(page)
        context.set_offline(True)
        _queue(at, page, visit, answers, question, pictures)
        at.meter.round_trip, at.meter.upload = slow
        at.meter.reset()
        began = time.perf_counter()
        context.set_offline(False)
        until(lambda: at.submission(visit), 300)
        seconds = time.perf_counter() - began
    return {
        "measure": "sync",
        "what": f"after an hour offline, {name}",
        "seconds": round(seconds, 2),
        "answers": len(answers),
        "photos": len(pictures),
        "requests": at.meter.requests,
        "kilobytes": round((at.meter.up + at.meter.down) / 1000),
    }


def _queue(
    at: Desk, page: Page, visit: int, answers: dict[str, Any], question: str, pictures: list[Path]
) -> None:
    """Put onto the phone without a network, and submitted."""
    key = f"{at.shopper}:{visit}"
    page.goto(at.form(visit))
    usable(page)
    page.evaluate(
        "([key, answers]) => visit.store.change(key, (draft) => { draft.answers = answers; }).then(() => null)",
        [key, answers],
    )
    page.reload()
    usable(page)
    page.set_input_files(
        f"[data-question='{question}'] input[type=file]:not([capture])", [str(one) for one in pictures]
    )
    _ready(page, key, len(pictures))
    page.evaluate("() => { location.hash = 'check'; }")
    page.click("#submit")
    until(lambda: page.evaluate("key => visit.store.draft(key)", key)["status"] == "queued")


def _ready(page: Page, key: str, count: int, seconds: float = 120) -> None:
    """So many photos are ready to be sent."""
    ready = "async (key) => (await visit.store.photos(key)).filter((one) => one.state === 'ready').length"
    until(lambda: page.evaluate(ready, key) >= count, seconds)


# What photos cost in memory


def memory(at: Desk, visit: int, pictures: list[Path]) -> Row:
    """The renderer while photos of 12 megapixels are added one after the other, without network."""
    question = next(one["id"] for one in submissions.document()["questions"] if one["type"] == "photo")
    with at.phone() as (context, page):
        at.at_home(page)
        context.set_offline(True)
        page.goto(at.form(visit))
        usable(page)
        before = max(_renderers())
        with _peak() as highest:
            began = time.perf_counter()
            for number, picture in enumerate(pictures, 1):
                page.set_input_files(
                    f"[data-question='{question}'] input[type=file]:not([capture])", str(picture)
                )
                _ready(page, f"{at.shopper}:{visit}", number)
            seconds = time.perf_counter() - began
        page.wait_for_timeout(3000)
        after = max(_renderers())
    return {
        "measure": "memory",
        "what": "photos of 12 megapixels added",
        "photos": len(pictures),
        "seconds": round(seconds, 1),
        "before_mb": round(before),
        "peak_mb": round(highest[0]),
        "after_mb": round(after),
    }


def _renderers() -> list[float]:
    """Unique set size in MB of every renderer below this process."""
    found = [0.0]
    for one in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if "--type=renderer" in one.cmdline():
                found.append(one.memory_full_info().uss / 1e6)
    return found


@contextlib.contextmanager
def _peak() -> Iterator[list[float]]:
    """The largest renderer's highest value, looked at every 50 ms."""
    highest, done = [0.0], threading.Event()

    def look() -> None:
        while not done.wait(0.05):
            highest[0] = max(highest[0], *_renderers())

    thread = threading.Thread(target=look, name="peak")
    thread.start()
    try:
        yield highest
    finally:
        done.set()
        thread.join()


def bench(runs: int = 7, sent: int = 8, added: int = 30) -> list[Row]:
    """All rows: `runs` openings, `sent` photos in the queue, `added` photos for the memory."""
    with desk() as at, tempfile.TemporaryDirectory(prefix="audit-bench-") as name:
        folder = Path(name)
        at.come(visits=1)
        rows = weigh(at) + open_times(at, runs)
        pictures = _files(folder, "sent", submissions.photos()[:sent])
        at.come(visits=3)
        rows.append(sync(at, at.visits[0], "good network", pictures))
        at.meter.round_trip, at.meter.upload = 0.15, SLOW_4G["uploadThroughput"]
        rows.append(sync(at, at.visits[1], "750 kbit/s up, 150 ms", pictures))
        large = [photo_files.jpeg(*MEGAPIXELS, seed, quality=90, kilobytes=4000) for seed in range(3)]
        rows.append(memory(at, at.visits[2], _files(folder, "large", [large[n % 3] for n in range(added)])))
        return rows


def _files(folder: Path, name: str, pictures: list[bytes]) -> list[Path]:
    made = [folder / f"{name}-{number}.jpg" for number in range(len(pictures))]
    for file, data in zip(made, pictures, strict=True):
        file.write_bytes(data)
    return made
