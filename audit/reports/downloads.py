"""Handing out a stored file."""

from flask import Response, current_app, send_file


def stored_file(sha256: str | None, size: int | None, mimetype: str, name: str) -> Response:
    """A file of the storage under a name of its own; a browser asks each time whether it still may have it."""
    answer: Response = send_file(
        current_app.extensions["storage"].open(sha256),
        mimetype=mimetype,
        as_attachment=True,
        download_name=name,
        etag=sha256 or "",
    )
    answer.headers["Content-Length"] = str(size)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer
