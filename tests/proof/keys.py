# SPDX-License-Identifier: Apache-2.0
"""Keys and signatures made by OpenSSH itself, as users make them."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class KeyPair:
    """Private and public key in files."""

    private: Path

    @property
    def public(self) -> Path:
        return self.private.with_name(f"{self.private.name}.pub")

    @property
    def line(self) -> str:
        """Type and key, without comment."""
        kind, blob, *_ = self.public.read_text(encoding="utf-8").split()
        return f"{kind} {blob}"

    def allow(self, names: str = "ops@example.org", options: str = "") -> Path:
        """A file of allowed signers with this key under these names."""
        path = self.private.with_name("allowed_signers")
        path.write_text(" ".join(part for part in (names, options, self.line) if part) + "\n", encoding="utf-8")
        return path


def make_key(path: Path, *words: str, passphrase: str = "") -> KeyPair:
    """A new pair, of type ed25519 unless `words` say otherwise."""
    kind = words or ("-t", "ed25519")
    subprocess.run(["ssh-keygen", "-q", *kind, "-N", passphrase, "-C", "test", "-f", path], check=True, timeout=60)
    return KeyPair(path)


def sign(path: Path, key: KeyPair, namespace: str = "report") -> Path:
    """Sign a file as OpenSSH does it; returns the signature's file."""
    place = path.with_name(f"{path.name}.sig")
    place.unlink(missing_ok=True)
    words = ["ssh-keygen", "-q", "-Y", "sign", "-f", str(key.private), "-n", namespace, str(path)]
    subprocess.run(words, check=True, timeout=60, capture_output=True)
    return place


def verified_by_openssh(path: Path, key: KeyPair) -> bool:
    """Whether OpenSSH finds the signature beside the file good, as the compliance monitor asks it."""
    words = [
        "ssh-keygen",
        "-Y",
        "verify",
        "-n",
        "report",
        "-f",
        str(key.allow("m@x")),
        "-I",
        "m@x",
        "-s",
        f"{path}.sig",
    ]
    with path.open("rb") as content:
        return subprocess.run(words, stdin=content, capture_output=True, check=False, timeout=60).returncode == 0


class Agent:
    """An SSH agent with some keys, which this process and its children use until `stop`."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "agent"
        self._process = subprocess.Popen(["ssh-agent", "-D", "-a", self.socket], stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        # it tells its name when it listens
        assert b"SSH_AUTH_SOCK" in self._process.stdout.readline()
        self._askpass = folder / "askpass"

    def add(self, key: KeyPair, passphrase: str = "") -> None:
        """Let the agent hold this key."""
        self._askpass.write_text(f"#!/bin/sh\necho '{passphrase}'\n", encoding="utf-8")
        self._askpass.chmod(0o700)
        more = {"SSH_AUTH_SOCK": str(self.socket), "SSH_ASKPASS": str(self._askpass), "SSH_ASKPASS_REQUIRE": "force"}
        subprocess.run(["ssh-add", "-q", key.private], env={**os.environ, **more}, check=True, timeout=60)

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.communicate(timeout=20)
