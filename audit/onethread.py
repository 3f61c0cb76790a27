"""One thread that runs calls one after the other for an event loop: Pango must not work in two at once."""

import asyncio
import queue
import threading
from collections.abc import Callable


class OneThread:
    """Awaitable calls on a single thread of their own."""

    def __init__(self, name: str) -> None:
        self._calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        # A daemon, so that a call that hangs cannot keep a process alive that was told to stop.
        threading.Thread(target=self._work, name=name, daemon=True).start()

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            call()

    def close(self) -> None:
        """End the thread after the call it is in."""
        self._calls.put(None)

    async def run(self, function: Callable[[], None]) -> None:
        """Call it on the thread; returns or raises as it does. Cancelling leaves the call running."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()

        def settle(error: Exception | None) -> None:
            if future.cancelled():
                return
            if error is None:
                future.set_result(None)
            else:
                future.set_exception(error)

        def call() -> None:
            failure: Exception | None = None
            try:
                function()
            except Exception as error:
                failure = error
            except BaseException as error:  # sys.exit() in a task must not end the thread
                failure = RuntimeError(f"the task raised {error!r}")
            if not loop.is_closed():
                loop.call_soon_threadsafe(settle, failure)

        self._calls.put(call)
        await future
