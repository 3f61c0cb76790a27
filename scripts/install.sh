#!/bin/sh
# install.sh run|dev: makes .venv and puts exactly the locked packages and this program into it.
set -eu
cd "$(dirname "$0")/.."
locked=requirements/$1.txt
python=.venv/bin/python

# An environment whose Python was upgraded, or whose commands name another folder, is of no use.
if ! grep -qsF "$(pwd -P)/.venv/bin/" .venv/bin/pip || ! $python -m pip --version >/dev/null 2>&1; then
    base=$(scripts/python.sh)
    if ! "$base" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        version=$("$base" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        scripts/apt.sh "Python's venv module is missing" "python$version-venv"
    fi
    echo "Making .venv with $("$base" --version)"
    rm -rf .venv
    "$base" -m venv .venv
fi

echo "Installing the packages of $locked"
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1
if ! { .venv/bin/pip install --quiet --require-hashes --requirement requirements/uv.txt &&
    .venv/bin/uv pip install --quiet --python $python --require-hashes --requirement "$locked"; } >.venv/install.log 2>&1; then
    # pip is slower but knows the settings (proxies, mirrors) of a pip.conf.
    $python -m pip install --quiet --require-hashes --requirement "$locked"
fi
$python -m pip install --quiet --no-deps --no-build-isolation --editable . >.venv/install.log 2>&1 || {
    cat .venv/install.log >&2
    exit 1
}
