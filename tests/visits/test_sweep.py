"""What uploads leave behind that were cut off: the worker clears it away, a day later."""

import os
import time

from flask import Flask
from sqlalchemy.orm import Session

from audit.storage import LocalStorage
from audit.visits.evidence import sweep_uploads


def test_leftovers_go_after_a_day(app: Flask, session: Session) -> None:
    kept: LocalStorage = app.extensions["storage"]
    key = kept.put(b"a photo that arrived")
    folder = kept.root / ".incoming"
    old, new = folder / "old", folder / "new"
    for path in (old, new):
        path.write_bytes(b"half a photo")
    yesterday = time.time() - 25 * 3600
    os.utime(old, (yesterday, yesterday))
    sweep_uploads()
    assert (old.exists(), new.exists(), kept.exists(key)) == (False, True, True)
    new.unlink()
