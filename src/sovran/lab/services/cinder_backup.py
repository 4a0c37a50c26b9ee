# SPDX-License-Identifier: Apache-2.0
"""The double of a backup target: upstream's POSIX driver, quick with chunks of zeros, and with faults on demand."""

import hashlib
import os
from functools import cached_property
from pathlib import Path
from typing import Any

from cinder import exception, interface
from cinder.backup.drivers.posix import PosixBackupDriver
from oslo_config import cfg

from sovran.lab.services.faults import cinder_fault

FAILS, DIES, CHANGES_A_BYTE = "backup-fails", "backup-dies", "restore-changes-a-byte"
"""Every backup goes to error; the whole process ends when it is to make a backup; the first byte that a restore writes
is another.
"""


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


@interface.backupdriver
class SparseBackupDriver(PosixBackupDriver):
    """A chunk of zeros is stored as upstream stores it, but hashed and compressed once only: volumes of the lab are
    nearly empty, and the rest of a volume would take seconds.
    """

    def backup(self, backup: Any, volume_file: Any, backup_metadata: bool = True) -> Any:
        """As upstream, unless it has a fault."""
        fault = cinder_fault()
        if fault == DIES:
            os._exit(1)
        if fault == FAILS:
            raise exception.BackupDriverException(reason="no space left on the backup storage")
        return super().backup(backup, volume_file, backup_metadata)

    def restore(self, backup: Any, volume_id: Any, volume_file: Any, volume_is_new: bool) -> Any:
        """As upstream, unless it has a fault."""
        file = _ChangesAByte(volume_file) if cinder_fault() == CHANGES_A_BYTE else volume_file
        return super().restore(backup, volume_id, file, volume_is_new)

    @cached_property
    def _zeros(self) -> bytes:
        return bytes(self.chunk_size_bytes)

    @cached_property
    def _of_zeros(self) -> tuple[list[str], str, bytes, str]:
        """Hashes of the blocks, name of the compression, compressed, and MD5."""
        algorithm, compressed = super()._prepare_output_data(self._zeros)
        md5 = hashlib.md5(self._zeros, usedforsecurity=False).hexdigest()
        return super()._calculate_sha(self._zeros), algorithm, compressed, md5

    def _calculate_sha(self, data: bytes) -> list[str]:
        if data == self._zeros:
            return list(self._of_zeros[0])
        hashes: list[str] = super()._calculate_sha(data)
        return hashes

    def _backup_chunk(
        self, backup: Any, container: str, data: bytes, data_offset: int, object_meta: Any, extra_metadata: Any
    ) -> None:
        if data != self._zeros:
            super()._backup_chunk(backup, container, data, data_offset, object_meta, extra_metadata)
            return
        _, algorithm, compressed, md5 = self._of_zeros
        name = f"{object_meta['prefix']}-{object_meta['id']:05d}"
        Path(cfg.CONF.backup_posix_path, container, name).write_bytes(compressed)
        entry = {"offset": data_offset, "length": len(data), "compression": algorithm, "md5": md5}
        object_meta["list"].append({name: entry})
        object_meta["id"] += 1
