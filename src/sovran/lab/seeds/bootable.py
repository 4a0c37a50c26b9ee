# SPDX-License-Identifier: Apache-2.0
"""What a lab with guests has in its images: sovran's own guest image, built once and kept beside the labs."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from sovran import guest
from sovran.lab.folders import home, locked


def content(report: Callable[[str], None]) -> bytes:
    """The guest image as qcow2, built first if it is not there yet (some seconds, and packages from Debian).

    Raises:
        SovranError: it cannot be built, with the reason.
    """
    from sovran.guest import image

    kept = home() / "guest-image" / f"{_digest()}.qcow2"
    with locked(kept.parent / "lock", report):
        if not kept.exists():
            report("building the guest image (once)")
            new = kept.with_suffix(".new")
            image.build(image.fetched(image.ARCHITECTURES[os.uname().machine]), new)
            new.replace(kept)
    return kept.read_bytes()


def _digest() -> str:
    """Identifies the code from which the image follows; a newer kernel alone is no reason to build it again."""
    code = hashlib.sha256()
    folder = Path(guest.__path__[0])
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"):
        code.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return code.hexdigest()[:16]
