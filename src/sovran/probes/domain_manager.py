# SPDX-License-Identifier: Apache-2.0
"""Probe: domain managers use all their powers, and try what they must not be able to do (SCS-0302)."""

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from sovran.cloud.at_once import at_once
from sovran.cloud.outcome import Failure, NotRun, Ok, Outcome
from sovran.model.errors import SovranError
from sovran.model.matrix import Cell, Matrix, Row
from sovran.model.printable import printable
from sovran.probes.domain_roles import Listed, RoleTried, learn, list_roles
from sovran.probes.domain_sweep import sweep
from sovran.probes.domain_table import Operation, load
from sovran.probes.domain_trial import Trial
from sovran.probes.probe import Need, Probe, Stage

if TYPE_CHECKING:
    from sovran.cloud.acting.actor import Actor

PERSONA, ROLE, ADMIN = "manager", "manager", "admin"
GIVE = "give `--persona manager=ENTRY` twice, for a domain manager with user name and password in each of two domains"
SECONDS = 600.0
"""For what users that the probe made do."""


class DomainManagerProbe(msgspec.Struct, frozen=True):
    """What domain managers could do, and could not."""

    matrix: Matrix
    roles: tuple[RoleTried, ...] = ()
    """All roles of the cloud, as far as a manager sees them, and whether managers may assign them."""
    others_seen: int = -1
    """How many domains beside its own the listing of domains showed a manager; -1: it could not be listed."""
    role_found: bool | None = None
    """Whether there is a role called manager; None: nobody could see it."""
    untried: tuple[str, ...] = ()
    """Claims that could not be tried whole."""
    lacking: str = ""
    """What it takes to try them."""


def plan(stage: Stage) -> tuple[Need, ...] | Failure:
    """Users, groups and projects of all managers that were given and are fit for it."""
    given = stage.personas.get(PERSONA, ())
    if not given:
        return NotRun(GIVE)
    fit, reasons = _fit(given)
    if not fit and not any(_seen(actor) for actor in given):
        return NotRun(f"{'; '.join(reasons)}; {GIVE}")
    count = 3 * len(fit) if len({one.domain for one in fit}) > 1 else 2 * len(fit)
    return (Need("user", count), Need("group", count), Need("project", count)) if fit else ()


def where(stage: Stage) -> str:
    """The domains of the managers that are fit for it."""
    fit, _ = _fit(stage.personas.get(PERSONA, ()))
    names = dict.fromkeys(one.connection.access.domain_name or one.domain for one in fit)
    return f"the domain{'s' * (len(names) > 1)} {' and '.join(names)}" if names else "no domain"


def run(stage: Stage) -> Outcome[DomainManagerProbe]:
    """Identity API v3: each manager tries the table of operations against the domain of the other."""
    given = stage.personas.get(PERSONA, ())
    fit, reasons = _fit(given)
    pairs = [(one, next((other for other in fit if other.domain != one.domain), None)) for one in fit]
    operator = next((one for one in stage.personas.get(ADMIN, ()) if _is_operator(one)), None)
    trials = [_trial(one, other, operator, f"manager {given.index(one) + 1}") for one, other in pairs]
    makers = (*fit, *((operator,) if operator else ()))
    try:
        tried = at_once({number: partial(_try_all, trial) for number, trial in enumerate(trials)})
    finally:
        gone = {identifier for trial in trials for identifier in trial.gone}
        guests = [guest for trial in trials for guest in trial.guests]
        sweep(makers, guests, (*stage.personas.get(ADMIN, ()), stage.actor), gone)
        for guest in guests:
            guest.connection.close()
    untried = {claim for trial in trials for claim in trial.untried if claim}
    return Ok(
        DomainManagerProbe(
            matrix=_matrix(trials),
            roles=_either(tried.values()),
            others_seen=max((_others(trial) for trial in trials), default=-1),
            role_found=_role_found(given),
            untried=tuple(sorted(untried)),
            lacking=_lacking(trials, reasons),
        )
    )


def _try_all(trial: Trial) -> tuple[RoleTried, ...]:
    """Everything that one manager tries; the roles of the cloud, and whether it may assign them."""
    table = load()
    roles = list_roles(trial)
    _name_roles(trial, roles)
    trial.run(table.before)
    tried = learn(trial, roles, SECONDS)
    trial.run(table.after)
    if "admin" in trial.actors:
        trial.run(table.with_operator)
    return tried


def _either(several: Iterable[tuple[RoleTried, ...]]) -> tuple[RoleTried, ...]:
    """Each role once; assigned, if any manager may assign it."""
    seen: dict[str, bool] = {}
    for tried in several:
        for role in tried:
            seen[role.name] = role.assigned or seen.get(role.name, False)
    return tuple(RoleTried(name, assigned) for name, assigned in seen.items())


def _fit(given: "tuple[Actor, ...]") -> "tuple[tuple[Actor, ...], tuple[str, ...]]":
    """The managers that can be tried, and why the others cannot, as sentences.

    They are numbered as they were given: a recording shall not tell what somebody calls clouds and customers.
    """
    fit: list[Actor] = []
    reasons: list[str] = []
    for number, actor in enumerate(given, 1):
        reason = _unfit(actor)
        if reason:
            own = repr(actor.connection.config.name)
            reasons.append(f"manager {number} {reason.replace(own, f'of manager {number}')}")
        else:
            fit.append(actor)
    return tuple(fit), tuple(reasons)


def _unfit(actor: "Actor") -> str:
    """Why a manager cannot be tried; empty: it can."""
    if "applicationcredential" in actor.connection.config.auth_type.replace("_", ""):
        return "is an application credential, which is for one project and has no rights in a domain"
    try:
        domain, roles = actor.domain, actor.roles
    except SovranError as error:
        return f"cannot sign in ({error})"
    if not domain:
        return "is not for a domain: it needs `domain_name` instead of a project"
    if ADMIN in roles:
        return "has the role admin, with which nothing is denied"
    return "" if ROLE in roles else f"has not the role {ROLE} in its domain"


def _seen(actor: "Actor") -> bool:
    """Whether an entry without the role can at least see that there is none."""
    try:
        return actor.call("GET", "identity", f"/roles?name={ROLE}").ok
    except SovranError:
        return False


def _role_found(given: "tuple[Actor, ...]") -> bool | None:
    """Whether the role exists: by a token that has it, or else by the listing."""
    for actor in given:
        try:
            if ROLE in actor.roles:
                return True
            found = actor.call("GET", "identity", f"/roles?name={ROLE}").at("roles")
        except SovranError:
            continue
        if isinstance(found, list):
            return any(isinstance(item, dict) and item.get("name") == ROLE for item in found)
    return None


def _is_operator(actor: "Actor") -> bool:
    try:
        return ADMIN in actor.roles
    except SovranError:
        return False


def _trial(manager: "Actor", other: "Actor | None", operator: "Actor | None", column: str) -> Trial:
    actors = {"manager": manager, **({"admin": operator} if operator else {})}
    words = {"a": manager.domain, "a_name": manager.connection.access.domain_name or "", "me": manager.user}
    if other:
        actors["other"] = other
        words |= {"b": other.domain, "b_name": other.connection.access.domain_name or ""}
    return Trial(actors, column, words)


def _name_roles(trial: Trial, roles: tuple[Listed, ...]) -> None:
    """Let the table speak of the role admin, and of one that is not immutable where there is such a role."""
    admin = next((role.id for role in roles if role.name == ADMIN), "")
    trial.words |= {"admin_role": admin} if admin else {}
    plain = [role for role in roles if not role.options.get("immutable")] or list(roles)
    if plain:
        trial.words |= {"plain_role": plain[0].id, "plain_role_name": plain[0].name}


def _others(trial: Trial) -> int:
    found = trial.ask("/domains").at("domains")
    if not isinstance(found, list):
        return -1
    return len([item for item in found if isinstance(item, dict) and item.get("id") != trial.words["a"]])


def _lacking(trials: list[Trial], reasons: tuple[str, ...]) -> str:
    if all("other" in trial.actors for trial in trials) and trials:
        return ""
    return "; ".join((*reasons, GIVE))


def _matrix(trials: list[Trial]) -> Matrix:
    """Operations by managers; an operation that one of them did not come to has no cell of it."""
    rows: dict[tuple[str, str], tuple[Operation, list[Cell]]] = {}
    for trial in trials:
        for operation, cell in trial.tried:
            rows.setdefault((operation.do, operation.target), (operation, []))[1].append(cell)
    return Matrix(
        title="Domain managers",
        personas=tuple(trial.column for trial in trials),
        rows=tuple(
            Row(
                operation=printable(operation.do, 120),
                target=operation.target,
                cells=tuple(cells),
                service="identity",
                claim=operation.claim,
            )
            for operation, cells in rows.values()
        ),
    )


DOMAIN_MANAGER = Probe("domain-manager", DomainManagerProbe, plan, run, personas=(PERSONA, ADMIN), where=where)
