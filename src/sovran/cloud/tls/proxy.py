# SPDX-License-Identifier: Apache-2.0
"""Whether all other requests go to a server through a proxy, which a handshake of our own would pass by."""

from requests.utils import get_environ_proxies, select_proxy


def is_behind_proxy(host: str, port: int) -> bool:
    """Whether the environment (HTTPS_PROXY, ALL_PROXY, NO_PROXY) sends https requests for this server to a proxy; read
    by the library that sends them.

    No handshake is tried then: a direct one may go to another machine of that name or nowhere, and through the proxy
    one may meet the proxy's own TLS, which many of them put in place of the server's.
    """
    url = f"https://[{host}]:{port}/" if ":" in host else f"https://{host}:{port}/"
    return bool(select_proxy(url, get_environ_proxies(url)))
