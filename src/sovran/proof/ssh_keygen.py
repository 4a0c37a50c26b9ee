# SPDX-License-Identifier: Apache-2.0
"""OpenSSH's own `ssh-keygen`, which makes and checks SSH signatures: it reads every form of key and asks agents."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sovran.model.errors import SovranError, UsageError
from sovran.model.printable import printable
from sovran.proof.ssh_signature import NAMESPACE

PATIENCE = 60.0
"""Seconds for one call: an agent may be on another machine."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How a call ended."""

    good: bool
    out: bytes
    complaint: str
    """What it wrote to stderr, fit to be printed."""


class SshKeygen:
    """The program as it is found on PATH; raises UsageError when there is none. It never asks the user anything."""

    def __init__(self) -> None:
        found = shutil.which("ssh-keygen")
        if found is None:
            raise UsageError("No `ssh-keygen` on PATH: install OpenSSH's client programs (Debian: openssh-client).")
        self._program = found

    def describe(self, key: Path) -> Answer:
        """`256 SHA256:... comment (ED25519)` of a private or public key; no passphrase is needed for it."""
        return self._call("-l", "-f", _path(key))

    def sign(self, key: Path, content: bytes, *, namespace: str = NAMESPACE) -> Answer:
        """The armored signature on `content`, by a key file or, for a public key, the agent that holds it."""
        return self._call("-Y", "sign", "-f", _path(key), "-n", namespace, content=content)

    def intact(self, signature: str, content: bytes) -> bool:
        """Whether the signature is one on `content`, for reports, by the key that it names, whosever that is."""
        with _file(signature) as path:
            return self._call("-Y", "check-novalidate", "-n", NAMESPACE, "-s", path, content=content).good

    def principals(self, signature: str, allowed_signers: Path) -> Answer:
        """Names that an allowed_signers file has for the signature's key, one per line."""
        with _file(signature) as path:
            return self._call("-Y", "find-principals", "-s", path, "-f", _path(allowed_signers))

    def verify(
        self, signature: str, content: bytes, allowed_signers: Path, identity: str, revoked: Path | None = None
    ) -> Answer:
        """Whether it is a good signature for reports by a key that the allowed_signers file has for `identity`."""
        more = () if revoked is None else ("-r", _path(revoked))
        words = ("-Y", "verify", "-n", NAMESPACE, "-f", _path(allowed_signers), "-I", identity)
        with _file(signature) as path:
            return self._call(*words, "-s", path, *more, content=content)

    def _call(self, *words: str, content: bytes = b"") -> Answer:
        try:
            done = subprocess.run(
                [self._program, *words],
                input=content,
                capture_output=True,
                check=False,
                timeout=PATIENCE,
                # without a terminal and without askpass it cannot ask for a passphrase: a run may be unattended
                start_new_session=True,
                env={**os.environ, "SSH_ASKPASS_REQUIRE": "never", "LC_ALL": "C"},
            )
        except subprocess.TimeoutExpired:
            raise SovranError(
                f"`ssh-keygen` did not answer within {PATIENCE:.0f} s; see whether the agent works: `ssh-add -l`."
            ) from None
        except (OSError, ValueError) as error:
            reason = (error.strerror if isinstance(error, OSError) else None) or "not a path"
            raise SovranError(f"`ssh-keygen` cannot be called ({reason}); install OpenSSH's client anew.") from None
        return Answer(done.returncode == 0, done.stdout, _complaint(done.stderr))


@contextmanager
def _file(text: str) -> Iterator[str]:
    """The name of a file of ours that holds the text: what was read once is not read again from where others write."""
    with tempfile.NamedTemporaryFile("w", prefix="sovran-", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        yield file.name


def _path(path: Path) -> str:
    """As an argument that is no option, whatever the name begins with."""
    return str(path.absolute())


def _complaint(stderr: bytes) -> str:
    """The lines that say something, on one line."""
    lines = [line.strip() for line in stderr.decode("utf-8", "replace").splitlines()]
    said = [line for line in lines if line and not line.startswith("Signing data on standard input")]
    return printable("; ".join(said), 300)
