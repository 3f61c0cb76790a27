"""The folder of files: durable, whole or absent, and never outside its root."""

import hashlib
import io
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import pytest

from audit.storage import HashMismatch, InvalidKey, LocalStorage, NotStored, Storage, TooLarge, storage_for

DATA = b"a photo" * 100_000
KEY = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    """An empty folder storage."""
    return LocalStorage(tmp_path / "uploads")


def files_under(storage: LocalStorage) -> list[Path]:
    return [path for path in storage.root.rglob("*") if path.is_file()]


def test_bytes_come_back_by_their_hash(storage: LocalStorage) -> None:
    assert storage.put(DATA) == KEY
    assert storage.put(io.BytesIO(DATA)) == KEY
    assert storage.read(KEY) == DATA
    with storage.open(KEY) as file:
        assert file.read(7) == b"a photo"
    assert storage.exists(KEY)
    assert storage.size(KEY) == len(DATA)
    assert storage.path(KEY) == storage.root / KEY[:2] / KEY[2:4] / KEY


def test_same_bytes_twice_are_one_file_and_renew_its_age(storage: LocalStorage) -> None:
    storage.put(DATA)
    os.utime(storage.path(KEY), (0, 0))
    assert storage.stored_at(KEY) == datetime(1970, 1, 1, tzinfo=UTC)
    storage.put(DATA)
    assert files_under(storage) == [storage.path(KEY)]
    assert datetime.now(UTC) - storage.stored_at(KEY) < timedelta(minutes=1)


def test_empty_file_is_a_file(storage: LocalStorage) -> None:
    assert storage.read(storage.put(b"")) == b""


@pytest.mark.parametrize(
    "key",
    [
        "",
        "../../etc/passwd",
        "/etc/passwd",
        KEY[:63],
        KEY + "0",
        KEY.upper(),
        KEY + "\n",
        "." * 64,
        "../" + KEY[3:],
    ],
)
def test_only_hashes_are_keys(storage: LocalStorage, key: str) -> None:
    for use in (storage.path, storage.open, storage.read, storage.exists, storage.delete, storage.verify):
        with pytest.raises(InvalidKey):
            use(key)


def test_missing_files_say_so(storage: LocalStorage) -> None:
    for use in (storage.open, storage.read, storage.size, storage.stored_at):
        with pytest.raises(NotStored):
            use(KEY)
    assert not storage.exists(KEY)
    assert not storage.verify(KEY)
    storage.delete(KEY)


def test_deleted_is_gone_and_listing_shows_the_rest(storage: LocalStorage) -> None:
    keys = {storage.put(bytes([number])) for number in range(20)}
    (storage.root / "ab").mkdir(exist_ok=True)
    (storage.root / "ab" / "notes.txt").write_text("not a file of ours")
    assert list(storage.list()) == sorted(keys)
    gone = keys.pop()
    storage.delete(gone)
    assert set(storage.list()) == keys


def test_stream_within_its_limit(storage: LocalStorage) -> None:
    stored = storage.put_stream(io.BytesIO(DATA), len(DATA), KEY.upper())
    assert (stored.key, stored.size) == (KEY, len(DATA))


def test_stream_over_its_limit_leaves_nothing_and_is_not_read_on(storage: LocalStorage) -> None:
    stream = io.BytesIO(bytes(50_000_000))
    with pytest.raises(TooLarge) as caught:
        storage.put_stream(stream, 1_000_000)
    assert caught.value.limit == 1_000_000
    assert stream.tell() < 5_000_000
    assert files_under(storage) == []


@pytest.mark.parametrize("expected", ["0" * 64, "", "nonsense"])
def test_stream_with_another_hash_leaves_nothing(storage: LocalStorage, expected: str) -> None:
    with pytest.raises(HashMismatch) as caught:
        storage.put_stream(io.BytesIO(DATA), len(DATA), expected)
    assert (caught.value.expected, caught.value.actual) == (expected, KEY)
    assert files_under(storage) == []


class BrokenLine(io.RawIOBase):
    """A connection that ends with an error after the first piece."""

    def __init__(self) -> None:
        self.pieces = iter([DATA])

    def read(self, size: int = -1) -> bytes:
        piece = next(self.pieces, None)
        if piece is None:
            raise ConnectionResetError
        return piece


def test_broken_connection_leaves_nothing(storage: LocalStorage) -> None:
    line: BinaryIO = BrokenLine()  # type: ignore[assignment]
    with pytest.raises(ConnectionResetError):
        storage.put_stream(line, 10 * len(DATA))
    assert files_under(storage) == []


KILLED = """
import io, os, signal, sys
from pathlib import Path
from audit.storage import LocalStorage
class Line(io.RawIOBase):
    sent = False
    def read(self, size=-1):
        if self.sent: os.kill(os.getpid(), signal.SIGKILL)
        self.sent = True
        return b"a photo" * 100_000
LocalStorage(Path(sys.argv[1])).put_stream(Line(), 10**9)
"""


def test_killed_writer_leaves_no_half_file_under_a_key(storage: LocalStorage) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(storage.root)], check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    left = files_under(storage)
    assert len(left) == 1
    assert list(storage.list()) == []
    assert not storage.exists(KEY)
    now = datetime.now(UTC)
    assert storage.sweep_temporary(now - timedelta(hours=1)) == 0
    assert storage.sweep_temporary(now + timedelta(hours=1)) == 1
    assert files_under(storage) == []


def test_sweep_spares_what_is_stored(storage: LocalStorage) -> None:
    storage.put(DATA)
    assert storage.sweep_temporary(datetime.now(UTC) + timedelta(days=1)) == 0
    assert storage.read(KEY) == DATA


def test_rot_is_seen_and_healed_by_the_same_bytes(storage: LocalStorage) -> None:
    storage.put(DATA)
    assert storage.verify(KEY)
    storage.path(KEY).write_bytes(b"A" + DATA[1:])
    assert not storage.verify(KEY)
    storage.put(DATA)
    assert storage.verify(KEY)


def test_a_reader_keeps_the_file_it_opened(storage: LocalStorage) -> None:
    storage.put(DATA)
    with storage.open(KEY) as file:
        first = os.fstat(file.fileno()).st_ino
        storage.put(DATA)
        assert storage.path(KEY).stat().st_ino != first, "written over, not renamed into place"
        storage.delete(KEY)
        assert file.read() == DATA


def test_many_writers_of_the_same_bytes(storage: LocalStorage) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(storage.put, [DATA] * 40)) == {KEY}
    assert storage.verify(KEY)
    assert files_under(storage) == [storage.path(KEY)]


def test_storage_for_makes_the_folder(tmp_path: Path) -> None:
    storage: Storage = storage_for(tmp_path / "deep" / "uploads")
    assert storage.exists(storage.put(b"x"))
