# SPDX-License-Identifier: Apache-2.0
"""Whatever users write into images: no rule fails itself, and by the text the order of the listing does not count."""

from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from sovran.cloud.facts.images import Image
from sovran.model.finding import Weight
from sovran.model.verdict import Verdict
from tests.rules.facts_by_hand import claims
from tests.rules.images_by_hand import image, judged

JUDGED = [name for name, claim in claims().items() if claim.standard in ("scs-0102", "scs-0104") and claim.rule]
OWN = ("id", "status", "visibility", "os_hidden", "owner", "size", "virtual_size", "min_disk", "min_ram", "tags")
TEXTS = tuple(name for name in Image.__struct_fields__ if name not in OWN)
USUAL = st.sampled_from(
    ("", "x86_64", "generic", "none", "2024-02-30", "2026-11-01", "last-3", "https://[", "true", "daily")
)
VALUES = st.one_of(USUAL, st.text(max_size=12))


@st.composite
def images(draw: st.DrawFn) -> tuple[Image, ...]:
    """Up to four images, each with a few properties of any text."""
    found = []
    for number in range(draw(st.integers(0, 4))):
        changes: dict[str, Any] = draw(st.dictionaries(st.sampled_from(TEXTS), VALUES, max_size=4))
        changes["visibility"] = draw(st.sampled_from(("public", "public", "community")))
        changes["size"] = draw(st.sampled_from((None, 0, 2**40)))
        one = image(**changes)
        found.append(msgspec.structs.replace(one, id=str(number)))
    return tuple(found)


@settings(max_examples=60, deadline=None)
@given(images())
def test_rules_on_images_never_fail_themselves(items: tuple[Image, ...]) -> None:
    for claim in JUDGED:
        judgement = judged(claim, *items, hidden=items)
        assert "sovran's own rule" not in judgement.reason
        violated = any(finding.weight is Weight.VIOLATION for finding in judgement.findings)
        assert violated is (judgement.verdict is Verdict.FAIL)


@settings(max_examples=40, deadline=None)
@given(images())
def test_by_the_text_the_order_of_the_listing_does_not_count(items: tuple[Image, ...]) -> None:
    for claim in JUDGED:
        if not claim.startswith("scs-"):
            assert judged(claim, *items).verdict is judged(claim, *reversed(items)).verdict
