"""Pictures that prove something beside a visit: only a clean copy is kept, and hostile files are refused."""

import io
from collections.abc import Callable

import pytest
from PIL import Image
from sqlalchemy.orm import Session

from audit.errors import Invalid
from audit.visits import evidence
from tests import photo_files as files


def test_the_copy_has_no_metadata_and_the_file_itself_is_not_kept(session: Session) -> None:
    data = files.jpeg(2400, 1800, 1, taken_at=files.TAKEN, gps=(21.0285, 105.8542))
    before = set(evidence.storage().list())
    key = evidence.clean_copy(data)
    assert set(evidence.storage().list()) - before == {key}
    copy = evidence.storage().read(key)
    image = Image.open(io.BytesIO(copy))
    assert image.format == "JPEG"
    assert max(image.size) == 1600
    assert not image.getexif()
    assert b"Testphone" in data
    assert b"Testphone" not in copy
    assert b"Exif" not in copy


def test_a_hidden_program_does_not_survive(session: Session) -> None:
    copy = evidence.storage().read(evidence.clean_copy(files.jpeg_with(files.PHP)))
    assert b"<?php" not in copy


REFUSED: list[tuple[str, Callable[[], bytes], str]] = [
    ("empty", lambda: b"", "empty"),
    ("page", lambda: b"<html><script>alert(1)</script></html>", "not_an_image"),
    ("paper", lambda: b"%PDF-1.7\n1 0 obj\n", "pdf"),
    ("paper with a line before it", lambda: b"\n\n%PDF-1.4\n", "pdf"),
    ("cut in half", lambda: files.jpeg(800, 600, 1)[:9000], "broken_data"),
    ("bomb", lambda: files.png_bomb(20_000, 20_000), "too_many_pixels"),
    ("moving", lambda: files.animated("WEBP"), "animated"),
    ("archive", files.gifar, "not_an_image"),
]


@pytest.mark.parametrize(("make", "code"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_hostile_files_are_refused_with_a_sentence(
    session: Session, make: Callable[[], bytes], code: str
) -> None:
    before = set(evidence.storage().list())
    with pytest.raises(Invalid) as refusal:
        evidence.clean_copy(make())
    assert refusal.value.code == code
    assert str(refusal.value.message).endswith(".")
    assert set(evidence.storage().list()) == before
