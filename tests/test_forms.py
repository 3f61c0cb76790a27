"""The one form of all text: what is kept of what people type."""

import pytest

from audit.forms import clean


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Nguye\u0302\u0303n An ", "Nguyễn An"),
        ("a\0b\x1b", "ab"),
        ("Dòng một\nDòng hai", "Dòng một\nDòng hai"),
        ("\u200b", ""),
        (" \u200b\u2060\ufeff\u00ad\u00a0", ""),
        ("ảnh\u202egnp.exe", "ảnhgnp.exe"),
        ("\u2066An\u2069", "An"),
        ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
        ("شركة", "شركة"),
        ("", ""),
        (None, ""),
    ],
)
def test_clean(typed: str | None, kept: str) -> None:
    assert clean(typed) == kept
