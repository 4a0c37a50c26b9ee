# SPDX-License-Identifier: Apache-2.0
"""From the session of openstackclient, which has its token already, to a connection that sovran reads over."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sovran.cloud.session import Connection


def connection_of(client_manager: Any, *, concurrency: int, timeout: float) -> "Connection":
    """A connection over the session of an osc_lib ClientManager; `concurrency` requests at once, `timeout` in seconds.

    Nothing is sent: the token is the one that openstackclient got.
    """
    from sovran.cloud.config.cloud_config import CloudConfig
    from sovran.cloud.session import adopt

    settled = client_manager.get_configuration()
    region = client_manager.region_name
    config = CloudConfig(
        name=str(settled.get("cloud") or "openstackclient"),
        source="openstackclient",
        auth_type=str(settled.get("auth_type") or ""),
        region_name=region or None,
        interface=client_manager.interface or "public",
        identity_api_version=None,
        api_timeout=None,
        verify=client_manager.session.verify,
        cert=client_manager.session.cert,
        auth=settled.get("auth") or {},
        auth_plugin=client_manager.auth,
        options=settled,
    )
    return adopt(client_manager.session, config, concurrency=concurrency, timeout=timeout)
