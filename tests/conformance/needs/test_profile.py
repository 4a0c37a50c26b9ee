# SPDX-License-Identifier: Apache-2.0
"""Profiles are read strictly: what is wrong is told with its place, and nothing is taken for less than it says."""

from pathlib import Path

import pytest

from sovran.conformance.needs.profile import CpuClass, FlavorNeed, NetworkNeed, read_profile
from sovran.model.errors import UsageError

WRONG = {
    "flavours: [SCS-1V-4]": "line 1, column 1: `flavours` is not a key of a profile; did you mean `flavors`?",
    "flavors:\n  - {vcpu: 4}": "line 2, column 6: `vcpu` is not a key of a flavor that is needed; did you mean",
    "flavors:\n  - {cpu: sharde}": "`sharde` is not a value of `cpu`; did you mean `shared`?",
    "flavors:\n  - {vcpus: 0}": "line 2, column 13: `vcpus` is wrong",
    "flavors:\n  - {vcpus: four}": "`vcpus` is text where a whole number",
    "images:\n  - {distro: ubuntu, version: 24.04}": "`version` is a number where text or null is expected",
    "images:\n  - {}": "line 2, column 5: one of the `images` says nothing",
    "volumes:\n  - {encrypted: false}": "one of the `volumes` says nothing",
    "flavors: ['']": "one of the `flavors` says nothing",
    "services: [s4]": "`s4` is not a value of `services`",
    "network: [ipv5]": "`ipv5` is not a value of `network`; did you mean `ipv6`?",
    "name: nothing": "the profile asks for nothing",
    "": "the file is empty; a profile must stand in it",
    "services: [s3]\nservices: [backups]": "line 2, column 1: the key `services` stands twice",
}


@pytest.mark.parametrize(("text", "sentence"), WRONG.items())
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "p.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read_profile(file)
    assert str(caught.value).startswith(str(file))
    assert sentence in str(caught.value)


def test_plain_text_is_a_name_and_a_mapping_says_what_is_needed(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text("flavors: [SCS-1V-4, {ram_gib: 0.5, cpu: shared}]\nnetwork: [ipv6]", encoding="utf-8")
    profile = read_profile(file)
    assert profile.flavors == ("SCS-1V-4", FlavorNeed(ram_gib=0.5, cpu=CpuClass.SHARED))
    assert profile.network == (NetworkNeed.IPV6,)
