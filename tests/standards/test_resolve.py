# SPDX-License-Identifier: Apache-2.0
"""Scope versions: states by day, choice, testcases, requirements, differences."""

import datetime

import pytest

from sovran.model.errors import UsageError
from sovran.model.scope import State
from sovran.standards.check import TARGETS
from sovran.standards.difference import difference
from sovran.standards.load import load_standards
from sovran.standards.resolve import choose, choose_one, counts_in, history, resolve, state
from sovran.standards.ruleset import Ruleset
from tests.standards.folders import write

EFFECTIVE, WARN, DRAFT, DEPRECATED = State.EFFECTIVE, State.WARN, State.DRAFT, State.DEPRECATED


@pytest.fixture(scope="module")
def ruleset(tmp_path_factory: pytest.TempPathFactory) -> Ruleset:
    return load_standards([write(tmp_path_factory.mktemp("own"))], environ={})


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


# every date of the timeline, and the day before each change: (day, v3, v4, v5.1, next)
TIMELINE = [
    ("2021-01-01", DEPRECATED, DEPRECATED, DEPRECATED, DEPRECATED),
    ("2023-03-23", DEPRECATED, DEPRECATED, DEPRECATED, DEPRECATED),
    ("2023-06-14", DEPRECATED, DEPRECATED, DEPRECATED, DEPRECATED),
    ("2023-06-15", EFFECTIVE, DEPRECATED, DEPRECATED, DEPRECATED),
    ("2023-10-31", EFFECTIVE, DEPRECATED, DEPRECATED, DEPRECATED),
    ("2023-11-30", EFFECTIVE, DEPRECATED, DEPRECATED, DEPRECATED),
    ("2024-02-27", EFFECTIVE, DEPRECATED, DEPRECATED, DEPRECATED),
    ("2024-02-28", EFFECTIVE, EFFECTIVE, DEPRECATED, DEPRECATED),
    ("2024-04-29", EFFECTIVE, EFFECTIVE, DEPRECATED, DEPRECATED),
    ("2024-04-30", WARN, EFFECTIVE, DEPRECATED, DEPRECATED),
    ("2024-07-30", WARN, EFFECTIVE, DEPRECATED, DEPRECATED),
    ("2024-07-31", DEPRECATED, EFFECTIVE, DEPRECATED, DEPRECATED),
    ("2024-08-23", DEPRECATED, EFFECTIVE, DEPRECATED, DEPRECATED),
    ("2024-11-08", DEPRECATED, EFFECTIVE, DEPRECATED, DEPRECATED),
    ("2024-11-21", DEPRECATED, EFFECTIVE, DEPRECATED, DEPRECATED),
    ("2024-12-18", DEPRECATED, EFFECTIVE, DEPRECATED, DEPRECATED),
    ("2024-12-19", DEPRECATED, EFFECTIVE, EFFECTIVE, DEPRECATED),
    ("2025-01-31", DEPRECATED, EFFECTIVE, EFFECTIVE, DEPRECATED),
    ("2025-02-01", DEPRECATED, WARN, EFFECTIVE, DEPRECATED),
    ("2025-06-30", DEPRECATED, WARN, EFFECTIVE, DEPRECATED),
    ("2025-07-01", DEPRECATED, DEPRECATED, EFFECTIVE, DEPRECATED),
    ("2025-09-08", DEPRECATED, DEPRECATED, EFFECTIVE, DEPRECATED),
    ("2025-09-09", DEPRECATED, DEPRECATED, EFFECTIVE, DRAFT),
    ("2026-06-11", DEPRECATED, DEPRECATED, EFFECTIVE, DRAFT),
    ("2030-01-01", DEPRECATED, DEPRECATED, EFFECTIVE, DRAFT),
]


@pytest.mark.parametrize(("on", "v3", "v4", "v5_1", "upcoming"), TIMELINE)
def test_states_by_day(ruleset: Ruleset, on: str, v3: State, v4: State, v5_1: State, upcoming: State) -> None:
    scope = ruleset.scope("scs-iaas")
    found = tuple(state(scope, version, day(on)) for version in ("v3", "v4", "v5.1", "next"))
    assert found == (v3, v4, v5_1, upcoming)


def test_before_the_timeline_no_version_has_a_state(ruleset: Ruleset) -> None:
    with pytest.raises(UsageError, match="timeline of scs-iaas begins on 2021-01-01"):
        state(ruleset.scope("scs-iaas"), "v3", day("2020-12-31"))


def test_history_tells_since_when(ruleset: Ruleset) -> None:
    assert history(ruleset.scope("scs-iaas"), "v4") == (
        (day("2024-02-28"), EFFECTIVE),
        (day("2025-02-01"), WARN),
        (day("2025-07-01"), DEPRECATED),
    )
    assert history(ruleset.scope("own-scope"), "v0") == ((day("2025-01-01"), WARN), (day("2026-01-01"), DEPRECATED))


def names(ruleset: Ruleset, text: str, on: str) -> list[str]:
    return [version.version for _, version in choose(ruleset, text, day(on))]


def test_without_a_version_all_effective_ones_are_meant(ruleset: Ruleset) -> None:
    assert names(ruleset, "scs-iaas", "2026-11-20") == ["v5.1"]
    assert names(ruleset, "scs-iaas", "2025-01-15") == ["v5.1", "v4"]
    assert names(ruleset, "scs-iaas@next", "2026-11-20") == ["next"]


def test_no_effective_version_is_said_with_the_names(ruleset: Ruleset) -> None:
    with pytest.raises(
        UsageError, match=r"no version of scs-iaas is effective on 2023-01-01; name one of scs-iaas@next"
    ):
        choose(ruleset, "scs-iaas", day("2023-01-01"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sc-iaas", r"unknown scope `sc-iaas`; did you mean `scs-iaas`\?"),
        ("scs-iaas@5.1", r"no version `5.1`; did you mean `v5.1`\?"),
        ("scs-iaas@", r"no version ``; known are next, v5.1, v4, v3"),
        ("scs-iaas@v5", r"no longer published; name one of scs-iaas@next, scs-iaas@v5.1"),
    ],
)
def test_unknown_scopes_and_versions_are_named_with_near_ones(ruleset: Ruleset, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        choose(ruleset, text, day("2026-11-20"))


def test_where_one_version_is_needed_several_are_refused(ruleset: Ruleset) -> None:
    assert choose_one(ruleset, "scs-iaas", day("2026-11-20"))[1].version == "v5.1"
    with pytest.raises(UsageError, match=r"several versions .* name one of own-scope@v2, own-scope@v1"):
        choose_one(ruleset, "own-scope", day("2026-11-20"))


def test_testcases_come_in_module_order_by_target(ruleset: Ruleset) -> None:
    scope, version = choose_one(ruleset, "own-scope@v1", day("2026-11-20"))
    found = resolve(ruleset, scope, version, TARGETS)
    assert found.testcases == {
        "main": ("own-0001-size-small", "other-0009-anything"),
        "recommended": ("own-0001-size-large",),
        "preview": (),
    }
    assert found.documents == ("own-0001-v1", "other-0009-v1")
    assert "other-0009-anything" not in ruleset.claims


def test_requirements_are_those_of_the_included_document_with_its_parameters(ruleset: Ruleset) -> None:
    first, second = (
        {
            claim.id: claim
            for claim in resolve(ruleset, *choose_one(ruleset, f"own-scope@{name}", day("2026-11-20"))).requirements
        }
        for name in ("v1", "v2")
    )
    assert list(first) == ["0001-01", "0001-03"]
    assert list(second) == ["0001-01", "0001-02", "0001-03"]
    assert first["0001-03"].parameters == {"strict": True, "least": 1}
    assert second["0001-03"].parameters == {"strict": True, "least": 2}


def test_difference_of_v5_1_and_next(ruleset: Ruleset) -> None:
    before, after = (
        resolve(ruleset, *choose_one(ruleset, f"scs-iaas@{name}", day("2026-11-20")), TARGETS)
        for name in ("v5.1", "next")
    )
    found = difference(before, after)
    assert found.modules.changed == (("scs-0102-v1", "scs-0102-v2"), ("scs-0123-v1", "scs-0123-v2"))
    assert set(found.testcases.added) == {
        "scs-0102-prop-os_purpose (main)",
        "scs-0102-os_purpose-uniqueness (main)",
        "scs-0123-service-s3 (main)",
    }
    assert set(found.testcases.removed) == {"scs-0123-service-placement (main)", "scs-0123-swift-s3 (main)"}
    assert found.requirements.changed == (("0123-01", "other parameters"),)
    for names, expected in (
        (found.requirements.removed, ["0123-02"]),
        (found.requirements.added, ["0123-03", "0123-04", "0123-05"]),
    ):
        assert [name for name in names if name.startswith("0123")] == expected
        assert {name[:4] for name in names} == {"0102", "0123"}


def test_difference_shows_moved_testcases_and_lone_modules(ruleset: Ruleset) -> None:
    before, after = (
        resolve(ruleset, *choose_one(ruleset, f"own-scope@{name}", day("2026-11-20")), TARGETS) for name in ("v1", "v2")
    )
    found = difference(before, after)
    assert found.modules.removed == ("other",)
    assert found.testcases.changed == (("own-0001-size-large", "recommended -> main"),)
    assert not difference(before, before).modules
    assert difference(after, before).modules.added == ("other",)


def test_where_a_claim_counts(ruleset: Ruleset) -> None:
    assert counts_in(ruleset, ruleset.claim("own-0001-size-large")) == (
        "own-scope@v2 (main)",
        "own-scope@v1 (recommended)",
    )
    assert counts_in(ruleset, ruleset.claim("0001-02")) == ("own-scope@v2",)
    assert counts_in(ruleset, ruleset.claim("scs-0103-flavor-16v-64")) == ()
