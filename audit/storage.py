"""Content-addressed files (photos, PDFs): a key is the SHA-256 of the bytes, in lower-case hex."""

from __future__ import annotations

import hashlib
import io
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol

CHUNK = 1024 * 1024
_KEY = re.compile(r"[0-9a-f]{64}")
_INCOMING = ".incoming"


class StorageError(Exception):
    """Base of everything that storage refuses."""


class InvalidKey(StorageError):
    """The key is not 64 lower-case hex digits."""


class NotStored(StorageError):
    """No file is kept under this key."""


class TooLarge(StorageError):
    """The stream holds more than `limit` bytes; nothing was kept."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} bytes")
        self.limit = limit


class HashMismatch(StorageError):
    """The bytes that came do not have the SHA-256 that was announced; nothing was kept."""

    def __init__(self, expected: str, actual: str) -> None:
        super().__init__(f"expected {expected}, got {actual}")
        self.expected, self.actual = expected, actual


@dataclass(frozen=True)
class Stored:
    """What a stream became: its key and its size in bytes."""

    key: str
    size: int


class Storage(Protocol):
    """What every place for files can do, be it a folder or a bucket."""

    def put(self, data: bytes | BinaryIO) -> str:
        """Keep the bytes durably and return their key; the same bytes twice are kept once."""

    def put_stream(self, stream: BinaryIO, limit: int, expected_sha256: str | None = None) -> Stored:
        """Keep a stream of at most `limit` bytes; raises TooLarge or HashMismatch and then keeps nothing."""

    def open(self, key: str) -> BinaryIO:
        """Open the file for reading; raises NotStored."""

    def read(self, key: str) -> bytes:
        """Return the whole file; raises NotStored."""

    def exists(self, key: str) -> bool:
        """Tell whether a file is kept under the key."""

    def size(self, key: str) -> int:
        """Return the size in bytes; raises NotStored."""

    def stored_at(self, key: str) -> datetime:
        """Return when the bytes were last put (UTC), for the grace of the orphan sweep; raises NotStored."""

    def delete(self, key: str) -> None:
        """Remove the file; a key without a file is no error."""

    def list(self) -> Iterator[str]:
        """Yield every key, in order."""

    def verify(self, key: str) -> bool:
        """Tell whether the kept bytes still have the hash that the key says."""

    def sweep_temporary(self, older_than: datetime) -> int:
        """Remove leftovers of interrupted writes last touched before this moment; returns how many."""


class LocalStorage:
    """Files in a local folder, sharded as ab/cd/abcd…; only whole files ever stand under a key."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)
        self._incoming = self.root / _INCOMING
        self._incoming.mkdir(parents=True, exist_ok=True)

    def put(self, data: bytes | BinaryIO) -> str:
        """Keep the bytes durably and return their key; the same bytes twice are kept once."""
        stream = io.BytesIO(data) if isinstance(data, bytes) else data
        return self._write(stream, None, None).key

    def put_stream(self, stream: BinaryIO, limit: int, expected_sha256: str | None = None) -> Stored:
        """Keep a stream of at most `limit` bytes; raises TooLarge or HashMismatch and then keeps nothing."""
        return self._write(stream, limit, expected_sha256)

    def path(self, key: str) -> Path:
        """Return where the file of this key is or would be; raises InvalidKey."""
        if not _KEY.fullmatch(key):
            raise InvalidKey(f"not a storage key: {key[:80]!r}")
        return self.root / key[:2] / key[2:4] / key

    def open(self, key: str) -> BinaryIO:
        """Open the file for reading; raises NotStored."""
        try:
            return self.path(key).open("rb")
        except FileNotFoundError:
            raise NotStored(key) from None

    def read(self, key: str) -> bytes:
        """Return the whole file; raises NotStored."""
        with self.open(key) as file:
            return file.read()

    def exists(self, key: str) -> bool:
        """Tell whether a file is kept under the key."""
        return self.path(key).is_file()

    def size(self, key: str) -> int:
        """Return the size in bytes; raises NotStored."""
        return self._stat(key).st_size

    def stored_at(self, key: str) -> datetime:
        """Return when the bytes were last put (UTC), for the grace of the orphan sweep; raises NotStored."""
        return datetime.fromtimestamp(self._stat(key).st_mtime, UTC)

    def delete(self, key: str) -> None:
        """Remove the file; a key without a file is no error."""
        self.path(key).unlink(missing_ok=True)

    def list(self) -> Iterator[str]:
        """Yield every key, in order."""
        for path in sorted(self.root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*")):
            if _KEY.fullmatch(path.name) and path == self.path(path.name):
                yield path.name

    def verify(self, key: str) -> bool:
        """Tell whether the kept bytes still have the hash that the key says; False when there are none."""
        try:
            with self.open(key) as file:
                return _digest(file) == key
        except NotStored:
            return False

    def sweep_temporary(self, older_than: datetime) -> int:
        """Remove leftovers of interrupted writes last touched before this moment; returns how many."""
        removed = 0
        for path in self._incoming.iterdir():
            try:
                if path.stat().st_mtime < older_than.timestamp():
                    path.unlink()
                    removed += 1
            except FileNotFoundError:  # its own writer finished in between
                continue
        return removed

    def _stat(self, key: str) -> os.stat_result:
        try:
            return self.path(key).stat()
        except FileNotFoundError:
            raise NotStored(key) from None

    def _write(self, stream: BinaryIO, limit: int | None, expected: str | None) -> Stored:
        handle, name = tempfile.mkstemp(dir=self._incoming)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                stored = _copy(stream, file, limit)
                if expected is not None and expected.lower() != stored.key:
                    raise HashMismatch(expected, stored.key)
                file.flush()
                os.fsync(file.fileno())
            self._move(temporary, self.path(stored.key))
        finally:
            temporary.unlink(missing_ok=True)
        return stored

    def _move(self, temporary: Path, target: Path) -> None:
        # Also onto an equal file: that renews the age that the sweep looks at, and heals rotten bytes.
        is_new = not target.parent.is_dir()
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.replace(target)
        _sync_folder(target.parent)
        if is_new:  # the names of the folders themselves
            _sync_folder(target.parent.parent)
            _sync_folder(self.root)


def storage_for(root: Path) -> Storage:
    """Return the storage kept in this folder, which is made when missing."""
    return LocalStorage(root)


def _copy(source: BinaryIO, target: BinaryIO, limit: int | None) -> Stored:
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(CHUNK):
        size += len(chunk)
        if limit is not None and size > limit:
            raise TooLarge(limit)
        digest.update(chunk)
        target.write(chunk)
    return Stored(digest.hexdigest(), size)


def _digest(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows cannot open a folder to flush it
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
