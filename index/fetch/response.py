"""Reads the body of an answer, decompressed and bounded: more than its limit is refused before it is unpacked."""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from index.errors import FetchError
from index.message import Message


@dataclass(frozen=True)
class Response:
    """An answer: names of `headers` in small letters; a body only with status 200."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


def read_body(pieces: Iterable[bytes], headers: Mapping[str, str], most: int) -> bytes:
    """The body in `pieces`. Raises FetchError where it is larger than `most`, broken, or in another encoding."""
    if _is_more(headers.get("content-length", "0"), most):
        raise _too_large(most)
    return _bounded(_decoded(pieces, headers.get("content-encoding", "")), most)


def unpack(content: bytes, most: int) -> bytes:
    """The content of a gzip file. Raises FetchError where it is larger than `most`, or broken."""
    return _bounded(_unzipped([content]), most)


def _is_more(stated: str, most: int) -> bool:
    """Whether a header states a number over `most`; it may have more digits than Python turns into one."""
    digits = stated.strip().lstrip("0") if stated.isascii() and stated.strip().isdigit() else ""
    return len(digits) > len(str(most)) or (digits != "" and int(digits) > most)


def _decoded(pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    if encoding.lower() in ("", "identity"):
        yield from pieces
    elif encoding.lower() in ("gzip", "x-gzip"):
        yield from _unzipped(pieces)
    else:
        raise FetchError(Message("it is sent in the encoding '%(name)s', which was not asked for.", name=encoding))


def _unzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The content of a gzip stream, at most 64 KB at a time, so that a bomb is noticed before it is unpacked."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        for piece in pieces:
            yield unpacker.decompress(piece, 65536)
            while unpacker.unconsumed_tail:
                yield unpacker.decompress(unpacker.unconsumed_tail, 65536)
    except zlib.error as exc:
        raise FetchError(Message("its compressed content is broken.")) from exc
    if not unpacker.eof:
        raise FetchError(Message("its compressed content is cut off."), passing=True)


def _bounded(pieces: Iterable[bytes], most: int) -> bytes:
    read = bytearray()
    for piece in pieces:
        read += piece
        if len(read) > most:
            raise _too_large(most)
    return bytes(read)


def _too_large(most: int) -> FetchError:
    return FetchError(Message("it is larger than %(size)s MB.", size=f"{most / 1000000:g}"))
