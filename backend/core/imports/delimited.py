"""Text with separators: which encoding and which separator a file has, and its rows."""

import codecs
import csv
import io
import re
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, BinaryIO

from core.imports.errors import EncodingUnknown, FormatUnknown, QuotesBroken
from core.imports.rows import Line

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer as Buffer

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_CHUNK = 2**20
_CODECS = {"UTF-8": "utf-8-sig", "GB18030": "gb18030", "UTF-16": "utf-16"}
# A pair of GB18030. Chinese text has its second byte nearly always above 0xA0; Latin letters with accents, taken for
# GB18030, are followed by plain letters.
_PAIR = re.compile(rb"[\x81-\xfe](?:([\xa1-\xfe])|[\x40-\x7e\x80-\xa0])")
_DIRECTIVE = re.compile(r'"?sep=(.)"?\r?\n', re.IGNORECASE)


def recognise(file: BinaryIO) -> tuple[str, str]:
    """Encoding (a key of _CODECS) and separator. Raises imports.encoding_unknown, imports.format_unknown."""
    encoding = _encoding(file)
    with _Text(file, encoding) as text:
        start = text.read(65_536)
    if start.startswith(("%PDF", "{\\rtf", "<!DOCTYPE", "<html", "<?xml")):
        raise FormatUnknown("file")
    return encoding, _separator(start)


def read(file: BinaryIO, encoding: str, separator: str) -> Generator[Line]:
    """The rows, the first included; a row whose quotes are broken has no cells and a fault.

    Bytes that are not of the encoding become half surrogate pairs, for the caller to name.
    """
    with _Text(file, encoding) as text:
        if not _DIRECTIVE.match(text.readline()):
            text.seek(0)
        reader = csv.reader(text, delimiter=separator, strict=True)
        while True:
            try:
                yield next(reader), []
            except StopIteration:
                return
            except csv.Error:
                yield [], [(None, QuotesBroken())]
            except UnicodeDecodeError:  # half a character of UTF-16, after which nothing can be read
                raise EncodingUnknown("file", row=reader.line_num + 1, column=1) from None


class _Text(io.TextIOWrapper):
    """The file as text from its beginning; leaves the file open."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        file.seek(0)
        super().__init__(io.BufferedReader(_Kept(file)), _CODECS[encoding], errors="surrogateescape", newline="")


class _Kept(io.RawIOBase):
    """A file that outlives its readers: whoever gave it closes it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: "Buffer", /) -> int:
        chunk = self._file.read(len(memoryview(buffer)))
        memoryview(buffer)[: len(chunk)] = chunk
        return len(chunk)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._file.seek(offset, whence)


def _encoding(file: BinaryIO) -> str:
    file.seek(0)
    if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "UTF-16"
    good, bad = _count(file, "utf-8")
    if good >= bad:  # all of it, or UTF-8 with some damage
        return "UTF-8"
    chinese, other = _count_pairs(file)
    good, bad = _count(file, "gb18030")
    if chinese > 2 * other and good > 10 * bad:
        return "GB18030"
    row, column = _first_bad_cell(file)
    raise EncodingUnknown("file", row=row, column=column)


def _count(file: BinaryIO, codec: str) -> tuple[int, int]:
    """Characters beyond ASCII that decode, and bytes that do not."""
    decoder = codecs.getincrementaldecoder(codec)("surrogateescape")
    good = bad = 0
    for chunk in _chunks(file):
        text = decoder.decode(chunk)
        if not text.isascii():
            bad_here = sum("\udc80" <= char <= "\udcff" for char in text)
            good += sum(char > "\x7f" for char in text) - bad_here
            bad += bad_here
    return good, bad + len(decoder.decode(b"", final=True))


def _count_pairs(file: BinaryIO) -> tuple[int, int]:
    """Pairs of bytes that look like Chinese text in GB18030, and others."""
    found = [bool(match[1]) for chunk in _chunks(file) for match in _PAIR.finditer(chunk)]
    return sum(found), len(found) - sum(found)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(_CHUNK):
        yield chunk


def _first_bad_cell(file: BinaryIO) -> tuple[int, int]:
    """Row and column, both from 1, of the first text that is not UTF-8."""
    with _Text(file, "UTF-8") as text:
        separator = _separator(text.read(65_536))
    for number, (cells, _) in enumerate(read(file, "UTF-8", separator), 1):
        for index, cell in enumerate(cells, 1):
            if any("\udc80" <= char <= "\udcff" for char in cell):
                return number, index
    return 1, 1


def _separator(start: str) -> str:
    """The separator that the first record has most of, outside of quotes; or the one that `sep=` names."""
    if (named := _DIRECTIVE.match(start)) and named[1] in SEPARATORS:
        return named[1]
    quoted = False
    counts = dict.fromkeys(SEPARATORS, 0)
    for char in start.lstrip("\r\n"):
        if char == '"':
            quoted = not quoted
        elif not quoted and char in "\r\n":
            break
        elif not quoted and char in counts:
            counts[char] += 1
    return max(counts, key=lambda separator: counts[separator])
