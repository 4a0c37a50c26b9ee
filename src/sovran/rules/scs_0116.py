# SPDX-License-Identifier: Apache-2.0
"""SCS-0116: the key manager, and what members may do with it."""

from sovran.cloud.facts.catalog import Catalog
from sovran.cloud.facts.secrets import SecretsAnswer
from sovran.cloud.outcome import Absent, Denied, Ok, Outcome
from sovran.model.finding import Examined, Finding, NotApplicable, NotTried, Resource, Undecided
from sovran.rules.registry import Answer

TYPE = "key-manager"
FORBIDDEN = 403
ONLY_A_PROBE = (
    "members may list secrets; whether they may also make, read and delete them needs a probe that acts (not in this "
    "version)"
)


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


def official_permissions(catalog: Catalog, secrets: Outcome[SecretsAnswer]) -> Answer:
    """Passes without a key-manager in the catalog. With one, the official test makes, lists and deletes a secret; being
    forbidden to list them is a FAIL, and whether the rest works needs a probe.
    """
    if not catalog.of_type(TYPE):
        return
    yield from _members_may(catalog, secrets)


def member_as_creator(catalog: Catalog, secrets: Outcome[SecretsAnswer]) -> Answer:
    """Fails where a member is forbidden to list secrets, which Barbican's creator may; that a member may do all that a
    creator may needs a probe. Speaks only of clouds with a key manager that users can reach.

    Source: scs-0116-v1, Key Manager Policies.
    """
    _key_manager(catalog)
    if isinstance(secrets, Absent) and not secrets.status:
        raise NotApplicable(secrets.reason)
    yield from _members_may(catalog, secrets)


def _members_may(catalog: Catalog, secrets: Outcome[SecretsAnswer]) -> Answer:
    resource = _key_manager(catalog)
    yield Examined(resource)
    if isinstance(secrets, Ok):
        raise NotTried(ONLY_A_PROBE)
    if not (isinstance(secrets, Denied) and secrets.status == FORBIDDEN):
        raise Undecided(secrets.reason)
    yield Finding(
        message="the key manager forbids a member of the project to list its secrets",
        resource=resource,
        field="policy of listing secrets",
        expected="allowed to members",
        seen=secrets.reason,
    )
