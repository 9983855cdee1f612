#!/bin/sh
# Makes .venv and installs one lock file into it: scripts/install.sh runtime|dev
#
# Nothing is done when that lock was installed before and has not changed since. Where Python comes without
# ensurepip (Debian's python3 without python3-venv), the environment is made bare and filled by the system's pip.
set -eu
cd "$(dirname "$0")/.."
set_name=${1:-dev}
lock=requirements/$set_name.txt
stamp=.venv/.installed-$set_name
python=${PYTHON:-python3}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "Roundsman needs Python 3.11 or later / 需要 Python 3.11 或更高版本 (PYTHON=…)" >&2
    exit 1
}
if [ ! -x .venv/bin/python ]; then
    rm -rf .venv
    if "$python" -c 'import ensurepip' 2>/dev/null; then
        "$python" -m venv .venv
    elif "$python" -m pip --version >/dev/null 2>&1; then
        "$python" -m venv --without-pip .venv
    else
        echo "Python has neither ensurepip nor pip; on Debian: apt install python3-venv / 缺少 pip，请安装 python3-venv" >&2
        exit 1
    fi
fi
if cmp -s "$lock" "$stamp"; then
    exit 0
fi
if .venv/bin/python -m pip --version >/dev/null 2>&1; then
    pip=".venv/bin/python -m pip"
else
    pip="$python -m pip --python .venv/bin/python"
fi
echo "Installing Python packages / 正在安装 Python 依赖: $lock"
$pip install --quiet --disable-pip-version-check --require-hashes --requirement "$lock"
cp "$lock" "$stamp"
