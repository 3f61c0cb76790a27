"""A bad network: a TCP proxy in a thread of its own that slows, swallows, cuts or refuses what goes through."""

import asyncio
import contextlib
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
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy")
        self._thread.start()
        self._server: asyncio.Server = self._call(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port: int = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

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
        self._call(self._break())

    def close(self) -> None:
        """Stop for good."""
        self.state = "refuse"
        self._call(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _call(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _break(self) -> None:
        for writer in list(self._writers):
            _reset(writer)

    async def _end(self) -> None:
        self._server.close()
        await self._break()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.state == "refuse":
            _reset(writer)
            return
        self._writers.add(writer)
        ahead = None
        try:
            there, ahead = await asyncio.open_connection(*self._target)
            self._writers.add(ahead)
            ways = (self._up(reader, ahead), self._down(there, writer))
            tasks = [asyncio.ensure_future(way) for way in ways]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        except OSError:
            pass  # the other side has gone: so do we
        finally:
            for one in filter(None, (writer, ahead)):
                self._writers.discard(one)
                one.close()

    async def _up(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(CHUNK):
            await self._weather(len(data), self.upload)
            if self.cut_after is not None:
                self.cut_after -= len(data)
                if self.cut_after < 0:
                    self.cut_after = None
                    await self._break()
                    return
            writer.write(data)
            await writer.drain()

    async def _down(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(16 * CHUNK):
            await self._weather(0, None)
            writer.write(data)
            await writer.drain()

    async def _weather(self, size: int, rate: float | None) -> None:
        pause = self.latency + (size / rate if rate else 0)
        if pause:
            await asyncio.sleep(pause)
        while self.state == "blackhole":
            await asyncio.sleep(0.05)


def _reset(writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, AttributeError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    with contextlib.suppress(RuntimeError):
        writer.transport.abort()
