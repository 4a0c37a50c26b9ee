# SPDX-License-Identifier: Apache-2.0
"""Learns which roles a domain manager may assign, by trying each, and what the assigned ones amount to."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from sovran.cloud.acting.kinds import GRANT
from sovran.model.matrix import Access
from sovran.probes.domain_table import Operation
from sovran.probes.domain_trial import REFUSALS, Trial
from sovran.probes.signed_in import sign_in

if TYPE_CHECKING:
    # a replay of what probes saw shall not load what talks to clouds
    from sovran.cloud.acting.actor import Actor

ADMINISTRATIVE = {
    "admin": "may do everything in the whole cloud",
    "service": "may do what only services of the cloud may",
    "load-balancer_admin": "may do everything with all load balancers of the cloud",
    "key-manager:service-admin": "sets the limits of the key manager",
    "ResellerAdmin": "may do everything with all objects of the cloud",
    "cloud_admin": "may do everything in the whole cloud",
    "system_admin": "may do everything in the whole cloud",
}
"""Well-known roles whose rights do not end with a project or a domain, with the reason."""
ALL_PAIRS = 4
"""User or group, in the project or in the domain."""
LOOKS_ADMINISTRATIVE = "admin"
FIRST_CHOICE = ("member", "reader")
"""Of the roles that may be assigned, those that further operations assign, the first that there is."""


class RoleTried(msgspec.Struct, frozen=True):
    """One role of the cloud, and whether managers may assign it."""

    name: str
    assigned: bool


class Listed(msgspec.Struct, frozen=True):
    """One role as the identity service lists it."""

    id: str
    name: str
    options: dict[str, Any] = {}


def list_roles(trial: Trial) -> tuple[Listed, ...]:
    """The global roles, as the manager sees them; none where it may not list them."""
    found = trial.ask("/roles").at("roles")
    roles: list[Listed] = []
    for item in found if isinstance(found, list) else ():
        try:
            roles.append(msgspec.convert(item, Listed))
        except msgspec.ValidationError:
            continue
    return tuple(roles)


def learn(trial: Trial, roles: tuple[Listed, ...], seconds: float) -> tuple[RoleTried, ...]:
    """Try to assign each role to the user and the group that were made, in the project and in the domain.

    Afterwards the trial knows `role`, and has the persona `user`, who holds in the project what may be assigned.
    """
    words = trial.words
    pairs = [
        f"/{scope}/{words[where]}/{who}s/{words[who]}/roles"
        for scope, where in (("projects", "project"), ("domains", "a"))
        for who in ("user", "group")
        if where in words and who in words
    ]
    tried = _assign(trial, roles, pairs)
    for name, tries in tried.items():
        _note(trial, name, tries, pairs)
    assigned = {role.name: role.id for role in roles if tried[role.name].assigned}
    _effective(trial, {role.id: role.name for role in roles})
    _held_in_token(trial, seconds)
    if assigned:
        words["role"] = assigned[min(assigned, key=_rank)]
    elif roles and pairs:
        said = f"it may assign none of {', '.join(role.name for role in roles)}"
        trial.note(_operation("assign any role at all", "own users and groups", "0302-03"), Access.MISSING, said=said)
    usable = {identifier for name, identifier in assigned.items() if not administrative(name)}
    _take_back(trial, {f"{pair}/{identifier}" for pair in pairs[:1] for identifier in usable})
    _appointed(trial, {role.name: role.id for role in roles}, assigned, seconds)
    # signed in anew, since what was taken back ended the token
    user = _user(trial, seconds)
    if user:
        trial.actors["user"] = user
    return tuple(RoleTried(name, tries.assigned) for name, tries in tried.items())


def _rank(name: str) -> tuple[bool, int, str]:
    """Roles with a small rank are assigned rather than others."""
    first = FIRST_CHOICE.index(name) if name in FIRST_CHOICE else len(FIRST_CHOICE)
    return bool(administrative(name)), first, name


def administrative(name: str) -> str:
    """Why a role of this name is administrative; empty: it is not known to be."""
    return ADMINISTRATIVE.get(name, "")


def _operation(do: str, target: str, claim: str) -> Operation:
    """An operation that the table does not have, since it depends on the cloud's roles."""
    return Operation(do=do, target=target, send="", want="denied", claim=claim)


@dataclass
class _Tries:
    """What came of trying to assign one role, over all pairs."""

    assigned: bool = False
    unclear: str = ""
    status: int = 0


def _assign(trial: Trial, roles: tuple[Listed, ...], pairs: list[str]) -> dict[str, _Tries]:
    """Try each role for each pair of who and where, and see in the cloud which were assigned."""
    found = {role.name: _Tries() for role in roles}
    for pair in pairs:
        answers = {role.id: trial.place(GRANT, f"{pair}/{role.id}") for role in roles}
        listed = trial.ask(pair)
        items = listed.at("roles")
        held = {item.get("id") for item in items if isinstance(item, dict)} if isinstance(items, list) else None
        for role in roles:
            tries, answer = found[role.name], answers[role.id]
            tries.status = tries.status if tries.assigned else answer.status
            if answer.ok if held is None else role.id in held:
                tries.assigned = True
            elif answer.status not in REFUSALS:
                tries.unclear = tries.unclear or answer.said
            elif held is None:
                tries.unclear = tries.unclear or listed.said
    return found


def _note(trial: Trial, name: str, tries: _Tries, pairs: list[str]) -> None:
    """Write down what came of trying the role of this name."""
    operation = _operation(f"assign the role {name}", "own users and groups", "0302-06")
    why = administrative(name)
    if tries.assigned and why:
        access, said = Access.LEAK, f"whoever holds this role {why}"
    elif tries.assigned and LOOKS_ADMINISTRATIVE in name.lower():
        said = f"it was assigned; whether {name} is an administrative role, only the provider can tell"
        access = Access.UNCLEAR
    elif len(pairs) < ALL_PAIRS:
        access, said = Access.UNCLEAR, "there is no user, group or project to try it with"
    elif tries.assigned:
        access, said = Access.ALLOWED, ""
    elif tries.unclear:
        access, said = Access.UNCLEAR, tries.unclear
    else:
        access, said = Access.DENIED, ""
    trial.note(operation, access, status=tries.status, said=said)


def _effective(trial: Trial, names: dict[str, str]) -> None:
    """Whether what was assigned amounts to an administrative role, by inference or otherwise."""
    operation = _operation("have an administrative role by inference", "own project", "0302-07")
    if "user" not in trial.words or "project" not in trial.words:
        trial.note(operation, Access.UNCLEAR, said="there is no user or project to try it with")
        return
    query = f"user.id={trial.words['user']}&scope.project.id={trial.words['project']}&effective"
    answer = trial.ask(f"/role_assignments?{query}")
    items = answer.at("role_assignments")
    if not isinstance(items, list):
        trial.note(operation, Access.UNCLEAR, status=answer.status, said=answer.said)
        return
    held = {names.get(str((item.get("role") or {}).get("id")), "") for item in items if isinstance(item, dict)}
    _judge_held(trial, operation, held, answer.status)


def _judge_held(trial: Trial, operation: Operation, held: set[str], status: int = 0) -> None:
    wrong = sorted(name for name in held if administrative(name))
    if wrong:
        trial.note(operation, Access.LEAK, status=status, said=f"the user holds the role {', '.join(wrong)}")
    else:
        trial.note(operation, Access.DENIED, status=status)


def _take_back(trial: Trial, kept: set[str]) -> None:
    """Take back what was assigned, but for these role assignments."""
    for path in [path for path, made in trial.made.items() if made.kind is GRANT and path not in kept]:
        answer = trial.ask(path, method="DELETE")
        if answer.ok:
            trial.ended(path)


def _user(trial: Trial, seconds: float) -> "Actor | None":
    """The user that was made, signed in to the project; None where it cannot."""
    words = trial.words
    if "user" not in words or "project" not in words:
        return None
    manager, password = trial.actors["manager"], trial.passwords["user"]
    user = sign_in(manager, words["user"], password, seconds, project=words["project"])
    if user:
        trial.guests.append(user)
    return user


def _held_in_token(trial: Trial, seconds: float) -> None:
    """Whether all that was assigned to the user and its group gives it a token with an administrative role."""
    operation = _operation("have an administrative role in a token", "own project", "0302-07")
    user = _user(trial, seconds)
    if user is None:
        said = "the user that the manager made could not sign in to the project"
        trial.note(operation, Access.UNCLEAR, said=said)
    else:
        _judge_held(trial, operation, set(user.roles))


def _appointed(trial: Trial, roles: dict[str, str], assigned: dict[str, str], seconds: float) -> None:
    """Where managers may appoint managers: what an appointed one may, and that it can give the role up."""
    words = trial.words
    if "manager" not in assigned or "user" not in words:
        return
    pair = f"/domains/{words['a']}/users/{words['user']}/roles"
    own = f"{pair}/{assigned['manager']}"
    trial.place(GRANT, own)
    guest = sign_in(trial.actors["manager"], words["user"], trial.passwords["user"], seconds, domain=words["a"])
    if guest is None:
        return
    trial.guests.append(guest)
    if "admin" in roles:
        operation = _operation("as a manager that it appointed: assign itself the role admin", "own domain", "0302-07")
        answer, _ = guest.place(GRANT, f"{pair}/{roles['admin']}")
        listed = trial.ask(pair)
        if roles["admin"] in str(listed.at("roles")):
            trial.note(operation, Access.LEAK, status=answer.status, said="it holds the role admin")
            trial.ask(f"{pair}/{roles['admin']}", method="DELETE")
        elif answer.status in REFUSALS and listed.ok:
            trial.note(operation, Access.DENIED, status=answer.status)
        else:
            trial.note(operation, Access.UNCLEAR, status=answer.status, said=answer.said)
    answer = guest.call("DELETE", "identity", own)
    gone = trial.ask(pair)
    operation = _operation("as a manager that it appointed: give up the role manager", "own domain", "")
    done = gone.ok and assigned["manager"] not in str(gone.at("roles"))
    if done or trial.ask(own, method="DELETE").ok:
        trial.ended(own)
    trial.note(operation, Access.ALLOWED if done else Access.DENIED, status=answer.status)
