# SPDX-License-Identifier: Apache-2.0
"""Where S3 is asked, by the catalog."""

import pytest

from sovran.cloud.facts.catalog import Catalog
from sovran.cloud.recording import Endpoint, Service
from sovran.probes.object_storage import s3_address

SWIFT = ("object-store", "https://store.example:8080/swift/v1/AUTH_p", "R1")
S3 = ("object-store-s3", "https://s3.example/gateway", "R1")


@pytest.mark.parametrize(
    ("entries", "address"),
    [
        ((SWIFT, S3), "https://s3.example/gateway"),
        ((("s3", "https://old.example", "R1"), S3), "https://s3.example/gateway"),
        ((("s3", "https://old.example", "R1"), SWIFT), "https://old.example"),
        ((("s3", "https://other.example", "R2"), SWIFT), "https://store.example:8080"),
        ((("s3", "s3://nowhere", "R1"), SWIFT), "https://store.example:8080"),
        ((("object-store-s3", "https://other.example", "R2"),), ""),
        ((), ""),
    ],
)
def test_the_endpoint_of_s3_in_this_region_or_else_the_host_of_swift(
    entries: tuple[tuple[str, str, str], ...], address: str
) -> None:
    services = tuple(
        Service(kind, kind, kind, (Endpoint("public", region, url, kind),)) for kind, url, region in entries
    )
    assert s3_address(Catalog(services, "R1", "public")) == address
