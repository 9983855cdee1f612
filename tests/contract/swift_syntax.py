"""Swift sources as a grammar reads them."""

from collections.abc import Iterator

import tree_sitter_swift
from tree_sitter import Language, Node, Parser

_PARSER = Parser(Language(tree_sitter_swift.language()))


def faults(source: bytes) -> list[str]:
    """Where the source is no Swift: line and text of what could not be read."""
    return [
        f"line {node.start_point[0] + 1}: {(node.text or b'').decode()[:60]!r}"
        for node in _nodes(_PARSER.parse(source).root_node)
        if node.is_error or node.is_missing
    ]


def names_used_and_declared(source: bytes) -> tuple[set[str], set[str]]:
    """The types that are used in a source, and those that it declares."""
    used, declared = set(), set()
    for node in _nodes(_PARSER.parse(source).root_node):
        if node.type != "type_identifier":
            continue
        name = (node.text or b"").decode()
        parent = node.parent
        is_declared = parent is not None and parent.child_by_field_name("name") == node
        (declared if is_declared else used).add(name)
    return used, declared


def _nodes(root: Node) -> Iterator[Node]:
    pending = [root]
    while pending:
        node = pending.pop()
        yield node
        pending += node.children
