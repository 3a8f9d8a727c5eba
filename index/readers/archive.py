"""Unpacks ZIP archives, one level deep. Archives in archives are refused, and so are names that lead out of the archive
and files that unpack to far more than they are packed."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from index.errors import ReadError
from index.limits import MB, FileLimits, over
from index.message import Message

# A smaller file may well be packed to nothing: a blank page, a table of zeros.
RATIO_COUNTS_FROM_BYTES = MB


def archive_members(
    path: Path, suffixes: frozenset[str], limits: FileLimits
) -> Iterator[tuple[str, bytes | ReadError]]:
    """Name and content of each file in the archive that ends with one of `suffixes`, or why it is not read.

    Raises ReadError where the archive cannot be read or unpacks to more than it may.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            check_sizes(archive, limits)
            total = 0
            for info in archive.infolist():
                if (content := _member(archive, info, suffixes, limits)) is None:
                    continue
                yield info.filename, content
                # Counted as read: what an archive says of its sizes may be a lie.
                total += len(content) if isinstance(content, bytes) else 0
                if total > limits.archive_mb * MB:
                    raise ReadError(Message(
                        "the archive unpacks to more than it may %(limit)s.",
                        limit=over("archive_mb", limits.archive_mb),
                    ))
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError) as exc:
        raise ReadError(Message(
            "the archive is broken (%(error)s). Pack it anew and index it again.", error=str(exc)
        )) from exc


def check_sizes(archive: zipfile.ZipFile, limits: FileLimits) -> None:
    """Raises ReadError where `archive` says itself that it holds more than it may."""
    infos = archive.infolist()
    if len(infos) > limits.archive_files:
        raise ReadError(Message(
            "the archive holds %(count)s files %(limit)s.",
            count=len(infos), limit=over("archive_files", limits.archive_files),
        ))
    total = sum(info.file_size for info in infos)
    if total > limits.archive_mb * MB:
        raise ReadError(Message(
            "the archive unpacks to %(count)s MB %(limit)s.",
            count=total // MB, limit=over("archive_mb", limits.archive_mb),
        ))
    for info in infos:
        ratio = info.file_size // max(info.compress_size, 1)
        if info.file_size > RATIO_COUNTS_FROM_BYTES and ratio > limits.archive_ratio:
            raise ReadError(Message(
                "%(name)s in it unpacks to %(count)s times its size %(limit)s, as archives do that are made to fill a "
                "disk.",
                name=info.filename, count=ratio, limit=over("archive_ratio", limits.archive_ratio),
            ))


def _member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, suffixes: frozenset[str], limits: FileLimits
) -> bytes | ReadError | None:
    if info.is_dir() or _is_hidden(info.filename):
        return None
    suffix = PurePosixPath(info.filename).suffix.lower()
    if ".." in re.split(r"[/\\]", info.filename) or re.match(r"[/\\]|\w:", info.filename):
        return ReadError(Message("its name leads out of the archive. Pack it anew."))
    if suffix == ".zip":
        return ReadError(Message("it is an archive in an archive. Unpack it and index it by itself."))
    return _unpacked(archive, info, limits) if suffix in suffixes else None


def _is_hidden(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or any(part.startswith(".") and part != ".." for part in parts)


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limits: FileLimits) -> bytes | ReadError:
    if info.flag_bits & 1:
        return ReadError(Message("it is encrypted. Pack it without a password."))
    if info.external_attr >> 28 == 0o12:
        return ReadError(Message("it is a link. Pack the file itself."))
    try:
        with archive.open(info) as file:
            content = file.read(limits.file_mb * MB + 1)
    except (zipfile.BadZipFile, NotImplementedError, zlib.error, EOFError, OSError) as exc:
        return ReadError(Message("it cannot be unpacked (%(error)s). Pack it anew.", error=str(exc)))
    if len(content) > limits.file_mb * MB:
        return ReadError(Message("the file is too large %(limit)s.", limit=over("file_mb", limits.file_mb)))
    return content
