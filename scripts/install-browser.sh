#!/bin/sh
# Sees to the Chromium that the tests of the pages drive: scripts/install-browser.sh
#
# One that is in PATH is enough. As root on Debian or Ubuntu it is installed by apt, with a font for Chinese; elsewhere this says
# what is missing, and those tests are skipped. ROUNDSMAN_BROWSER=0 leaves the machine as it is.
set -eu

for name in chromium chromium-browser google-chrome google-chrome-stable; do
    if command -v "$name" >/dev/null 2>&1; then
        exit 0
    fi
done
if [ "${ROUNDSMAN_BROWSER:-}" != 0 ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Chromium by apt, for the tests of the pages / 正在通过 apt 安装 Chromium，用于网页测试"
    export DEBIAN_FRONTEND=noninteractive
    log=$(mktemp)
    if { apt-get update && apt-get install --yes --no-install-recommends chromium fonts-noto-cjk; } >"$log" 2>&1; then
        rm "$log"
        exit 0
    fi
    tail -n 5 "$log" >&2
    rm "$log"
fi
echo "There is no Chromium: the tests of the pages are skipped. On Debian: apt install chromium" >&2
echo "未找到 Chromium，将跳过网页测试。Debian 上可执行：apt install chromium" >&2
exit 1
