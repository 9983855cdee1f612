#!/bin/sh
# Installs the tools for the pages, from the lock files of npm: scripts/install-web.sh
#
# Nothing is done when the lock was installed before and has not changed since. Exits 1, having said why, where Node.js
# or the npm registry cannot be had; the server works without its pages.
set -eu
cd "$(dirname "$0")/.."
project=mobile-client-spec/typescript-client
stamp=$project/node_modules/.installed-lock

give_up() {
    echo "The pages cannot be built: $1; the server works without them" >&2
    echo "无法构建网页：$2；服务器仍可正常运行" >&2
    exit 1
}

if ! cmp -s "$project/package-lock.json" "$stamp"; then
    echo "Installing npm packages / 正在安装 npm 依赖: $project"
    scripts/with-node.sh npm --prefix "$project" ci --silent --fetch-retries 1 ||
        give_up "npm could not install $project" "npm 未能安装 $project"
    cp "$project/package-lock.json" "$stamp"
fi
