# SPDX-License-Identifier: Apache-2.0
"""Whether a client accepts the server's certificate chain and name, by the standard library."""

import socket
import ssl
from pathlib import Path

Trust = bool | str
"""As in clouds.yaml and requests: True: the usual authorities; a file or folder of them; False: none is checked."""


def check_chain(host: str, port: int, seconds: float, trust: Trust) -> tuple[str, str]:
    """Why a client refuses the chain or the name (empty: it does not), and why that is not known (empty: it is).

    Weak keys and old protocols are let through here, since they are judged by the profile.
    """
    if trust is False:
        return "", "certificates are not checked with this cloud (insecure, or verify: false)"
    try:
        context = _context()
        _load(context, trust)
        with (
            socket.create_connection((host, port), timeout=seconds) as plain,
            context.wrap_socket(plain, server_hostname=host),
        ):
            return "", ""
    except ssl.SSLCertVerificationError as error:
        return error.verify_message.rstrip("."), ""
    except (OSError, ValueError) as error:
        return "", " ".join(str(error).split()) or type(error).__name__


def leaf_certificate(host: str, port: int, seconds: float) -> bytes | None:
    """The server's own certificate in DER, whoever signed it; None when there is no handshake."""
    context = _context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with (
            socket.create_connection((host, port), timeout=seconds) as plain,
            context.wrap_socket(plain, server_hostname=host) as secured,
        ):
            return secured.getpeercert(binary_form=True)
    except (OSError, ValueError):
        return None


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("ALL:@SECLEVEL=0")
    # not a constant of Python 3.11: servers without secure renegotiation
    context.options |= 0x4
    return context


def _load(context: ssl.SSLContext, trust: Trust) -> None:
    if trust is True:
        # what every other request of this run trusts
        from requests.utils import DEFAULT_CA_BUNDLE_PATH

        trust = DEFAULT_CA_BUNDLE_PATH
    path = Path(str(trust))
    context.load_verify_locations(**{"capath" if path.is_dir() else "cafile": str(path)})
