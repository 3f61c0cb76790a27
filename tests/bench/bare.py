"""The yardstick for submissions: the least a server can do that keeps the same bytes durably.

Run as a program it is that server: Flask on waitress, one table, one transaction per request. It checks no right,
reads no picture and answers nothing of use.
"""

import os
from typing import Any

import psycopg_pool
import waitress  # type: ignore[import-untyped]
from flask import Flask, request

from tests.bench import submissions
from tests.bench.place import Place, Server, server

THREADS = 16
_TABLE = "CREATE TABLE IF NOT EXISTS bare (id bigserial PRIMARY KEY, path text NOT NULL, body bytea NOT NULL)"


def create_app(pool: psycopg_pool.ConnectionPool) -> Flask:
    """Every PUT keeps its body in one transaction."""
    app = Flask(__name__)

    @app.get("/api/v1/session")
    def session() -> dict[str, str]:
        return {"csrf": ""}

    @app.put("/<path:path>")
    def keep(path: str) -> tuple[dict[str, str], int]:
        with pool.connection() as connection:
            connection.execute("INSERT INTO bare (path, body) VALUES (%s, %s)", (path, request.get_data()))
        return {"kept": path}, 201

    return app


def main() -> None:
    """Serve until told to stop."""
    with psycopg_pool.ConnectionPool(_address(), min_size=THREADS, max_size=THREADS) as pool:
        with pool.connection() as connection:
            connection.execute(_TABLE)
        port = int(os.environ["AUDIT_PORT"])
        waitress.serve(create_app(pool), host="127.0.0.1", port=port, threads=THREADS)


def _address() -> str:
    return os.environ["AUDIT_DATABASE_URL"].replace("postgresql+psycopg://", "postgresql://")


def bench(
    place: Place,
    pictures: list[bytes],
    clients: tuple[int, ...] = submissions.CLIENTS,
    share: float = 1.0,
) -> list[dict[str, Any]]:
    """The rows of `submissions.bench`, for this server."""
    with server(place, "-m", "tests.bench.bare") as running:
        _run(place, running, 2, 3, pictures)  # warm
        return [
            _run(place, running, number, submissions.each(number, bool(chosen), share), chosen)
            for chosen in ([], pictures)
            for number in clients
        ]


def _run(place: Place, running: Server, clients: int, visits: int, pictures: list[bytes]) -> dict[str, Any]:
    sent = submissions.visit(pictures)
    jobs = [sent.job(place.settings.port, "", list(range(visits))) for _ in range(clients)]
    return submissions.measured(submissions.work, jobs, running, len(sent.answers), len(pictures))


if __name__ == "__main__":
    main()
