# SPDX-License-Identifier: Apache-2.0
"""Key files of a lab that its services expect to find: Keystone's Fernet keys, Nova's node identity."""

import base64
import secrets
import uuid
from pathlib import Path

from sovran.lab.config.ini import Setting
from sovran.lab.folders import make_private, write_private


def create(setting: Setting) -> None:
    """Create what is not there yet."""
    for name in ("fernet", "credential"):
        repository = make_private(setting.folder / "data" / name)
        for index in ("0", "1"):  # 0 is the next key, the highest number the one in use
            _create(repository / index, base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())
    _create(setting.folder / "data" / "nova" / "compute_id", str(uuid.uuid4()))


def _create(path: Path, text: str) -> None:
    if not path.exists():
        write_private(path, text)
