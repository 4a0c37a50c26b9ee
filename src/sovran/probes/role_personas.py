# SPDX-License-Identifier: Apache-2.0
"""Who plays in the probes of roles: users whose tokens have the roles that their column speaks of, and no others."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sovran.probes.probe import Stage

if TYPE_CHECKING:
    # rules name what probes see, and a replay of it shall not load what talks to clouds
    from sovran.cloud.acting.actor import Actor

READING = frozenset(("reader", "observer", "audit", "load-balancer_observer"))
"""Roles that give nothing but reading."""


@dataclass(frozen=True)
class Cast:
    """The users, by persona, in the order of the columns."""

    actors: "Mapping[str, Actor]"
    left_out: dict[str, str] = field(default_factory=dict)
    """Persona to why it does not play; one that was not named is not here."""
    words: dict[str, str] = field(default_factory=dict)
    """What operations may speak of because of it: `admin_role`, the id of the role admin."""


def cast(stage: Stage) -> Cast | str:
    """Who plays; or why nobody can: the judged user is no member."""
    member = _member(stage)
    if isinstance(member, str):
        return member
    others = {role: several[0] for role, several in stage.personas.items() if several and role != "member"}
    left_out = {role: why for role, actor in others.items() if (why := _unfit(role, actor, member))}
    playing = {"member": member, **{role: actor for role, actor in others.items() if role not in left_out}}
    order = ("reader", "member", "manager", "admin", "foreign")
    actors = {role: playing[role] for role in order if role in playing}
    return Cast(actors, left_out, _words(actors))


def _member(stage: Stage) -> "Actor | str":
    """The judged user, or the one that was named as member in its project."""
    named = stage.personas.get("member", ())
    for actor in (stage.actor, *named):
        if "member" in _roles(actor) and not _powerful(actor) and actor.project:
            return actor
    have = ", ".join(sorted(stage.actor.roles)) or "none"
    return (
        f"the judged user has the roles {have}: name an ordinary member of a project with `--os-cloud` "
        "or `--persona member=ENTRY`"
    )


def _unfit(role: str, actor: "Actor", member: "Actor") -> str:
    """Why this user cannot stand for the role; empty: it can."""
    roles = _roles(actor)
    have = f"its roles are {', '.join(sorted(actor.roles)) or 'none'}"
    if role == "admin":
        return "" if "admin" in roles else f"it is no admin: {have}"
    if _powerful(actor):
        return f"it has more rights than its column speaks of: {have}"
    if role == "foreign":
        return "" if actor.project and actor.project != member.project else "it is not a user of another project"
    if actor.project != member.project:
        return "it is not a user of the judged project"
    if role == "reader":
        return "" if "reader" in roles and roles <= READING else f"it is no mere reader: {have}"
    return "" if role in roles else f"it does not have the role {role}: {have}"


def _roles(actor: "Actor") -> frozenset[str]:
    return frozenset(role.lower() for role in actor.roles)


def _powerful(actor: "Actor") -> bool:
    """Whether the token may do what is beyond a project."""
    return any("admin" in role or role == "service" for role in _roles(actor))


def _words(actors: "Mapping[str, Actor]") -> dict[str, str]:
    """The id of the role admin, as far as an admin can be asked for it."""
    admin = actors.get("admin")
    listed = admin.call("GET", "identity", "/roles?name=admin").at("roles") if admin else None
    first = listed[0] if isinstance(listed, list) and listed and isinstance(listed[0], dict) else {}
    return {"admin_role": str(first["id"])} if first.get("id") else {}
