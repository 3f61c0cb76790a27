"""Photo intake seen from outside: what it does to its process, in fresh processes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import photo_files as files

GOOD = files.jpeg(800, 600, 1)


def run(code: str, *arguments: str, **environment: str) -> str:
    """Run Python code in a fresh process and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


# Not getrusage: its peak starts with that of the process that started this one.
PEAK = """
def peak():
    status = pathlib.Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0])
"""
VERDICT = """
import sys, pathlib
from audit.visits import photos
def verdict(path):
    try: photos.accept(pathlib.Path(path))
    except photos.PhotoRefused as refusal: return refusal.code
    return "accepted"
"""


def test_half_a_jpeg_is_refused_where_weasyprint_has_been_imported(tmp_path: Path) -> None:
    half, cut = tmp_path / "half.jpg", tmp_path / "cut.heic"
    half.write_bytes(GOOD[: len(GOOD) // 2])
    cut.write_bytes(files.heic()[: len(files.heic()) // 2])
    code = (
        VERDICT
        + """
import weasyprint
from PIL import Image, ImageFile
assert ImageFile.LOAD_TRUNCATED_IMAGES, "this test proves nothing any more"
Image.open(sys.argv[1]).load()
print(verdict(sys.argv[1]), ImageFile.LOAD_TRUNCATED_IMAGES, verdict(sys.argv[2]))
"""
    )
    jpeg, flag, heic = run(code, str(half), str(cut)).split()
    assert (jpeg, flag) == ("broken_data", "False")
    assert heic in ("broken_header", "broken_data")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux")
def test_bomb_costs_neither_time_nor_memory(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.png"
    bomb.write_bytes(files.png_bomb(12000, 12000))
    assert bomb.stat().st_size < 700_000
    code = (
        VERDICT
        + PEAK
        + """
import time
verdict(sys.argv[2])
before, start = peak(), time.process_time()
print(verdict(sys.argv[1]), int((time.process_time() - start) * 1000), peak() - before)
"""
    )
    good = tmp_path / "good.jpg"
    good.write_bytes(GOOD)
    code_seen, milliseconds, kilobytes = run(code, str(bomb), str(good)).split()
    assert code_seen == "too_many_pixels"
    assert int(milliseconds) < 50
    assert int(kilobytes) < 20_000


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux")
def test_twelve_megapixels_are_read_small(tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(files.jpeg(4000, 3000, 1))
    code = (
        VERDICT
        + PEAK
        + """
before = peak()
print(verdict(sys.argv[1]), peak() - before)
"""
    )
    verdict, kilobytes = run(code, str(photo)).split()
    assert verdict == "accepted"
    assert int(kilobytes) < 50_000  # some 34 MB; a full decode takes 74 MB and more


def test_eps_starts_no_process(tmp_path: Path) -> None:
    fake, witness, eps = tmp_path / "gs", tmp_path / "started", tmp_path / "photo.jpg"
    fake.write_text(f"#!/bin/sh\necho yes >> {witness}\nexit 0\n")
    fake.chmod(0o755)
    eps.write_bytes(files.EPS)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    assert run(VERDICT + "print(verdict(sys.argv[1]))", str(eps), PATH=path) == "not_an_image"
    assert not witness.exists()
    naive = "import sys\nfrom PIL import Image\ntry: Image.open(sys.argv[1]).load()\nexcept Exception: pass\n"
    run(naive, str(eps), PATH=path)
    assert witness.exists(), "the bait does not work: this test proves nothing"
