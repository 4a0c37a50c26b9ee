# SPDX-License-Identifier: Apache-2.0
"""Rules as the standards data name them: facts by position, parameters by keyword, faults told in one sentence."""

import pytest

from sovran.cloud.facts.catalog import Catalog
from sovran.cloud.facts.default_rules import DefaultRules
from sovran.cloud.facts.flavors import Flavors
from sovran.cloud.facts.s3 import S3Answer
from sovran.cloud.facts.services import ServiceAnswers
from sovran.model.errors import UsageError
from sovran.probes.guest import GuestProbe
from sovran.probes.object_storage import ObjectStorageProbe
from sovran.rules import scs_0100
from sovran.rules.registry import bind, find_rule
from sovran.rules.standard_flavors import Row
from tests.rules.facts_by_hand import changed, claims


@pytest.mark.parametrize("claim", [claim.id for claim in claims().values() if claim.rule])
def test_every_shipped_claim_fits_its_rule(claim: str) -> None:
    one = claims()[claim]
    for document in one.parameters_by_document or ("v1",):
        bind(one.for_document(document))
    assert find_rule(str(one.rule)).doc.endswith(".")


def test_facts_are_found_by_their_types() -> None:
    assert find_rule("scs_0100.grammar").facts == (Flavors,)
    assert find_rule("scs_0115.egress").wants_outcome == {DefaultRules}
    mandatory = find_rule("scs_0123.mandatory_services")
    assert mandatory.facts == (Catalog, S3Answer, ServiceAnswers, ObjectStorageProbe)
    assert mandatory.wants_outcome == {S3Answer, ServiceAnswers, ObjectStorageProbe}
    assert mandatory.required == {"services", "supported"}


def test_facts_with_a_default_are_not_asked_for() -> None:
    sizes = find_rule("scs_0100.size_promises")
    assert sizes.facts == (Flavors, GuestProbe)
    assert sizes.beside == {GuestProbe}
    assert find_rule("scs_0101.official_fips").beside == frozenset()


def test_parameters_become_what_the_rule_declares() -> None:
    wanted = bind(claims()["0103-01"])["wanted"]
    assert wanted[0] == Row("SCS-1V-4", 1, "shared-core", 4, 0, None)


@pytest.mark.parametrize(
    ("rule", "parameters", "words"),
    [
        ("scs_0100.no_such_rule", {}, "no rule is called"),
        ("no_such_module.rule", {}, "no rule is called"),
        ("scs_0123.official_service", {}, "needs the parameter 'types'"),
        ("scs_0123.official_service", {"types": ["image"], "kinds": []}, "has no parameter 'kinds'"),
        ("scs_0123.official_service", {"types": "image"}, "Expected `array`"),
        ("scs_0103.present", {"wanted": [{"name": "SCS-1V-4", "cpus": 1}]}, "unknown field `cpus`"),
    ],
)
def test_data_that_do_not_fit_are_told_with_the_claim(rule: str, parameters: dict[str, object], words: str) -> None:
    claim = changed(claims()["scs-0123-service-image"], rule=rule, parameters=parameters)
    with pytest.raises(UsageError, match=words) as caught:
        bind(claim)
    assert "correct" in str(caught.value)


def test_facts_as_outcomes_stand_in_a_union_with_ok() -> None:
    assert find_rule("scs_0123.official_swift_s3").facts == (Catalog, S3Answer)


def test_a_function_that_asks_for_something_else_is_no_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    def wants_a_number(number: int) -> None:
        """Do nothing."""

    def wants_a_choice(choice: int | str) -> None:
        """Do nothing."""

    monkeypatch.setattr(scs_0100, "wants_a_number", wants_a_number, raising=False)
    monkeypatch.setattr(scs_0100, "wants_a_choice", wants_a_choice, raising=False)
    for name in ("wants_a_number", "wants_a_choice"):
        with pytest.raises(UsageError, match="no fact that sovran can read"):
            find_rule(f"scs_0100.{name}")
