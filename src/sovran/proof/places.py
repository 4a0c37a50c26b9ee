# SPDX-License-Identifier: Apache-2.0
"""Where the proofs of a file lie: beside it, under names that OpenSSH and in-toto have for them."""

from pathlib import Path


def signature_of(path: Path) -> Path:
    """The SSH signature, as `ssh-keygen -Y sign FILE` names it."""
    return path.with_name(f"{path.name}.sig")


def bundle_of(path: Path) -> Path:
    """The bundle of DSSE envelopes with in-toto statements about the file, as in-toto's specification names it."""
    return path.with_name(f"{path.name}.intoto.jsonl")
