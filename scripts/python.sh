#!/bin/sh
# Prints the Python that the environment is made with: 3.11 or newer, `python3` first. PYTHON=… chooses another.
set -eu
for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python3.14}; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        "$candidate" -c 'import sys; print(sys.executable)'
        exit 0
    fi
done
echo "Python 3.11 or newer is needed and was not found. On Debian 12 or Ubuntu 24.04: apt-get install python3 python3-venv" >&2
exit 1
