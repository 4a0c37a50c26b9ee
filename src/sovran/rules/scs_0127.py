# SPDX-License-Identifier: Apache-2.0
"""SCS-0127: DNS, as far as the network service tells what it supports."""

from sovran.cloud.facts.catalog import Catalog
from sovran.cloud.facts.network_extensions import NetworkExtensions
from sovran.model.finding import Examined, Finding, NotApplicable, Resource
from sovran.rules.registry import Answer

INCLUDING = ("dns-integration", "dns-domain-ports", "subnet-dns-publish-fixed-ip", "dns-integration-domain-keywords")
"""Extensions of Neutron: each includes those before it (SCS-0127, DNS extensions)."""


def extension(extensions: NetworkExtensions, *, alias: str) -> Answer:
    """Holds when the network service lists the extension, or one that includes it.

    Source: scs-0127-v1, DNS extensions.
    """
    resource = Resource("network extension", alias)
    yield Examined(resource)
    good = INCLUDING[INCLUDING.index(alias) :]
    if not extensions.aliases.intersection(good):
        yield Finding(
            message=f"the network service has no extension {alias}",
            resource=resource,
            field="alias",
            expected=" or ".join(good),
            seen="no such extension",
        )


def extension_with_dns(catalog: Catalog, extensions: NetworkExtensions, *, alias: str) -> Answer:
    """As `extension`, on clouds whose catalog has a service of type dns.

    Source: scs-0127-v1, DNS extensions.
    """
    _only_with_dns(catalog)
    yield from extension(extensions, alias=alias)


def _only_with_dns(catalog: Catalog) -> None:
    if not catalog.of_type("dns"):
        raise NotApplicable("the catalog has no DNS service")
