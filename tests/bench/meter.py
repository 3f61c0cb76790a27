"""A network between phone and server that counts what goes through, and is as slow as it is told to be."""

import asyncio
import re
import socket

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

    async def _up(self, caller: socket.socket, ahead: socket.socket) -> None:
        while data := await self._loop.sock_recv(caller, CHUNK):
            if _REQUEST.match(data):  # browsers ask for the next thing when they have the last one
                self.requests += 1
                await asyncio.sleep(self.round_trip)
            self.up += len(data)
            if self.upload:
                await asyncio.sleep(len(data) / self.upload)
            await self._loop.sock_sendall(ahead, data)

    async def _down(self, ahead: socket.socket, caller: socket.socket) -> None:
        while data := await self._loop.sock_recv(ahead, 16 * CHUNK):
            self.down += len(data)
            await self._loop.sock_sendall(caller, data)
