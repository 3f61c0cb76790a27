"""A network between phone and server that counts what goes through, and is as slow as it is told to be."""

import asyncio
import re

from tests.browser.proxy import CHUNK, Proxy

_REQUEST = re.compile(rb"(GET|PUT|POST|DELETE|HEAD) /")


class Meter(Proxy):
    """`requests`, `up` and `down` (bytes, headers included) since `reset`; each request waits `round_trip` s."""

    requests = 0
    up = 0
    down = 0
    round_trip = 0.0

    def reset(self) -> None:
        """Count from nothing."""
        self.requests = self.up = self.down = 0

    async def _up(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(CHUNK):
            if _REQUEST.match(data):  # browsers ask for the next thing when they have the last one
                self.requests += 1
                await asyncio.sleep(self.round_trip)
            self.up += len(data)
            if self.upload:
                await asyncio.sleep(len(data) / self.upload)
            writer.write(data)
            await writer.drain()

    async def _down(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(16 * CHUNK):
            self.down += len(data)
            writer.write(data)
            await writer.drain()
