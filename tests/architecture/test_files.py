"""Short files, honest names, nothing half-done and nothing of one machine in them."""

import ast
import re
from pathlib import Path

from tests.architecture.source import ROOT, modules, name_of, tree

LIMIT = 400
_EMPTY_NAMES = {"utils", "util", "helpers", "helper", "manager", "managers", "services", "service", "common", "misc"}
# Put together here, so that this file does not find itself.
_HALF_DONE = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK"]) + r")\b")
_WEB = ("*.ts", "*.mjs", "*.css", "*.html")
_TEXTS = ("*.md", "*.py", "*.sql", "*.toml", "Makefile", "*.sh", "*.json", *_WEB)
_NOT_OURS = {".venv", "var", ".git", "node_modules", "__pycache__"}


def texts(*patterns: str) -> list[Path]:
    """Returns our own files of those names."""
    found = (path for pattern in patterns for path in ROOT.rglob(pattern))
    return [path for path in found if not _NOT_OURS & set(path.relative_to(ROOT).parts)]


def test_no_file_is_long() -> None:
    lengths = {name_of(path): len(path.read_text().splitlines()) for path in [*modules(), *texts(*_WEB)]}
    long = {name: length for name, length in lengths.items() if length > LIMIT}
    assert not long, f"split by noun: {long}"


def test_no_module_has_an_empty_name() -> None:
    found = [name_of(path) for path in modules() if {path.stem, path.parent.name} & _EMPTY_NAMES]
    assert not found, found


def test_every_backend_module_says_what_it_owns() -> None:
    silent = [
        name_of(path) for path in modules("backend") if path.read_text().strip() and not ast.get_docstring(tree(path))
    ]
    assert not silent, silent


def test_init_files_are_empty_or_prose() -> None:
    """No re-exporting: a name has one home. Only a package of models names its modules, because Django looks there."""
    found = [
        name_of(path)
        for path in modules("backend")
        if path.name == "__init__.py"
        for node in tree(path).body
        if not isinstance(node, ast.Expr) and not _names_models(path, node)
    ]
    assert not found, found


def _names_models(path: Path, node: ast.stmt) -> bool:
    package = f"{path.parent.parent.name}.models"
    return isinstance(node, ast.ImportFrom) and node.module == package and path.parent.name == "models"


def test_nothing_is_half_done_or_bound_to_a_machine() -> None:
    home = f"/{'work'}/"
    found = []
    for pattern in _TEXTS:
        for path in texts(pattern):
            for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
                if home in line or (path.suffix != ".json" and _HALF_DONE.search(line)):
                    found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    assert not found, "\n".join(found)
