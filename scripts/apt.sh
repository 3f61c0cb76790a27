#!/bin/sh
# apt.sh REASON PACKAGE…: installs Debian packages if that is allowed without asking, else says what to install.
set -eu
reason=$1
shift
if ! command -v apt-get >/dev/null 2>&1; then
    echo "$reason. Install what corresponds to these Debian packages, then run make again: $*" >&2
    exit 1
fi
if [ "$(id -u)" = 0 ]; then
    as_root="env"
elif command -v sudo >/dev/null 2>&1 && sudo -n true >/dev/null 2>&1; then
    as_root="sudo -n env"
else
    echo "$reason. Install them, then run make again: sudo apt-get install $*" >&2
    exit 1
fi
echo "$reason: installing $*"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# Old lists name packages that are no longer there; a list that cannot be fetched may still be good enough.
$as_root apt-get update >"$log" 2>&1 || true
if ! $as_root DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" </dev/null >>"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "apt-get could not install $*. Install them by hand, then run make again." >&2
    exit 1
fi
