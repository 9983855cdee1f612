#!/bin/sh
# Builds the pages into var/web, with tools that are installed from the lock file of npm: scripts/install-web.sh
#
# Nothing is done when nothing has changed since the last time. Exits 1, having said why, where Node.js or the npm registry
# cannot be had; the server works without its pages.
set -eu
cd "$(dirname "$0")/.."
project=mobile-client-spec/typescript-client
installed=$project/node_modules/.installed-lock
built=var/web/app
sources=$built.sources

npm() {
    scripts/with-node.sh npm --prefix "$project" --silent "$@"
}

give_up() {
    echo "The pages cannot be built: $1; the server works without them" >&2
    echo "无法构建网页：$2；服务器仍可正常运行" >&2
    exit 1
}

# What the pages are made of, as one line.
fingerprint() {
    find "$project/src" "$project/demo" "$project/tools" "$project/package-lock.json" -type f | LC_ALL=C sort |
        xargs sha256sum | sha256sum
}

if ! cmp -s "$project/package-lock.json" "$installed"; then
    echo "Installing npm packages / 正在安装 npm 依赖: $project"
    npm ci --fetch-retries 1 || give_up "npm could not install $project" "npm 未能安装 $project"
    cp "$project/package-lock.json" "$installed"
fi
mkdir -p "$(dirname "$built")"
now=$(fingerprint)
if [ ! -f "$built/index.html" ] || [ "$now" != "$(cat "$sources" 2>/dev/null)" ]; then
    echo "Building the pages / 正在构建网页: $built"
    npm run build -- "$PWD/$built" >/dev/null || give_up "the build failed" "构建失败"
    echo "$now" >"$sources"
fi
