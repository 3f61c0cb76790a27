"""A bad network: a TCP proxy in a thread of its own that slows, swallows, cuts or refuses what goes through."""

import asyncio
import socket
import struct
import threading
from collections.abc import Coroutine
from typing import Any

CHUNK = 4096
RESET = struct.pack("ii", 1, 0)  # linger 0: closing sends a reset


class Proxy:
    """Listens on a free port of 127.0.0.1 and hands on to `target`, as long as the network allows it.

    `state`: "open", "refuse" (every connection is reset) or "blackhole" (connected, and nothing ever arrives).
    `upload`: bytes per second of each connection towards the server, None for as fast as it goes.
    `latency`: seconds before each piece. `cut_after`: bytes towards the server after which all is cut, once.
    """

    def __init__(self, target: tuple[str, int]) -> None:
        self.state = "open"
        self.upload: float | None = None
        self.latency = 0.0
        self.cut_after: int | None = None
        self._target = target
        self._connections: dict[asyncio.Task[None], list[socket.socket]] = {}  # both sides
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self._listener.setblocking(False)
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._loop = asyncio.new_event_loop()
        self._loop.add_reader(self._listener, self._accept)
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy")
        self._thread.start()

    def heal(self) -> None:
        """A good network again."""
        self.state, self.upload, self.latency, self.cut_after = "open", None, 0.0, None

    def become(self, state: str) -> None:
        """Change the state; what is open now breaks where the new state would not have let it in."""
        self.state = state
        if state == "refuse":
            self.cut()

    def cut(self) -> None:
        """Break every connection at once, with whatever is under way in them."""
        self._call(self._broken())

    def close(self) -> None:
        """Stop for good; no socket of ours is open afterwards."""
        self._call(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _call(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    def _accept(self) -> None:
        try:
            caller, _address = self._listener.accept()
        except OSError:
            return  # gone again already
        caller.setblocking(False)
        if self.state == "refuse":
            _reset(caller)
            caller.close()
            return
        ahead = socket.socket()
        ahead.setblocking(False)
        task = self._loop.create_task(self._serve(caller, ahead))
        self._connections[task] = [caller, ahead]
        task.add_done_callback(self._over)

    def _over(self, task: "asyncio.Task[None]") -> None:
        """Also of a task that was cancelled before it began."""
        for side in self._connections.pop(task):
            side.close()

    def _break(self) -> list["asyncio.Task[None]"]:
        for task, sides in self._connections.items():
            for side in sides:
                _reset(side)
            if not task.cancelling():
                task.cancel()
        return list(self._connections)

    async def _broken(self) -> None:
        await asyncio.gather(*self._break(), return_exceptions=True)

    async def _end(self) -> None:
        self._loop.remove_reader(self._listener)
        self._listener.close()
        await self._broken()
        while self._connections:  # until each one's callback has run
            await asyncio.sleep(0)

    async def _serve(self, caller: socket.socket, ahead: socket.socket) -> None:
        try:
            await self._loop.sock_connect(ahead, self._target)
        except OSError:
            return
        ways = [asyncio.ensure_future(way) for way in (self._up(caller, ahead), self._down(ahead, caller))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            # What goes wrong here is the other side's leaving: so do we.
            await asyncio.gather(*ways, return_exceptions=True)

    async def _up(self, caller: socket.socket, ahead: socket.socket) -> None:
        while data := await self._loop.sock_recv(caller, CHUNK):
            await self._weather(len(data), self.upload)
            if self.cut_after is not None:
                self.cut_after -= len(data)
                if self.cut_after < 0:
                    self.cut_after = None
                    self._break()
                    return
            await self._loop.sock_sendall(ahead, data)

    async def _down(self, ahead: socket.socket, caller: socket.socket) -> None:
        while data := await self._loop.sock_recv(ahead, 16 * CHUNK):
            await self._weather(0, None)
            await self._loop.sock_sendall(caller, data)

    async def _weather(self, size: int, rate: float | None) -> None:
        pause = self.latency + (size / rate if rate else 0)
        if pause:
            await asyncio.sleep(pause)
        while self.state == "blackhole":
            await asyncio.sleep(0.05)


def _reset(side: socket.socket) -> None:
    """Its closing tells whoever is at the other end that something broke."""
    side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
