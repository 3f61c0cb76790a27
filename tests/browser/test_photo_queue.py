"""From raw to ready: what happens to a photo on the phone before it is sent, and when the tab dies over it."""

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests import photo_files
from tests.browser.workbench import laid_out

PHOTO = photo_files.jpeg(2600, 1900, 3, orientation=6, gps=(10.77, 106.7))
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(5000)
ADD = """([id, data, more]) => visit.store.addPhoto(
  { id, key: "4:85", question: "q", state: "raw", decoding: false, type: "image/jpeg", added: Number(id), ...more },
  Uint8Array.from(atob(data), (one) => one.charCodeAt(0)).buffer)"""
LOOK = """async (id) => {
  const photo = (await visit.store.photos("4:85")).find((one) => one.id === id);
  const bytes = await visit.store.bytes(id);
  const thumb = photo.thumb && photo.thumb.byteLength;
  return { ...photo, thumb, stored: bytes.byteLength, hash: await visit.sha256(bytes) };
}"""
RUN = "() => visit.pictures.run({ key: '4:85' })"
# Stops in the decoder until `go` is called.
HOLD = """() => {
  const shrink = visit.shrink;
  visit.shrink = (...all) => new Promise((resolve) => {
    self.go = () => resolve(shrink(...all));
  });
  self.done = visit.pictures.run({ key: "4:85" });
}"""


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


def add(page: Page, id_: str, data: bytes = PHOTO, **more: Any) -> None:
    """A photo as it comes from the camera."""
    page.evaluate(ADD, [id_, base64.b64encode(data).decode(), more])


def hold(page: Page) -> None:
    """Begin, and stop in the decoder."""
    page.evaluate(HOLD)
    page.wait_for_function("() => Boolean(self.go)")


def digest(data: bytes) -> str:
    """As the protocol has it."""
    return hashlib.sha256(data).hexdigest()


def test_a_photo_is_ready_when_it_is_small_and_hashed(page: Page) -> None:
    add(page, "1", name="keep.jpg", position={"latitude": 1})

    page.evaluate(RUN)

    made = page.evaluate(LOOK, "1")
    assert (made["state"], made["decoding"], made["type"]) == ("ready", False, "image/jpeg")
    assert made["stored"] == made["size"] < len(PHOTO)
    assert made["sha256"] == made["hash"] != digest(PHOTO)
    assert 0 < made["thumb"] <= 10240
    assert (made["name"], made["position"]) == ("keep.jpg", {"latitude": 1})


def test_the_original_and_the_mark_are_stored_before_the_decoder_begins(page: Page) -> None:
    add(page, "1")

    hold(page)

    waiting = page.evaluate(LOOK, "1")
    assert (waiting["state"], waiting["decoding"], waiting["hash"]) == ("raw", True, digest(PHOTO))


def test_a_photo_whose_decoding_killed_the_tab_goes_out_as_it_is(context: BrowserContext, page: Page) -> None:
    add(page, "1")
    add(page, "2")
    hold(page)
    page.close()

    page = laid_out(context)
    page.evaluate(RUN)

    first, second = page.evaluate(LOOK, "1"), page.evaluate(LOOK, "2")
    assert (first["state"], first["sha256"], first["hash"]) == ("ready", digest(PHOTO), digest(PHOTO))
    assert first["thumb"] is None
    assert second["state"] == "ready"
    assert second["stored"] < len(PHOTO)


def test_a_second_tab_does_not_take_the_first_for_dead(context: BrowserContext, page: Page) -> None:
    add(page, "1")
    hold(page)
    other = laid_out(context)

    other.evaluate("() => { self.done = visit.pictures.run({ key: '4:85' }); }")
    other.wait_for_timeout(300)
    assert other.evaluate(LOOK, "1")["state"] == "raw"
    page.evaluate("() => { self.go(); return self.done; }")
    other.evaluate("() => self.done")

    assert other.evaluate(LOOK, "1")["hash"] != digest(PHOTO)


def test_what_was_sent_in_the_meantime_keeps_its_bytes(page: Page) -> None:
    add(page, "1")
    hold(page)

    page.evaluate("() => visit.store.changePhoto('1', (photo) => { photo.state = 'uploaded'; })")
    page.evaluate("() => { self.go(); return self.done; }")

    sent = page.evaluate(LOOK, "1")
    assert (sent["state"], sent["hash"]) == ("uploaded", digest(PHOTO))


def test_what_was_removed_in_the_meantime_does_not_come_back(page: Page) -> None:
    add(page, "1")
    hold(page)

    page.evaluate("async () => visit.store.dropPhoto({ id: '1', key: '4:85' })")
    page.evaluate("() => { self.go(); return self.done; }")

    assert page.evaluate("async () => [await visit.store.photos('4:85'), await visit.store.bytes('1')]") == [
        [],
        None,
    ]


def test_an_unreadable_file_holds_up_nobody(page: Page) -> None:
    add(page, "1", HEIC, type="image/heic")
    add(page, "2", b"", type="")
    add(page, "3")

    page.evaluate(RUN)

    heic, empty, photo = (page.evaluate(LOOK, id_) for id_ in "123")
    assert (heic["state"], heic["sha256"], heic["type"]) == ("ready", digest(HEIC), "image/heic")
    assert (empty["state"], empty["stored"]) == ("ready", 0)
    assert photo["stored"] < len(PHOTO)


def test_a_full_phone_keeps_the_original(page: Page) -> None:
    add(page, "1")
    page.evaluate(
        """() => {
          const put = IDBObjectStore.prototype.put;
          let isFull = true;
          IDBObjectStore.prototype.put = function (...all) {
            if (isFull && this.name === "blobs") throw new DOMException("full", "QuotaExceededError");
            return put.apply(this, all);
          };
          self.free = () => { isFull = false; };
        }"""
    )

    page.evaluate(RUN)
    assert page.evaluate(LOOK, "1")["state"] == "raw"
    assert page.evaluate(LOOK, "1")["hash"] == digest(PHOTO)
    page.evaluate("() => self.free()")
    page.evaluate(RUN)

    made = page.evaluate(LOOK, "1")
    assert (made["state"], made["sha256"]) == ("ready", digest(PHOTO))
