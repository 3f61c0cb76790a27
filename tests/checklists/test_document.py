"""A document as text: one spelling, exact numbers, nothing that cannot be kept."""

import json
import unicodedata

import pytest
from flask import Flask

from audit.checklists.document import canonical, digest, parse, readable
from audit.errors import Invalid
from tests.factories import CHECKLIST


@pytest.fixture(autouse=True)
def _in_a_request(app: Flask) -> object:
    """Messages need a language."""
    with app.test_request_context(headers={"Accept-Language": "en"}):
        yield


def test_the_hash_knows_no_order_and_no_blanks() -> None:
    one = parse('{"b": [1, {"y": "ă", "x": 2}], "a": "1/3"}')
    other = parse('{"a":"1/3","b":[1,{"x":2,"y":"ă"}]}')
    assert canonical(one) == '{"a":"1/3","b":[1,{"x":2,"y":"ă"}]}'.encode()
    assert digest(one) == digest(other)


def test_text_is_composed() -> None:
    split = unicodedata.normalize("NFD", "Đường Nguyễn")
    assert parse(json.dumps({"title": split})) == {"title": "Đường Nguyễn"}


def test_the_export_reads_back_as_the_same_document() -> None:
    assert digest(parse(readable(CHECKLIST))) == digest(CHECKLIST)


def test_the_export_puts_the_id_first() -> None:
    first = readable({"questions": [{"text": {"en": "T", "vi": "V"}, "type": "text", "id": "q"}]})
    assert first.index('"id"') < first.index('"type"') < first.index('"vi"') < first.index('"en"')


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"weight": 0.5}', "Write 0.5 as text in quotes"),
        ('{"weight": 1e3}', "Write 1e3 as text in quotes"),
        ('{"weight": NaN}', "NaN is not a number"),
        ('{"weight": -Infinity}', "-Infinity is not a number"),
        ('{"id": 1, "id": 2}', "“id” stands twice"),
        ('{"a": ', "line 1, column 7"),
        ("[]", "JSON object"),
        ('"text"', "JSON object"),
        ('{"a": "\\u0000"}', "cannot be kept"),
        ('{"a": "\\ud800"}', "cannot be kept"),
        ('{"a\\ud800": 1}', "cannot be kept"),
        ('{"a": ' + "[" * 30 + "]" * 30 + "}", "nested too deeply"),
        ('{"a": ' + "[" * 100_000 + "]" * 100_000 + "}", "too long to be read"),
        ('{"a": ' + "1" * 5000 + "}", "too long to be read"),
        (" " * 1_000_001, "too large"),
        (b"\xff\xfe", "UTF-8"),
    ],
    ids=range(16),
)
def test_what_cannot_be_kept_is_refused_with_a_reason(text: str | bytes, words: str) -> None:
    with pytest.raises(Invalid) as error:
        parse(text)
    assert words in str(error.value.message)
    assert error.value.details["field"] == "text"


def test_a_file_with_a_byte_order_mark_is_read() -> None:
    assert parse(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}
