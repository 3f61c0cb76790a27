"""The bad network itself: what it does to connections, and that its end leaves nothing open."""

import contextlib
import gc
import socket
import time
import warnings
from collections.abc import Iterator

import psutil
import pytest

from tests.browser.house import House
from tests.browser.proxy import Proxy
from tests.cluster import Cluster


@pytest.fixture
def shelf() -> Iterator[socket.socket]:
    """A server that nobody serves: what connects to it waits."""
    with socket.create_server(("127.0.0.1", 0), backlog=200) as listener:
        yield listener


def ports() -> set[int]:
    """The ports of this process's own sockets on this machine."""
    return {one.laddr.port for one in psutil.Process().net_connections("tcp4") if one.laddr}


def dialled(port: int, count: int) -> list[socket.socket]:
    """So many connections, without those that were reset before they were made."""
    made = []
    for _ in range(count):
        with contextlib.suppress(ConnectionResetError):
            made.append(socket.create_connection(("127.0.0.1", port), timeout=10))
    return made


def assert_closed(port: int) -> None:
    """This process has no socket at the port any more, and none was left to the garbage."""
    assert port not in ports()
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        gc.collect()


@pytest.mark.parametrize("state", ["open", "blackhole", "refuse"])
@pytest.mark.parametrize("pause", [0, 0.2])
def test_its_end_leaves_no_socket_open(shelf: socket.socket, state: str, pause: float) -> None:
    proxy = Proxy(shelf.getsockname())
    proxy.latency = 0.05
    callers = dialled(proxy.port, 40)
    for caller in callers[:20]:
        caller.sendall(b"x" * 50_000)
    for caller in callers[10:15]:
        caller.close()
    proxy.become(state)
    callers += dialled(proxy.port, 40)  # some of them are not even accepted when it ends
    time.sleep(pause)

    proxy.close()

    assert_closed(proxy.port)
    for caller in callers:
        caller.close()


def test_a_cut_breaks_what_is_open_and_nothing_else(shelf: socket.socket) -> None:
    proxy = Proxy(shelf.getsockname())
    try:
        [caller] = dialled(proxy.port, 1)
        ahead, _address = shelf.accept()
        caller.sendall(b"before")
        assert ahead.recv(100) == b"before"
        proxy.cut()
        with pytest.raises(ConnectionResetError):
            caller.recv(100)
        with pytest.raises(ConnectionResetError):
            ahead.recv(100)
        with ahead, caller:
            pass
        [caller] = dialled(proxy.port, 1)
        ahead, _address = shelf.accept()
        with ahead, caller:
            ahead.sendall(b"after")
            assert caller.recv(100) == b"after"
    finally:
        proxy.close()


def test_it_cuts_in_the_middle_of_a_body(shelf: socket.socket) -> None:
    proxy = Proxy(shelf.getsockname())
    proxy.cut_after = 20_000
    try:
        [caller] = dialled(proxy.port, 1)
        ahead, _address = shelf.accept()
        with ahead, caller:
            caller.sendall(b"x" * 40_000)
            arrived = 0
            with contextlib.suppress(ConnectionResetError):
                while data := ahead.recv(65536):
                    arrived += len(data)
            assert 0 < arrived <= 20_000
            assert proxy.cut_after is None
    finally:
        proxy.close()


def test_the_end_of_the_server_leaves_no_socket_open(cluster: Cluster) -> None:
    house = House(cluster)
    port = int(house.url.rpartition(":")[2])
    callers = dialled(port, 20)
    for caller in callers[:10]:
        caller.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n")  # not at an end
    for caller in callers[10:15]:
        caller.sendall(b"GET /sign-in HTTP/1.1\r\nHost: x\r\n\r\n")
        assert caller.recv(100)

    house.close()

    assert_closed(port)
    for caller in callers:
        caller.close()
