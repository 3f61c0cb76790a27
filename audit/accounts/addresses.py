"""Addresses to go back to: only our own pages."""

from urllib.parse import urlsplit

from flask import current_app, request, url_for


def is_local(address: str | None) -> bool:
    """Whether it is a path on this site, however a browser might read it."""
    if not address or not address.startswith("/") or address.startswith("//"):
        return False
    if "\\" in address or any(ord(letter) < 33 or ord(letter) == 127 for letter in address):
        return False
    parts = urlsplit(address)
    return not parts.scheme and not parts.netloc


def local_page(address: str | None) -> str:
    """The address if it is a page of ours that can be opened, the front door otherwise."""
    if address and is_local(address):
        adapter = current_app.create_url_adapter(request)
        if adapter is not None and adapter.test(urlsplit(address).path, "GET"):
            return address
    return url_for("home.index")
