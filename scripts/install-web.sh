#!/bin/sh
# Builds the pages into var/web, with tools that are installed from the lock files of npm: scripts/install-web.sh
#
# Nothing is done when nothing has changed since the last time. Exits 1, having said why, where Node.js or the npm registry
# cannot be had; the server works without its pages.
set -eu
cd "$(dirname "$0")/.."

give_up() {
    echo "The pages cannot be built: $1; the server works without them" >&2
    echo "无法构建网页：$2；服务器仍可正常运行" >&2
    exit 1
}

# install PROJECT: its npm packages, as the lock file names them.
install() {
    stamp=$1/node_modules/.installed-lock
    cmp -s "$1/package-lock.json" "$stamp" && return
    echo "Installing npm packages / 正在安装 npm 依赖: $1"
    scripts/with-node.sh npm --prefix "$1" --silent ci --fetch-retries 1 || give_up "npm could not install $1" "npm 未能安装 $1"
    cp "$1/package-lock.json" "$stamp"
}

# build PROJECT FOLDER MARK SOURCE…: the pages of a project; MARK is a file that a whole build has.
build() {
    project=$1 built=$2 mark=$3
    shift 3
    install "$project"
    mkdir -p "$(dirname "$built")"
    now=$(find "$@" scripts/web "$project/package-lock.json" -type f | LC_ALL=C sort | xargs sha256sum | sha256sum)
    if [ ! -f "$built/$mark" ] || [ "$now" != "$(cat "$built.sources" 2>/dev/null)" ]; then
        echo "Building the pages / 正在构建网页: $built"
        scripts/with-node.sh npm --prefix "$project" --silent run build -- "$PWD/$built" >/dev/null ||
            give_up "the build failed" "构建失败"
        echo "$now" >"$built.sources"
    fi
}

client=mobile-client-spec/typescript-client
build "$client" var/web/app index.html "$client/src" "$client/demo" "$client/tools"
console=backend/console/web
build "$console" var/web/console assets.json "$console/src" "$console/styles" "$console/build.mjs" "$console/outlines.mjs" "$console/icon.svg"
