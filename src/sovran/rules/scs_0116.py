# SPDX-License-Identifier: Apache-2.0
"""SCS-0116: the key manager, and what members may do with it."""

from sovran.cloud.facts.catalog import Catalog
from sovran.cloud.facts.secrets import SecretsAnswer
from sovran.cloud.outcome import Absent, Denied, NotRun, Ok, Outcome
from sovran.model.finding import Examined, Finding, NotApplicable, NotTried, Resource, Undecided
from sovran.probes.key_manager import DELETE, LIST, METADATA, PAYLOAD, STORE, KeyManagerProbe
from sovran.probes.steps import Step
from sovran.rules.probe_steps import worked
from sovran.rules.registry import Answer

TYPE = "key-manager"
FORBIDDEN = 403
OFFICIAL_STEPS = (STORE, LIST, DELETE)


def _key_manager(catalog: Catalog) -> Resource:
    """The catalog entry; raises NotApplicable without one."""
    entries = catalog.of_type(TYPE)
    if not entries:
        raise NotApplicable("the catalog has no key manager")
    return Resource("service", TYPE, entries[0].id)


def present(catalog: Catalog) -> Answer:
    """Holds when the catalog has a service of type key-manager with an endpoint in the judged region.

    Source: scs-0116-v1, Key Manager Standard.
    """
    entries = catalog.of_type(TYPE)
    resource = Resource("service", TYPE, entries[0].id if entries else "")
    yield Examined(resource)
    if not any(catalog.endpoints(entry) for entry in entries):
        yield Finding(
            message="the catalog has no key manager" + (" with an endpoint here" if entries else ""),
            resource=resource,
            field="endpoint" if entries else "type",
            expected=f"a service of type {TYPE} with a {catalog.interface} endpoint",
            seen="an entry without such an endpoint" if entries else "no such entry",
        )


def with_evidence(catalog: Catalog, *, needs: str) -> Answer:
    """Speaks only of clouds with a key manager; no API shows how it keeps its keys, so the document that `needs` names
    decides.

    Source: scs-0116-v1, Key Manager Standard.
    """
    yield Examined(_key_manager(catalog))
    raise NotTried(needs)


def official_permissions(catalog: Catalog, secrets: Outcome[SecretsAnswer], probe: Outcome[KeyManagerProbe]) -> Answer:
    """Passes without a key-manager in the catalog. With one, the user lists secrets, stores one, finds it listed and
    deletes it; being forbidden to, also by a quota, or not finding it is a FAIL, and any other failure decides nothing.
    """
    if not catalog.of_type(TYPE):
        return
    resource = _key_manager(catalog)
    yield Examined(resource)
    if not isinstance(secrets, Ok):
        if not (isinstance(secrets, Denied) and secrets.status == FORBIDDEN):
            raise Undecided(secrets.reason)
        yield _forbidden_to_list(resource, secrets)
        return
    for step in _steps(probe):
        if step.what in OFFICIAL_STEPS and not step.ok:
            not_listed = step.what == LIST and not step.status and not step.unclear
            if step.status != FORBIDDEN and not not_listed:
                raise Undecided(f"{step.what}: {step.said}")
            yield _failed(step, resource)
            return


def member_as_creator(catalog: Catalog, secrets: Outcome[SecretsAnswer], probe: Outcome[KeyManagerProbe]) -> Answer:
    """Holds where a member can list secrets, store one, read its metadata and its payload, and delete it, as Barbican's
    creator can. Speaks only of clouds with a key manager that users can reach.

    Source: scs-0116-v1, Key Manager Policies.
    """
    resource = _key_manager(catalog)
    if isinstance(secrets, Absent) and not secrets.status:
        raise NotApplicable(secrets.reason)
    yield Examined(resource)
    if isinstance(secrets, Denied) and secrets.status == FORBIDDEN:
        yield _forbidden_to_list(resource, secrets)
        return
    if not isinstance(secrets, Ok):
        raise Undecided(secrets.reason)
    yield from worked(_steps(probe), (STORE, METADATA, PAYLOAD, LIST, DELETE), resource, of_rights=True)


def _steps(probe: Outcome[KeyManagerProbe]) -> tuple[Step, ...]:
    if isinstance(probe, NotRun):
        raise NotTried(f"members may list secrets; whether they may also make, read and delete them {probe.reason}")
    if not isinstance(probe, Ok):
        raise Undecided(probe.reason)
    return probe.value.steps


def _forbidden_to_list(resource: Resource, secrets: Denied) -> Finding:
    return Finding(
        message="the key manager forbids a member of the project to list its secrets",
        resource=resource,
        field="policy of listing secrets",
        expected="allowed to members",
        seen=secrets.reason,
    )


def _failed(step: Step, resource: Resource) -> Finding:
    return Finding(
        message=f"the key manager does not let a member {step.what}: {step.said}",
        resource=resource,
        field=step.what,
        expected="allowed to members",
        seen=step.said,
    )
