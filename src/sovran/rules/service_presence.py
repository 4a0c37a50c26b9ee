# SPDX-License-Identifier: Apache-2.0
"""What the rule on mandatory services (SCS-0123) finds about one service: in which regions, and whether it answers."""

from collections.abc import Iterator

import msgspec

from sovran.cloud.facts.catalog import Catalog
from sovran.cloud.facts.services import ServiceAnswer, State
from sovran.model.finding import Finding, Resource, Weight

IAAS = ("compute", "compute_legacy")
"""A region without it is a place for shared services, such as identity or object storage."""


def no_service(catalog: Catalog, wanted: str, aliases: list[str], resource: Resource, *, listed: bool) -> Finding:
    """A mandatory service that the catalog lacks, or that has no endpoint where the cloud is judged."""
    where = f"in region {catalog.region}" if catalog.region else "in any region"
    return Finding(
        message=f"mandatory service {wanted} "
        + (f"has no {catalog.interface} endpoint {where}" if listed else "is not in the catalog"),
        resource=resource,
        field="endpoint" if listed else "type",
        expected=f"an entry of type {' or '.join([wanted, *aliases])} with a {catalog.interface} endpoint",
        seen="an entry without such an endpoint" if listed else "no such entry",
    )


def regions_without(
    catalog: Catalog, wanted: str, aliases: list[str], resource: Resource, *, shared: bool
) -> Iterator[Finding]:
    """The regions with compute that lack this service though another one has it.

    Each is a violation where no region is named, and a note where another region is judged.
    """
    regions = catalog.regions_with(*IAAS)
    having = [region for region in catalog.regions_with(wanted, *aliases) if region in regions]
    if shared or not having:
        return
    for region in regions:
        if region in having or region == catalog.region:
            continue
        elsewhere = f"; judged is {catalog.region}" if catalog.region else ""
        yield msgspec.structs.replace(
            no_service(msgspec.structs.replace(catalog, region=region), wanted, aliases, resource, listed=True),
            message=f"mandatory service {wanted} has no {catalog.interface} endpoint in region {region}{elsewhere}",
            weight=Weight.NOTE if catalog.region else Weight.VIOLATION,
        )


def how_it_answers(wanted: str, answer: ServiceAnswer, resource: Resource) -> Iterator[Finding]:
    """A violation when nothing answers; a note on its microversions when it has any."""
    if answer.state is State.GONE:
        yield Finding(
            message=f"mandatory service {wanted} is in the catalog, but does not answer: {answer.reason}",
            resource=resource,
            field="endpoint",
            expected=f"an answer to GET {answer.asked}",
            seen=answer.reason,
        )
    elif answer.microversions:
        yield Finding(
            message=f"{wanted} has the microversions {answer.microversions}",
            resource=resource,
            field="microversions",
            seen=answer.microversions,
            weight=Weight.NOTE,
        )


def beyond_the_standard(
    catalog: Catalog, services: dict[str, list[str]], supported: dict[str, list[str]]
) -> Iterator[Finding]:
    """A note for each type in the catalog that the standard neither demands nor supports."""
    known = {name for kinds in (services, supported) for kind, aliases in kinds.items() for name in (kind, *aliases)}
    for kind in dict.fromkeys(service.type for service in catalog.services):
        if kind not in known:
            yield Finding(
                message=f"the standard does not list the service {kind}: allowed, and used at one's own risk",
                resource=Resource("service", kind),
                field="type",
                seen=kind,
                weight=Weight.NOTE,
            )
