# SPDX-License-Identifier: Apache-2.0
"""The double of a backup target: upstream's POSIX driver, quick with what is empty, and with faults on demand."""

import errno
import hashlib
import os
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from cinder import exception, interface
from cinder.backup import chunkeddriver
from cinder.backup.drivers.posix import PosixBackupDriver
from oslo_config import cfg

from sovran.lab.services.faults import cinder_fault

FAILS, DIES, CHANGES_A_BYTE = "backup-fails", "backup-dies", "restore-changes-a-byte"
"""Every backup goes to error; the whole process ends when it is to make a backup; the first byte that a restore writes
is another.
"""
_write_nonzero = chunkeddriver._write_nonzero


@cache
def _zeros(size: int) -> bytes:
    """One and the same chunk of zeros."""
    return bytes(size)


def _write(file: Any, offset: int, content: bytes) -> None:
    """As upstream's, which looks at each byte of a chunk of zeros before it leaves it out."""
    if content is not _zeros(len(content)):
        _write_nonzero(file, offset, content)


chunkeddriver._write_nonzero = _write


class _Sparse:
    """A sparse file that gives one and the same chunk for whatever is a hole, without reading it."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def read(self, size: int) -> bytes:
        """The next bytes."""
        at, file = self._file.tell(), self._file.fileno()
        if at + size <= os.fstat(file).st_size and _is_hole(file, at, size):
            self._file.seek(at + size)
            return _zeros(size)
        read: bytes = self._file.read(size)
        return read

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def _is_hole(file: int, start: int, size: int) -> bool:
    try:
        return os.lseek(file, start, os.SEEK_DATA) >= start + size
    except OSError as error:
        return error.errno == errno.ENXIO
    finally:
        os.lseek(file, start, os.SEEK_SET)


class _ChangesAByte:
    """A file whose first byte that is written gets another value."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._done = False

    def write(self, data: bytes) -> Any:
        """Write, for the first time something else."""
        if not self._done and data:
            self._done = True
            data = bytes([data[0] ^ 1]) + data[1:]
        return self._file.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


class _Compressor:
    """A compressor that knows what a chunk of zeros was compressed to."""

    def __init__(self, compressor: Any, zeros: bytes) -> None:
        self.compress = compressor.compress
        self._decompress = compressor.decompress
        self._zeros = zeros

    @cached_property
    def _compressed(self) -> bytes:
        compressed: bytes = self.compress(self._zeros)
        return compressed

    def decompress(self, data: bytes) -> bytes:
        """What was compressed."""
        decompressed: bytes = self._zeros if data == self._compressed else self._decompress(data)
        return decompressed


@cache
def _quick(compressor: Any, size: int) -> _Compressor:
    """Upstream asks for a compressor for each chunk."""
    return _Compressor(compressor, _zeros(size))


@interface.backupdriver
class SparseBackupDriver(PosixBackupDriver):
    """A chunk of zeros is stored as upstream stores it, but read, hashed and compressed once only: volumes of the lab
    are nearly empty, and the rest of each would take seconds.
    """

    def backup(self, backup: Any, volume_file: Any, backup_metadata: bool = True) -> Any:
        """As upstream, unless it has a fault."""
        fault = cinder_fault()
        if fault == DIES:
            os._exit(1)
        if fault == FAILS:
            raise exception.BackupDriverException(reason="no space left on the backup storage")
        return super().backup(backup, _Sparse(volume_file), backup_metadata)

    def restore(self, backup: Any, volume_id: Any, volume_file: Any, volume_is_new: bool) -> Any:
        """As upstream, unless it has a fault."""
        file = _ChangesAByte(volume_file) if cinder_fault() == CHANGES_A_BYTE else volume_file
        return super().restore(backup, volume_id, file, volume_is_new)

    @cached_property
    def _of_zeros(self) -> tuple[list[str], str, bytes, str]:
        """Hashes of the blocks, name of the compression, compressed, and MD5."""
        chunk = _zeros(self.chunk_size_bytes)
        algorithm, compressed = super()._prepare_output_data(chunk)
        md5 = hashlib.md5(chunk, usedforsecurity=False).hexdigest()
        return super()._calculate_sha(chunk), algorithm, compressed, md5

    def _get_compressor(self, algorithm: str) -> Any:
        compressor = super()._get_compressor(algorithm)
        return _quick(compressor, self.chunk_size_bytes) if compressor else None

    def _calculate_sha(self, data: bytes) -> list[str]:
        if data is _zeros(self.chunk_size_bytes):
            return list(self._of_zeros[0])
        hashes: list[str] = super()._calculate_sha(data)
        return hashes

    def _backup_chunk(
        self, backup: Any, container: str, data: bytes, data_offset: int, object_meta: Any, extra_metadata: Any
    ) -> None:
        if data is not _zeros(self.chunk_size_bytes):
            super()._backup_chunk(backup, container, data, data_offset, object_meta, extra_metadata)
            return
        _, algorithm, compressed, md5 = self._of_zeros
        name = f"{object_meta['prefix']}-{object_meta['id']:05d}"
        Path(cfg.CONF.backup_posix_path, container, name).write_bytes(compressed)
        entry = {"offset": data_offset, "length": len(data), "compression": algorithm, "md5": md5}
        object_meta["list"].append({name: entry})
        object_meta["id"] += 1
