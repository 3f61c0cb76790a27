"""Walking through all that one person can reach, and taking apart what was fetched: texts, pictures, members."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import pypdf
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

MOST = 3_000  # pages: more is a crawl that goes round in circles
ATTRIBUTES = {
    "href",
    "src",
    "action",
    "data",
    "poster",
    "srcset",
    "data-src",
    "data-url",
    "data-href",
    "data-large",
}


class _Links(HTMLParser):
    """Addresses of a page that a GET may ask for: also of forms that are sent by GET, and of other forms (405 then)."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect the addresses of a tag."""
        del tag
        self.found += [value for name, value in attrs if name in ATTRIBUTES and value]


@dataclass
class Walk:
    """What was fetched, by address."""

    client: FlaskClient
    fetched: dict[str, TestResponse] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)

    def on(self, *starts: str, within: str = "/") -> "Walk":
        """Fetch these and everything that they lead to, on this site or in this part of it.

        Of a page with filters each value of each filter is asked for, not every combination of them.
        """
        waiting = list(starts)
        while waiting:
            path = waiting.pop()
            if path in self.fetched or path.startswith("/static/") or not self._is_new(path):
                continue
            assert len(self.fetched) < MOST, path
            answer = self.client.get(path)
            self.fetched[path] = answer
            links = [link for link in _links(path, answer) if link.startswith(within)]
            waiting += [link for link in links if link not in self.fetched]
        return self

    def _is_new(self, path: str) -> bool:
        """Whether the page itself, or one of the values it is asked for, has not been seen before."""
        page, _, query = path.partition("?")
        parts = {page, *(f"{page}?{value}" for value in query.split("&") if value)}
        news = parts - self._seen
        self._seen |= parts
        return bool(news)


def _links(path: str, answer: TestResponse) -> list[str]:
    if answer.status_code in (301, 302, 303, 307, 308):
        found = [answer.location]
    elif answer.mimetype == "text/html":
        reader = _Links()
        reader.feed(answer.text)
        found = reader.found
    else:
        return []
    whole = [urlsplit(urldefrag(urljoin(f"http://localhost{path}", one)).url) for one in found]
    return [
        f"{one.path}?{one.query}" if one.query else one.path
        for one in whole
        if one.scheme in ("http", "https") and one.netloc == "localhost" and one.path != "/sign-out"
    ]


def parts(name: str, data: bytes, kind: str) -> Iterator[tuple[str, bytes]]:
    """(where, bytes) of a file and of everything inside it: members of archives, texts and pictures of PDFs."""
    yield name, data
    if kind == "application/zip" or data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist():
                yield (
                    f"{name}!{member.filename}",
                    member.filename.encode() + member.comment + (member.extra or b""),
                )
                yield from parts(f"{name}!{member.filename}", archive.read(member), "")
    elif data[:5] == b"%PDF-":
        yield from _of_pdf(name, data)


def _of_pdf(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    return ((f"{name}#{where}", part) for where, part in _read_pdf(data))


@lru_cache(maxsize=16)
def _read_pdf(data: bytes) -> list[tuple[str, bytes]]:
    """The same file is met alone and in archives, and takes its time."""
    reader = pypdf.PdfReader(io.BytesIO(data))
    facts = {key: str(value) for key, value in (reader.metadata or {}).items()}
    found = [("facts", repr(facts).encode())]
    if reader.xmp_metadata is not None:
        found.append(("xmp", reader.xmp_metadata.stream.get_data()))
    for number, page in enumerate(reader.pages, start=1):
        found.append((f"page{number}", page.extract_text().encode()))
        found += [(f"page{number}/{image.name}", image.data) for image in page.images]
    return found + [("attached", repr(attached).encode()) for attached in reader.attachments.items()]


def metadata_of(data: bytes) -> dict[str, object]:
    """What a picture says of itself beyond its pixels: EXIF, texts, comments; empty for what is no picture."""
    try:
        picture = Image.open(io.BytesIO(data))
        found: dict[str, object] = {f"exif {tag}": value for tag, value in picture.getexif().items()}
    except OSError:
        return {}
    harmless = {
        "jfif",
        "jfif_version",
        "jfif_unit",
        "jfif_density",
        "dpi",
        "progressive",
        "progression",
        "adobe",
        "adobe_transform",
    }
    return found | {
        name: value for name, value in picture.info.items() if name not in harmless and name != "icc_profile"
    }
