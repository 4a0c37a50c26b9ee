# SPDX-License-Identifier: Apache-2.0
"""Signing what is no SSH signature with a key that an SSH agent holds (draft-miller-ssh-agent, section 3.6)."""

import os
import socket
from typing import TYPE_CHECKING, NoReturn

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_ssh_public_key
from securesystemslib.signer import RSA_PKCS1V15_SHA256, Signature, Signer, SSlibKey

from sovran.model.errors import SovranError
from sovran.proof.ssh_key import Malformed, PublicKey, pack, strings

if TYPE_CHECKING:
    from securesystemslib.signer import Key, SecretsHandler

SIGN_REQUEST, SIGN_RESPONSE = 13, 14
RSA_SHA2_256 = 2
"""Flag: sign with SHA-256, since an RSA key alone would mean SHA-1."""
MOST_BYTES = 256 * 1024
"""Of an answer, as OpenSSH has it."""
PATIENCE = 60.0
"""Seconds: an agent may ask its user."""


class AgentSigner(Signer):
    """Signs with the private part of a public key by asking the agent of SSH_AUTH_SOCK.

    Agents sign with RSA as PKCS #1 v1.5 only, so that is the scheme for RSA keys.
    """

    def __init__(self, public: PublicKey) -> None:
        self._key = public
        self._public = agent_key(public)

    @classmethod
    def from_priv_key_uri(
        cls, _priv_key_uri: str, _public_key: "Key", _secrets_handler: "SecretsHandler | None" = None
    ) -> NoReturn:
        """Part of the interface; keys of agents have no URI."""
        raise ValueError("keys of SSH agents have no URI")

    @property
    def public_key(self) -> SSlibKey:
        """What its signatures are verified with."""
        return self._public

    def sign(self, payload: bytes) -> Signature:
        """The agent's signature on `payload`; raises SovranError when it does not give one."""
        flags = RSA_SHA2_256 if self._key.type == "ssh-rsa" else 0
        request = pack(self._key.blob, payload) + flags.to_bytes(4, "big")
        try:
            answer = _ask(bytes([SIGN_REQUEST]) + request)
            if answer[:1] != bytes([SIGN_RESPONSE]):
                raise Malformed("it refused")
            (packed,) = strings(answer[1:])
            _, value = strings(packed)
            if self._key.type.startswith("ecdsa-"):
                r, s = (int.from_bytes(number, "big") for number in strings(value))
                value = encode_dss_signature(r, s)
        except (OSError, ValueError) as error:
            reason = (error.strerror if isinstance(error, OSError) else str(error)) or type(error).__name__
            raise SovranError(
                f"The SSH agent did not sign with the {self._key} ({reason}); see `ssh-add -l` whether it holds it."
            ) from None
        return Signature(self._public.keyid, value.hex())


def agent_key(public: PublicKey) -> SSlibKey:
    """The key as signatures of agents are verified with it."""
    scheme = RSA_PKCS1V15_SHA256 if public.type == "ssh-rsa" else None
    return SSlibKey.from_crypto(load_ssh_public_key(public.line.encode()), scheme=scheme)


def _ask(request: bytes) -> bytes:
    """One question and its answer; raises OSError or Malformed."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as agent:
        agent.settimeout(PATIENCE)
        agent.connect(os.environ.get("SSH_AUTH_SOCK", ""))
        agent.sendall(pack(request))
        length = int.from_bytes(_receive(agent, 4), "big")
        if length > MOST_BYTES:
            raise Malformed("its answer is too long")
        return _receive(agent, length)


def _receive(agent: socket.socket, count: int) -> bytes:
    received = bytearray()
    while len(received) < count:
        block = agent.recv(count - len(received))
        if not block:
            raise Malformed("it hung up")
        received += block
    return bytes(received)
