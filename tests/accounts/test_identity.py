"""Names, mail addresses and phone numbers as people write them."""

import unicodedata

import pytest

from audit.accounts.identity import folded, normal_email, normal_phone, plain, shown_phone


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0912 345 678", "+84912345678"),
        ("024 3825 1234", "+842438251234"),
        ("+1 (202) 555-0143", "+12025550143"),
        ("0044 20 7946 0018", "+442079460018"),
        ("84 912 345 678", "+84912345678"),
        ("123", None),
        ("0912 345 67x", None),
        ("++84912345678", None),
        ("+0912345678", None),
        ("0" * 17, None),
        ("", None),
        (None, None),
    ],
)
def test_phone(typed: str | None, kept: str | None) -> None:
    assert normal_phone(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" An.Nguyen@Example.COM ", "an.nguyen@example.com"),
        ("an@bank.test", "an@bank.test"),
        ("an", None),
        ("an@", None),
        ("an@example", None),
        ("an @example.com", None),
        ("nguyễn@example.com", None),
        (None, None),
    ],
)
def test_mail(typed: str | None, kept: str | None) -> None:
    assert normal_email(typed) == kept


def test_phone_is_shown_as_it_is_dialled_at_home() -> None:
    assert shown_phone("+84912345678") == "0912 345 678"
    assert shown_phone("+442079460018") == "+442079460018"
    assert shown_phone(None) == ""


def test_names_are_composed_on_one_line() -> None:
    assert plain(unicodedata.normalize("NFD", "  Đỗ \n Hải\x00Yến ")) == "Đỗ Hải Yến"


def test_fold() -> None:
    assert folded("Đỗ Hải YẾN") == "do hai yen"
