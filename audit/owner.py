"""Who owns the database files: PostgreSQL refuses to run as root, so root gives them their own account."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import TypedDict

ACCOUNT = "audit-db"


class Identity(TypedDict, total=False):
    """The part of subprocess.run's arguments that says as whom to run."""

    user: int
    group: int
    extra_groups: list[int]


def _account() -> pwd.struct_passwd:
    """The account, made when missing; OSError when it cannot be made."""
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        pass
    if shutil.which("useradd"):
        command = ["useradd", "--system", "--no-create-home", "--shell", "/bin/false", ACCOUNT]
    elif shutil.which("adduser"):
        command = ["adduser", "-S", "-D", "-H", "-s", "/bin/false", ACCOUNT]
    else:
        raise OSError(0, f"root may not own it, and no useradd or adduser is there to make {ACCOUNT}")
    result = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    try:
        return pwd.getpwnam(ACCOUNT)  # another process may have made it meanwhile
    except KeyError:
        raise OSError(0, f"the user {ACCOUNT} cannot be made: {result.stderr.strip()}") from None


def hand_over(*paths: Path) -> None:
    """As root, give what root owns to the database account; folders get mode 0700."""
    for path in paths:
        facts = path.lstat()
        if path.is_symlink():
            raise PermissionError(0, "it is a symbolic link", str(path))
        if os.geteuid() == 0 and facts.st_uid == 0:
            account = _account()
            os.chown(path, account.pw_uid, account.pw_gid)
        if path.is_dir() and os.geteuid() in (0, facts.st_uid):
            path.chmod(0o700)


def identity(path: Path) -> Identity:
    """As whom to run a program that works on `path`: its owner when we are root, ourselves otherwise."""
    if os.geteuid() != 0:
        return {}
    facts = path.stat()
    return {"user": facts.st_uid, "group": facts.st_gid, "extra_groups": []}


def make_reachable(*paths: Path) -> None:
    """Let the account pass through the parents (mode o+x only: nobody can list or read what is in them)."""
    for path in paths:
        for parent in path.parents:
            _add(parent, 0o001)


def make_readable(*folders: Path) -> None:
    """Let the account run the programs in the folders, which a strict umask may have closed."""
    for folder in folders:
        if not folder.is_dir():
            continue
        make_reachable(folder)
        _add(folder, 0o005)
        if not _open(folder):
            for path in folder.rglob("*"):
                if not path.is_symlink():
                    _add(path, 0o005 if path.is_dir() or path.stat().st_mode & 0o100 else 0o004)


def _open(folder: Path) -> bool:
    """Whether a first look finds everything readable: the walk over all files costs a start 50 ms."""
    probes = [folder, *folder.glob("*"), *folder.glob("*/*")]
    return all(path.stat().st_mode & 0o004 for path in probes)


def _add(path: Path, bits: int) -> None:
    mode = path.stat().st_mode
    if mode & bits != bits:
        path.chmod(mode & 0o7777 | bits)
