# SPDX-License-Identifier: Apache-2.0
"""What an SSH signature says of itself: by which key, for which purpose (OpenSSH, PROTOCOL.sshsig)."""

from dataclasses import dataclass

from sovran.proof.ssh_key import Malformed, PublicKey, base64_strictly, strings

NAMESPACE = "report"
"""What signatures on reports are for, as the SCS compliance monitor demands."""
BEGIN, END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
MAGIC = b"SSHSIG"
VERSION = 1
MOST_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class SshSignature:
    """A signature whose form is right; whether it is a good one, `ssh-keygen` says."""

    text: str
    """Armored, lines ended by LF, the last one too."""
    key: PublicKey
    """Which key it says that it is by."""
    namespace: str


def read_signature(content: bytes) -> SshSignature:
    """The signature in the bytes of a .sig file; raises Malformed when it is none, or there is more beside it."""
    if len(content) > MOST_BYTES:
        raise Malformed("it is too long for a signature")
    try:
        lines = content.decode("ascii").replace("\r\n", "\n").removesuffix("\n").split("\n")
    except UnicodeDecodeError:
        raise Malformed("it is not text") from None
    if len(lines) < 3 or lines[0] != BEGIN or lines[-1] != END:
        raise Malformed("it does not begin and end as SSH signatures do")
    packed = base64_strictly("".join(lines[1:-1]))
    head = MAGIC + VERSION.to_bytes(4, "big")
    if not packed.startswith(head):
        raise Malformed("it is not in the format of SSH signatures, version 1")
    parts = list(strings(packed[len(head) :]))
    if len(parts) != 5:
        raise Malformed("it has not the parts of an SSH signature")
    blob, namespace, *_ = parts
    if not next(strings(blob), b""):
        raise Malformed("it names no key")
    return SshSignature("\n".join((*lines, "")), PublicKey(blob), namespace.decode("utf-8", "replace"))
