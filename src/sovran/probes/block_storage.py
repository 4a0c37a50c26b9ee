# SPDX-License-Identifier: Apache-2.0
"""What probes of volumes have in common: waiting for a state, with the service's own words when it does not come."""

from typing import TYPE_CHECKING, Any

from sovran.cloud.acting.answer import ActingFailed
from sovran.cloud.acting.kinds import VOLUME
from sovran.model.printable import printable

if TYPE_CHECKING:
    from sovran.cloud.acting.actor import Actor, Made

SERVICE = "block-storage"
SECONDS = 3600.0
"""For one state of a volume or backup; the limit of the run mostly ends the waiting sooner."""
MESSAGES = "3.5"
"""Microversion that filters messages to users by resource."""
LONGEST_MESSAGE = 200


def ready(
    actor: "Actor", made: "Made", *, until: str = "available", parent: str = "", soon: bool = False
) -> dict[str, Any]:
    """Wait until it is so, as long as the run may last; what the service showed then. `parent` is the id of the volume
    that it is made of, where the messages to users are about that. `soon`: it may be so already.

    Raises as `Actor.wait` does; when the resource went to an error, with what the service tells its users of it.
    """
    try:
        shown: dict[str, Any] = actor.wait(
            made, until=until, bad=("error", "killed", "deleted"), seconds=SECONDS, soon=soon
        )
    except ActingFailed as failed:
        if type(failed) is not ActingFailed:
            raise
        told = messages(actor, parent or made.id)
        raise ActingFailed(f"{failed} ({told})" if told else str(failed)) from None
    return shown


def messages(actor: "Actor", identifier: str) -> str:
    """What the block storage service tells its users of a resource (Block Storage API v3.5, `GET /messages`); empty:
    nothing.
    """
    answer = actor.call(
        "GET", SERVICE, f"/messages?resource_uuid={identifier}", microversion=MESSAGES, cleaning=True
    ).at("messages")
    words = [one.get("user_message") for one in answer if isinstance(one, dict)] if isinstance(answer, list) else []
    return "; ".join(dict.fromkeys(printable(one, LONGEST_MESSAGE) for one in words if isinstance(one, str) and one))


def new_volume(actor: "Actor", purpose: str, **fields: Any) -> "Made":
    """A volume of 1 GiB, as soon as it is available; `fields` go into the request. Raises as `ready` does."""
    volume = actor.create(VOLUME, purpose, lambda name: {"volume": {"name": name, "size": 1, **fields}})
    ready(actor, volume)
    return volume
