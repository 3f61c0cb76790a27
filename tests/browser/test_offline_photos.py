"""Photos: stored before anything else happens to them, made smaller on the phone, each sent on its own."""

import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from audit.storage import storage_for
from tests import photo_files
from tests.browser.field import ANSWERS, Field
from tests.browser.form import Form
from tests.browser.phone import until

Begin = Callable[..., Form]
HUNG_DECODER = """
  self.decodes = 0;
  self.createImageBitmap = () => { self.decodes += 1; return new Promise(() => {}); };
"""
PLACE = {"latitude": 21.0285, "longitude": 105.8542, "accuracy": 12}


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Twelve megapixels, held upright by its EXIF only."""
    file = tmp_path / "IMG_0001.jpg"
    file.write_bytes(photo_files.jpeg(4000, 3000, 3, orientation=6))
    return file


def stored(field: Field, visit: int) -> list[bytes]:
    """The bytes of the visit's photos on the server."""
    storage = storage_for(field.house.folder / "uploads")
    return [storage.read(photo.sha256) for photo in field.photos(visit)]


def test_a_photo_is_on_the_phone_before_it_is_decoded(begin: Begin, field: Field, picture: Path) -> None:
    form = begin(open_form=False)
    form.page.add_init_script(HUNG_DECODER)
    form.open().phone.offline()
    form.add_photo("front", picture)
    form.wait("list => list.length === 1 && list[0].decoding", "photos")
    expect(form.thumbs("front")).to_have_count(1)
    form.phone.kill()  # the decoder took the browser down

    phone = form.phone
    page = phone.boot()
    page.add_init_script(HUNG_DECODER)
    form = Form(phone, page, form.shopper).open()
    until(lambda: field.photos(form.visit))
    assert page.evaluate("() => self.decodes") == 0, "not tried again"
    assert stored(field, form.visit) == [picture.read_bytes()], "the original"


def test_it_is_made_smaller_upright_and_without_its_own_position(
    begin: Begin, field: Field, large: Path
) -> None:
    form = begin()
    form.photo("front", large)
    until(lambda: field.photos(form.visit))
    data = stored(field, form.visit)[0]
    image = Image.open(io.BytesIO(data))
    assert image.size == (1536, 2048)
    assert len(image.getexif()) == 0
    assert len(data) < 1_500_000


def test_the_list_of_photos_holds_small_pictures(begin: Begin, large: Path) -> None:
    form = begin()
    form.phone.offline()
    form.photo("front", large)
    sizes = form.page.evaluate(
        "async (key) => (await visit.store.photos(key)).map((one) => one.thumb && one.thumb.byteLength)",
        form.key,
    )
    assert 0 < sizes[0] <= 10_240
    expect(form.thumbs("front").locator("img")).to_have_count(1)
    form.page.wait_for_function(
        "() => [...document.querySelectorAll('li[data-photo] img')].every((one) => one.naturalWidth > 0)"
    )
    form.reload()
    expect(form.thumbs("front").locator("img")).to_have_count(1)


def test_many_photos_are_decoded_one_at_a_time(begin: Begin, field: Field, large: Path) -> None:
    form = begin(open_form=False)
    form.page.add_init_script(
        """
        self.most = 0; self.open = 0;
        const make = self.createImageBitmap;
        self.createImageBitmap = async (...values) => {
          self.open += 1; self.most = Math.max(self.most, self.open);
          try { return await make.apply(self, values); }
          finally { await new Promise((go) => setTimeout(go, 100)); self.open -= 1; }
        };
        """
    )
    form.open().phone.offline()
    form.photo("front", *[large] * 6)
    assert form.page.evaluate("() => self.most") == 1
    form.phone.offline(False)
    until(lambda: len(field.photos(form.visit)) == 6)


def test_photos_of_the_same_name_are_all_kept(begin: Begin, field: Field, tmp_path: Path) -> None:
    files = []
    for seed in range(3):
        folder = tmp_path / str(seed)
        folder.mkdir()
        files.append(folder / "image.jpg")
        files[-1].write_bytes(photo_files.jpeg(640, 480, seed))
    form = begin()
    form.phone.offline()
    for file in files:
        form.add_photo("front", file)
    form.wait("list => list.length === 3", "photos")
    form.phone.offline(False)
    until(lambda: len(field.photos(form.visit)) == 3)
    assert len({photo.sha256 for photo in field.photos(form.visit)}) == 3


@pytest.mark.parametrize("kind", ["heic", "broken"])
def test_what_the_phone_cannot_read_is_sent_as_it_is(
    begin: Begin, field: Field, picture: Path, tmp_path: Path, kind: str
) -> None:
    file = tmp_path / ("IMG_1.HEIC" if kind == "heic" else "IMG_2.jpg")
    file.write_bytes(photo_files.heic() if kind == "heic" else b"\xff\xd8\xff\xe0" + b"broken" * 500)
    form = begin()
    form.phone.offline()
    form.fill(picture)
    form.photo("front", file)
    form.submit()
    form.queued()
    form.phone.offline(False)
    until(lambda: field.submissions(form.visit))
    hashes = {photo.sha256: photo.state for photo in field.photos(form.visit)}
    assert len(hashes) == 2
    state = hashes[hashlib.sha256(file.read_bytes()).hexdigest()]
    assert state == ("unreadable" if kind == "broken" else "received")


def test_a_photo_that_the_server_refuses_holds_up_nothing_else(
    begin: Begin, field: Field, picture: Path, tmp_path: Path
) -> None:
    body = json.dumps({"code": "too_large", "message": "Ảnh này quá lớn.", "limit": 20_000_000}).encode()
    field.faults.add("PUT .*/photos/", answer=(413, "application/json", body))
    form = begin()
    form.fill(picture)
    expect(form.thumbs("front")).to_contain_text("Ảnh này quá lớn.")
    until(lambda: len(field.answers(form.visit)) == len(ANSWERS))
    form.check()
    expect(form.submit_button).to_be_disabled()
    form.remove_photo("front")
    other = tmp_path / "other.jpg"
    other.write_bytes(photo_files.jpeg(800, 600, 9))
    form.photo("front", other)
    form.submit()
    until(lambda: field.submissions(form.visit))
    field.whole(form.visit)


def test_a_photo_taken_back_offline_never_arrives(begin: Begin, field: Field, picture: Path) -> None:
    form = begin()
    form.phone.offline()
    form.photo("front", picture)
    form.remove_photo("front")
    form.reload()
    expect(form.thumbs("front")).to_have_count(0)
    form.phone.offline(False)
    form.give("greeted", "yes")
    until(lambda: field.answers(form.visit).get("greeted"))
    form.page.wait_for_timeout(500)
    assert field.photos(form.visit) == []


def test_a_photo_taken_back_offline_goes_from_the_server_too(
    begin: Begin, field: Field, picture: Path
) -> None:
    form = begin()
    form.photo("front", picture)
    until(lambda: field.photos(form.visit))
    form.phone.offline()
    form.remove_photo("front")
    form.phone.kill()
    form = Form(form.phone, form.phone.boot(), form.shopper).open()
    until(lambda: field.photos(form.visit) == [])
    expect(form.thumbs("front")).to_have_count(0)


def test_a_photo_carries_what_the_phone_knows_of_it(begin: Begin, field: Field, picture: Path) -> None:
    form = begin(geolocation=PLACE, permissions=["geolocation"])
    allow_place(form)
    form.photo("front", picture)
    photo = until(lambda: field.photos(form.visit))[0]
    assert (round(photo.latitude, 4), round(photo.longitude, 4)) == (21.0285, 105.8542)
    assert photo.accuracy == 12
    assert photo.position_age is not None
    assert photo.device_at is not None
    assert abs(photo.clock_offset) < 60
    assert photo.source == "gallery"
    assert photo.file_name == "picture.jpg"
    assert photo.original_bytes == picture.stat().st_size


@pytest.mark.parametrize(
    ("script", "error"),
    [
        (
            "Geolocation.prototype.getCurrentPosition = (_ok, no) => setTimeout(no, 50, { code: 1 });",
            "denied",
        ),
        (
            "Geolocation.prototype.getCurrentPosition = (_ok, no) => setTimeout(no, 50, { code: 3 });",
            "timeout",
        ),
    ],
)
def test_without_a_position_the_reason_is_kept(
    begin: Begin, field: Field, picture: Path, script: str, error: str
) -> None:
    form = begin(open_form=False, permissions=["geolocation"], geolocation=PLACE)
    form.page.add_init_script(script)
    form.open()
    allow_place(form)
    form.photo("front", picture)
    photo = until(lambda: field.photos(form.visit))[0]
    assert photo.latitude is None
    assert photo.position_error == error


def test_a_position_that_never_comes_holds_nothing_up(begin: Begin, field: Field, picture: Path) -> None:
    form = begin(open_form=False, permissions=["geolocation"], geolocation=PLACE)
    form.page.add_init_script("Geolocation.prototype.getCurrentPosition = () => {};")
    form.open()
    allow_place(form)
    form.fill(picture)
    form.submit()
    until(lambda: field.submissions(form.visit))
    field.whole(form.visit)


def allow_place(form: Form) -> None:
    """The person wishes positions to be recorded."""
    form.page.evaluate("() => visit.place.wish(true)")


def test_the_start_is_kept_with_its_place(begin: Begin, field: Field) -> None:
    form = begin(open_form=False, geolocation=PLACE, permissions=["geolocation"])
    form.phone.offline()
    form.open()
    form.phone.offline(False)
    until(lambda: field.state(form.visit) == "in_progress")
    data = field.start_of(form.visit)
    assert data["position"]["latitude"] == PLACE["latitude"]
