# SPDX-License-Identifier: Apache-2.0
"""Signing in as a user that a probe has made, to act as it or to see what it may."""

import dataclasses
from typing import TYPE_CHECKING

from sovran.model.errors import SovranError

if TYPE_CHECKING:
    # a replay of what probes saw shall not load what talks to clouds
    from sovran.cloud.acting.actor import Actor


def sign_in(
    maker: "Actor", user: str, password: str, seconds: float, *, project: str = "", domain: str = ""
) -> "Actor | None":
    """An actor for the user with that id, in that project or that domain; None when the cloud does not let it in.

    What it makes stands in the ledger as the maker's; the maker's user is to be deleted after it.
    """
    from keystoneauth1.identity import Password

    from sovran.cloud.acting.actor import Actor
    from sovran.cloud.live import LiveReader
    from sovran.cloud.session import connect

    own = maker.connection.config
    url = str(own.auth.get("auth_url") or "")
    plugin = Password(
        auth_url=url, user_id=user, password=password, project_id=project or None, domain_id=domain or None
    )
    config = dataclasses.replace(
        own, auth_type="password", auth={"auth_url": url, "password": password}, auth_plugin=plugin
    )
    connection = connect(config, concurrency=4, timeout=60.0)
    places = LiveReader(connection, seconds=seconds)
    guest = Actor(connection, places, maker.ledger, seconds=seconds, persona=maker.persona, maker=maker)
    try:
        _ = connection.access
    except SovranError:
        connection.close()
        return None
    return guest
