# SPDX-License-Identifier: Apache-2.0
"""What tenants are told of a flavor name."""

import pytest

from sovran.naming.describe import describe
from sovran.naming.flavor_name import parse


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("SCS-2C-4-10n", "2 dedicated cores (x86-64 of any make), 4 GiB RAM, 10 GB network disk."),
        (
            "SCS-1V-0.5",
            "1 shared vCPU (x86-64 of any make), 0.5 GiB RAM. Each shared vCPU gets at least 20% of a core during more "
            "than 99% of a month. There is no disk: boot from a volume.",
        ),
        (
            "SCS-1Li-1uo-",
            "1 heavily oversubscribed vCPU (x86-64 of any make), 1 GiB RAM, disk of unspecified type with a size that "
            "the cloud chooses. No share of a core is guaranteed to these vCPUs. Protection against CPU "
            "vulnerabilities is weak: mitigations or microcode may be missing. The RAM has no error correction (ECC). "
            "The RAM is oversubscribed.",
        ),
        (
            "SCS-16T-64-3x10s_bms_hwv_i3h_GNa-64h-24hh_ib",
            "16 dedicated SMT threads (Intel, Ice Lake, above 2.75 GHz on all cores), 64 GiB RAM, 3 x 10 GB local SSD, "
            "pass-through GPU Nvidia Ampere with 64 streaming multiprocessors of high frequency and 24 GiB of very "
            "high-bandwidth video memory, Infiniband, bare metal, hardware virtualization usable inside.",
        ),
        (
            "SCS-4C-16-10p_xen_a_gI-1-2",
            "4 dedicated cores (ARM), 16 GiB RAM, 10 GB local high-performance NVMe, virtual GPU Intel with "
            "1 execution unit and 2 GiB of video memory, on Xen.",
        ),
    ],
)
def test_plain_words(name: str, text: str) -> None:
    assert describe(parse(name)) == text


def test_gpu_generations_mean_what_they_meant_in_the_version_of_the_name() -> None:
    assert "AMD CDNA 2." in describe(parse("SCS-2C-4-10_GA2"))
    assert "AMD RDNA 2." in describe(parse("SCS-2C:4:10-GA2", "v1"), "v1")
    assert "AMD GCN 5 (Vega)." in describe(parse("SCS-2C:4:10-GA0.5", "v1"), "v1")
