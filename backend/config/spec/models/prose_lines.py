"""Comments in lines that can be read."""

_LINE = 116


def wrapped(text: str, room: int = _LINE) -> list[str]:
    """Returns the text in lines of at most so many characters."""
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > room:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line]
