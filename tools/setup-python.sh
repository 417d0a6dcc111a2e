#!/bin/sh
# Makes .venv from the lock. Safe to interrupt: the marker is written last, and a second run starts over.
set -eu
PYTHON="${PYTHON:-python3}"
"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "error: $("$PYTHON" --version 2>&1) is too old" >&2
    echo "hint: install Python 3.11 or newer, or name one: make PYTHON=python3.12 …" >&2
    exit 2
}
echo "Setting up .venv (first time: a few minutes, mostly the download of the CDK)"
"$PYTHON" -m venv .venv || {
    echo "hint: on Debian and Ubuntu: apt-get install python3-venv" >&2
    exit 2
}
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
touch .venv/.installed
