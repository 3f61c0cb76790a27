"""Charts need a language, no database."""

from collections.abc import Iterator

import pytest
from flask import Flask

from audit import i18n


@pytest.fixture
def vietnamese() -> Iterator[None]:
    """Texts and numbers as Vietnamese readers get them."""
    app = Flask("audit")
    i18n.init(app)
    with app.test_request_context(headers={"Accept-Language": "vi"}):
        yield


@pytest.fixture
def english() -> Iterator[None]:
    """The same in English."""
    app = Flask("audit")
    i18n.init(app)
    with app.test_request_context(headers={"Accept-Language": "en"}):
        yield
