"""Sending, step by step, against answers as the protocol allows them: what comes late or not at all loses nothing."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from tests.browser.workbench import ORIGIN, laid_out

KEY = "4:85"
VISIT = "/visits/85"
ANSWER = {
    "value": "no",
    "na": False,
    "comment": "",
    "at": "2026-11-14T07:00:00.000Z",
    "rev": 0,
    "sent": False,
}
BASE = {"person": 4, "visit": 85, "title": "Lê Lợi", "version": "v", "round": 1, "isPulled": True}
DRAFT = """([key, base, more]) => visit.store.change(key, (draft) => Object.assign(draft, more), { base })"""
PHOTO = """([key, more]) => visit.store.addPhoto({
  id: "11111111-1111-4111-8111-111111111111", key, question: "q", state: "ready", type: "image/jpeg",
  taken: "2026-11-14T07:00:00Z", source: "camera", originalSize: 3, refused: null, added: Date.now() - 60000,
  ...more }, new Uint8Array([1, 2, 3]).buffer)"""
PHOTO_ID = "11111111-1111-4111-8111-111111111111"
QUEUE = """(key) => visit.store.change(key, (draft) => Object.assign(draft, {
  status: "queued", submission: visit.uuid(), sha256: null,
  payload: new TextEncoder().encode(JSON.stringify({
    answers: Object.entries(draft.answers).map(([question, one]) => ({ question, at: one.at })),
  })).buffer,
}))"""
LOOK = """async (key) => {
  const { payload, ...draft } = await visit.store.draft(key);
  const frozen = payload && JSON.parse(new TextDecoder().decode(payload));
  const photos = [];
  for (const { id, state, refused } of await visit.store.photos(key)) {
    const bytes = await visit.store.bytes(id);
    photos.push({ id, state, refused: refused || null, bytes: bytes ? bytes.byteLength : 0 });
  }
  return { ...draft, frozen, photos };
}"""


class Server:
    """Answers by method and address; a function may do something first. Remembers what it was asked."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.person = 4
        self.is_away = False
        self.asked: list[tuple[str, str, dict[str, Any] | None]] = []
        self.told: dict[tuple[str, str], Any] = {
            ("PUT", f"{VISIT}/answers"): (200, {"answers": {}, "kept": {}}),
        }
        page.route(f"{ORIGIN}/api/v1/**", self._answer)

    def _answer(self, route: Route) -> None:
        request = route.request
        if self.is_away:
            return route.abort()
        address = request.url.removeprefix(f"{ORIGIN}/api/v1")
        data = request.post_data_buffer if "/photos/" not in address else None
        self.asked.append((request.method, address, json.loads(data) if data else None))
        if address == "/session":
            now = "2026-11-14T08:00:00+00:00"
            return route.fulfill(json={"user_id": self.person, "csrf": "x", "server_time": now})
        short = address.split("/submissions/")[0] + "/submissions" if "/submissions/" in address else address
        found = self.told.get((request.method, short), (500, {"code": "unexpected"}))
        status, body = found(route) if callable(found) else found
        return route.fulfill(status=status, json=body)

    def on(self, method: str, address: str, answer: Any) -> None:
        """From now on this is answered: (status, body), or what a function of the route returns."""
        self.told[method, address] = answer

    def calls(self, method: str, part: str) -> list[dict[str, Any] | None]:
        """The bodies of what was asked."""
        return [body for how, address, body in self.asked if how == method and part in address]


@pytest.fixture
def context(engine: Browser) -> Iterator[BrowserContext]:
    """A browser with empty storage."""
    found = engine.new_context()
    yield found
    found.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """One tab."""
    return laid_out(context)


@pytest.fixture
def server(page: Page) -> Server:
    """What answers the tab."""
    return Server(page)


@pytest.fixture
def draft(page: Page, server: Server) -> Callable[..., None]:
    """Makes a draft with one answer."""
    del server

    def make(key: str = KEY, **more: Any) -> None:
        person, number = map(int, key.split(":"))
        page.evaluate(
            DRAFT, [key, {**BASE, "person": person, "visit": number}, {"answers": {"q": ANSWER}, **more}]
        )

    return make


def flush(page: Page, **how: Any) -> dict[str, Any]:
    """Send once."""
    found: dict[str, Any] = page.evaluate("(how) => visit.sync.flush(how)", how)
    return found


def look(page: Page, key: str = KEY) -> dict[str, Any]:
    """The draft with its photos."""
    found: dict[str, Any] = page.evaluate(LOOK, key)
    return found


def closed(state: str, **more: Any) -> tuple[int, dict[str, Any]]:
    """What the server has of a visit that takes no more answers."""
    return 200, {"state": state, "round": 2, "answers": {}, "photos": {}, "photo_questions": {}, **more}


RECEIPT = {"receipt": "ABCDE-FGHJK", "at": "2026-11-14T08:00:00+00:00", "payload_sha256": "x"}
NOT_OPEN = (409, {"code": "not_open", "message": "closed"})


def test_a_photo_taken_here_outlives_a_submission_from_elsewhere(
    page: Page, server: Server, draft: Callable[..., None]
) -> None:
    draft(answers={"q": {**ANSWER, "sent": True}})
    page.evaluate(PHOTO, [KEY, {}])
    answers = {"q": {**ANSWER, "rev": 1}}
    server.on("GET", VISIT, closed("submitted", answers=answers, submission=RECEIPT))
    server.on("PUT", f"{VISIT}/photos/{PHOTO_ID}", NOT_OPEN)
    server.on("PUT", f"{VISIT}/submissions", (409, {"code": "already_submitted", "message": "kept"}))

    flush(page, pull=KEY)

    found = look(page)
    assert (found["status"], found["photos"][0]["bytes"]) == ("conflict", 3)
    [late] = server.calls("PUT", "/submissions/")
    assert late is not None
    assert late["photos"] == [PHOTO_ID]


def test_what_is_handed_in_late_names_its_round(
    page: Page, server: Server, draft: Callable[..., None]
) -> None:
    draft()
    server.on("GET", VISIT, closed("submitted", submission=RECEIPT))
    server.on("PUT", f"{VISIT}/answers", NOT_OPEN)
    server.on("PUT", f"{VISIT}/submissions", (409, {"code": "already_submitted", "message": "kept"}))

    flush(page, pull=KEY)

    [late] = server.calls("PUT", "/submissions/")
    assert late is not None
    assert (late["round"], late["answers"][0]["question"]) == (1, "q")


def test_what_is_changed_while_the_submission_is_under_way_is_not_called_sent(
    page: Page, server: Server, draft: Callable[..., None]
) -> None:
    draft(answers={"q": {**ANSWER, "sent": True}})
    page.evaluate(QUEUE, KEY)
    later = {**ANSWER, "value": "yes", "at": "2026-11-14T07:30:00.000Z"}
    server.on("PUT", f"{VISIT}/submissions", (201, RECEIPT))
    server.on("PUT", f"{VISIT}/answers", NOT_OPEN)
    # "Change something first", and another answer, between the sending and its receipt.
    page.evaluate(
        """([key, later]) => {
          const { fetch } = self;
          self.fetch = async (address, how) => {
            const response = await fetch(address, how);
            if (!address.includes("/submissions/")) return response;
            self.fetch = fetch;
            await visit.store.change(key, (now) => {
              Object.assign(now, { status: "draft", submission: null, payload: null });
              now.answers.q = later;
            });
            return response;
          };
        }""",
        [KEY, later],
    )

    flush(page)
    between = look(page)
    assert between["status"] == "queued"
    assert between["frozen"]["answers"] == [
        {"question": "q", "value": "yes", "na": False, "comment": "", "at": later["at"]}
    ]
    assert between["receipt"]["receipt"] == RECEIPT["receipt"]
    server.on("PUT", f"{VISIT}/submissions", (409, {"code": "already_submitted", "message": "kept"}))
    flush(page)

    assert look(page)["status"] == "conflict"
    assert len(server.calls("PUT", "/submissions/")) == 2


def test_a_receipt_ends_it(page: Page, server: Server, draft: Callable[..., None]) -> None:
    draft(answers={"q": {**ANSWER, "sent": True}})
    page.evaluate(PHOTO, [KEY, {"state": "uploaded"}])
    page.evaluate(QUEUE, KEY)
    server.on("PUT", f"{VISIT}/submissions", (201, RECEIPT))

    flush(page)

    found = look(page)
    assert (found["status"], found["frozen"], found["photos"][0]["bytes"]) == ("submitted", None, 0)


def test_a_visit_given_to_the_same_person_again_opens_again(
    page: Page, server: Server, draft: Callable[..., None]
) -> None:
    draft(
        status="withdrawn",
        answers={"q": {**ANSWER, "sent": True}},
        started={"at": ANSWER["at"]},
        startSent=True,
    )
    server.on("GET", VISIT, closed("accepted", round=1))
    server.on("PUT", f"{VISIT}/start", (200, {"state": "in_progress"}))
    server.on("PUT", f"{VISIT}/answers", (200, {"answers": {"q": 1}, "kept": {}}))

    flush(page, pull=KEY)

    found = look(page)
    assert (found["status"], found["answers"]["q"]["sent"]) == ("draft", True)
    assert len(server.calls("PUT", "/start")) == len(server.calls("PUT", "/answers")) == 1


def test_one_visit_the_server_stumbles_over_holds_up_no_other(
    page: Page, server: Server, draft: Callable[..., None]
) -> None:
    draft()
    draft("4:86")
    server.on("PUT", f"{VISIT}/answers", (500, {"code": "broken"}))
    server.on("PUT", "/visits/86/answers", (200, {"answers": {"q": 1}, "kept": {}}))

    assert flush(page)["state"] == "trouble"

    assert look(page, "4:86")["answers"]["q"]["sent"] is True


def test_another_account_signed_in_meanwhile_closes_nothing(
    page: Page, server: Server, draft: Callable[..., None]
) -> None:
    draft()

    def foreign(route: Route) -> tuple[int, dict[str, Any]]:
        del route
        server.person = 5
        return 404, {"code": "not_found", "message": "not yours"}

    server.on("PUT", f"{VISIT}/answers", foreign)

    assert flush(page)["state"] == "signed_out"

    assert look(page)["problem"] is None


def test_a_clock_set_back_does_not_let_a_photo_rest_for_hours(
    page: Page, server: Server, draft: Callable[..., None]
) -> None:
    draft(answers={})
    page.evaluate(
        "([key, how]) => "
        + PHOTO.removeprefix("([key, more]) => ").replace(
            "...more", "placing: true, added: Date.now() + 5 * 3600000"
        ),
        [KEY, {}],
    )
    body = {"id": PHOTO_ID, "sha256": "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81"}
    server.on("PUT", f"{VISIT}/photos/{PHOTO_ID}", (201, body))

    flush(page)

    assert look(page)["photos"][0]["state"] == "uploaded"


def test_a_photo_that_arrived_before_it_was_made_smaller_is_there_once(
    page: Page, server: Server, draft: Callable[..., None]
) -> None:
    draft(answers={})
    page.evaluate(PHOTO, [KEY, {}])
    server.on("PUT", f"{VISIT}/photos/{PHOTO_ID}", (409, {"code": "photo_id_conflict"}))
    server.on("GET", VISIT, closed("in_progress", round=1, photos={PHOTO_ID: "0" * 64}))

    flush(page)

    assert [(one["id"], one["state"]) for one in look(page)["photos"]] == [(PHOTO_ID, "uploaded")]


def test_a_photo_nobody_has_any_more_does_not_stay_in_the_way(
    page: Page, server: Server, draft: Callable[..., None]
) -> None:
    draft(answers={})
    page.evaluate(PHOTO, [KEY, {"state": "uploaded"}])
    page.evaluate(QUEUE, KEY)
    page.evaluate("async (key) => { await visit.store.dropBytes(key); }", KEY)
    server.on("PUT", f"{VISIT}/submissions", (409, {"code": "missing_photos", "photos": [PHOTO_ID]}))

    flush(page)

    found = look(page)
    assert (found["status"], found["photos"][0]["refused"]) == ("draft", "lost")


def test_a_full_phone_still_sends(page: Page, server: Server, draft: Callable[..., None]) -> None:
    draft()
    draft("4:86")
    page.evaluate(
        """() => {
          const { put } = IDBObjectStore.prototype;
          IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); };
          self.free = () => { IDBObjectStore.prototype.put = put; };
        }"""
    )
    for address in (VISIT, "/visits/86"):
        server.on("PUT", f"{address}/answers", (200, {"answers": {"q": 1}, "kept": {}}))

    page.evaluate("() => visit.sync.flush().catch(() => {})")
    assert [address for how, address, _body in server.asked if how == "PUT"] == [
        f"{VISIT}/answers",
        "/visits/86/answers",
    ]
    page.evaluate("() => self.free()")

    assert flush(page)["state"] == "done"


def test_a_new_token_of_another_account_sends_nothing(
    page: Page, server: Server, draft: Callable[..., None]
) -> None:
    draft()

    def stale(route: Route) -> tuple[int, dict[str, Any]]:
        del route
        server.person = 5
        return 400, {"code": "csrf", "message": "again"}

    server.on("PUT", f"{VISIT}/answers", stale)

    assert flush(page)["state"] == "signed_out"

    assert len(server.calls("PUT", "/answers")) == 1


def test_an_answer_looks_for_the_network_where_no_event_told(
    page: Page, server: Server, draft: Callable[..., None]
) -> None:
    draft()
    server.is_away = True
    page.evaluate(
        """() => {
      self.shift = 0;
      const later = self.setTimeout;
      self.setTimeout = (fn, ms, ...rest) => later(fn, ms === 4000 ? 1e9 : ms, ...rest); // the timer is out of the way
      const now = Date.now;
      Date.now = () => now() + self.shift;
      self.told = [];
      visit.sync.watch({ tell: ({ state }) => self.told.push(state) });
    }"""
    )
    page.wait_for_function("() => self.told.includes('offline')")
    server.is_away = False
    # Five seconds later, by the phone's clock.
    page.evaluate("() => { self.shift = 5000; }")
    page.evaluate(DRAFT, [KEY, BASE, {"answers": {"q": {**ANSWER, "value": "yes"}}}])
    page.wait_for_function("() => self.told.includes('done')")
    assert server.calls("PUT", "/answers")
    # That there is a network again is told before the sending, which may take minutes.
    assert page.evaluate("() => self.told") == ["offline", "sending", "done"]
