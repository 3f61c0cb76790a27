"""Static files: small on the way, the same bytes on arrival, and never an old one under a new address."""

import gzip
import os
import threading
from collections.abc import Callable
from pathlib import Path

import brotli  # type: ignore[import-untyped]
import pytest
from flask import Flask
from flask.testing import FlaskClient

from audit import assets
from audit.accounts.models import Person
from audit.assets import STATIC, Files

Browser = Callable[[Person | None], FlaskClient]
TEXTS = sorted(
    path.relative_to(STATIC).as_posix()
    for folder in ("css", "js", "vendor")
    for path in (STATIC / folder).iterdir()
    if path.stat().st_size >= assets.SMALLEST
)
EXPAND: dict[str, Callable[[bytes], bytes]] = {
    "br": brotli.decompress,
    "gzip": gzip.decompress,
    "identity": bytes,
}


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    """Signed out; no page is asked for, so no table either."""
    return app.test_client()


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, deflate, br, zstd", "br"), ("gzip, deflate", "gzip"), ("identity", "identity")],
)
def test_every_text_is_compressed_and_arrives_as_it_is(
    accepted: str, encoding: str, browser: FlaskClient
) -> None:
    for name in TEXTS:
        answer = browser.get(f"/static/{name}", headers={"Accept-Encoding": accepted})
        assert answer.headers.get("Content-Encoding", "identity") == encoding, name
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert int(answer.headers["Content-Length"]) == len(answer.data)
        assert EXPAND[encoding](answer.data) == (STATIC / name).read_bytes(), name
        if encoding != "identity":
            assert len(answer.data) < (STATIC / name).stat().st_size * 0.7, name


def test_only_the_address_with_the_right_hash_lasts(app: Flask, browser: FlaskClient) -> None:
    with app.test_request_context():
        address = assets.static_url("css/app.css")
    assert browser.get(address).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    path = address.split("?")[0]
    for stale in ("?v=000000000000", "?v=", f"?v={assets.digest('css/app.css')}&v=1"):
        lasting = browser.get(path + stale).headers["Cache-Control"]
        assert lasting == ("public, max-age=86400" if stale == "?v=" else "no-cache"), stale
    assert browser.get(path).headers["Cache-Control"] == "public, max-age=86400"


def test_what_has_not_changed_is_not_sent_again(browser: FlaskClient) -> None:
    first = browser.get("/static/css/app.css", headers={"Accept-Encoding": "br"})
    tag = first.headers["ETag"]
    assert tag == f'W/"{assets.digest("css/app.css")}"'
    again = browser.get("/static/css/app.css", headers={"Accept-Encoding": "br", "If-None-Match": tag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert again.headers["Vary"] == "Accept-Encoding"
    other = browser.get("/static/css/app.css", headers={"If-None-Match": 'W/"other"'})
    assert other.status_code == 200


def test_pictures_and_fonts_go_as_they_are(browser: FlaskClient) -> None:
    for name in ("icons/icon-192.png", "fonts/inter.woff2"):
        answer = browser.get(f"/static/{name}", headers={"Accept-Encoding": "br"})
        assert "Content-Encoding" not in answer.headers
        assert answer.data == (STATIC / name).read_bytes()
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def _application(_environ: object, start: Callable[..., object]) -> list[bytes]:
    start("404 Not Found", [])
    return [b"nothing"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A package's static folder with one file."""
    made = tmp_path / "package"
    made.mkdir()
    (made / "a.js").write_text("let what = 1;\n" * 200)
    return made


def test_several_processes_may_start_at_once_and_the_package_stays_as_it_is(
    folder: Path, tmp_path: Path
) -> None:
    copies = tmp_path / "var" / "static"
    faults: list[BaseException] = []

    def start() -> None:
        try:
            Files(_application, folder, "static/", copies)
        except BaseException as fault:
            faults.append(fault)

    starts = [threading.Thread(target=start) for _ in range(16)]
    for one in starts:
        one.start()
    for one in starts:
        one.join()
    assert faults == []
    assert sorted(path.suffix for path in copies.iterdir()) == [".br", ".gz"]
    assert [path.name for path in folder.iterdir()] == ["a.js"]


def test_a_copy_that_was_cut_off_is_made_again(folder: Path, tmp_path: Path) -> None:
    Files(_application, folder, "static/", tmp_path / "copies")
    whole = {path: path.read_bytes() for path in (tmp_path / "copies").iterdir()}
    for path, data in whole.items():
        path.write_bytes(data[: len(data) // 2] if path.suffix == ".br" else b"")
    Files(_application, folder, "static/", tmp_path / "copies")
    assert {path: path.read_bytes() for path in whole} == whole


def test_where_no_copy_can_be_made_the_file_goes_out_as_it_is(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    files = Files(_application, folder, "static/", tmp_path / "taken" / "static")
    path, headers = files.variants["/static/a.js", assets.A_DAY].get_path_and_headers(
        {"HTTP_ACCEPT_ENCODING": "br, gzip"}
    )
    assert path == os.fspath(folder / "a.js")
    assert "Content-Encoding" not in dict(headers)
    assert "a.js goes out uncompressed" in caplog.text


def test_joined_scripts_go_out_as_one_without_comments(browser: FlaskClient) -> None:
    for name, parts in assets.JOINED.items():
        answer = browser.get(f"/static/{name}", headers={"Accept-Encoding": "br"})
        assert answer.headers["Content-Type"].startswith("text/javascript")
        text = brotli.decompress(answer.data).decode()
        assert text.startswith('"use strict";')
        for part in parts:
            *_rest, last = [line for line in (STATIC / part).read_text().splitlines() if line.strip()]
            assert last.strip() in text, part
        assert not [line for line in text.splitlines() if line.startswith(("//", " "))]


def test_joined_scripts_survive_the_loss_of_their_indentation() -> None:
    for part in {part for parts in assets.JOINED.values() for part in parts if part.startswith("js/")}:
        script = (STATIC / part).read_text()
        # A text in backquotes may hold others inside ${}, but neither may go over the end of a line.
        assert not [line for line in script.splitlines() if line.count("`") % 2], part
        assert "/*" not in script, part
