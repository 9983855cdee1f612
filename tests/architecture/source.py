"""The project's own source files, as the architecture tests read them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BACKEND = ROOT / "backend"
_OWN = ("backend", "tests", "benchmarks", "mobile-client-spec", "simulation")


@cache
def modules(*folders: str) -> tuple[Path, ...]:
    """Every Python file below these folders of the project (all of its own by default), migrations left out."""
    found = [path for folder in folders or _OWN for path in (ROOT / folder).rglob("*.py")]
    return tuple(sorted(path for path in found if not {"migrations", "__pycache__", "node_modules"} & set(path.parts)))


@cache
def tree(path: Path) -> ast.Module:
    """The file's syntax tree."""
    return ast.parse(path.read_text(), str(path))


def name_of(path: Path) -> str:
    """The file's path within the backend, or within the project."""
    return str(path.relative_to(BACKEND if path.is_relative_to(BACKEND) else ROOT))


def module_of(path: Path) -> str:
    """The name under which a backend file is imported."""
    parts = path.relative_to(BACKEND).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def strings(root: ast.AST) -> Iterator[tuple[int, str]]:
    """Every text in the code with its line: constants and the fixed parts of f-strings. Docstrings are left out."""
    prose = set()
    for node in ast.walk(root):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | ast.Expr):
            body = node.value if isinstance(node, ast.Expr) else None
            if isinstance(body, ast.Constant):
                prose.add(id(body))
    inside = set()
    for node in ast.walk(root):
        if isinstance(node, ast.JoinedStr):
            inside |= {id(part) for part in node.values}
            fixed = [part.value if isinstance(part, ast.Constant) else "{}" for part in node.values]
            yield node.lineno, "".join(map(str, fixed))
    for node in ast.walk(root):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose | inside:
            yield node.lineno, node.value
