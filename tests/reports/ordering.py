"""Ordering the report of a wave and reading what was printed."""

import io

from flask.testing import FlaskClient
from pypdf import PdfReader


def ordered(browser: FlaskClient, query: str, language: str = "vi") -> str:
    """The address of the report's page."""
    answer = browser.post(f"/reports?{query}", data={"language": language})
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def said(content: bytes) -> str:
    """The text of a PDF with single spaces."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())
