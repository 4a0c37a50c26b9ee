# SPDX-License-Identifier: Apache-2.0
"""What undoes a break is on disk first; healing refuses what would undo another break."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sovran.lab.breaks import apply, journal
from sovran.lab.breaks.actions import Cloud, read_action
from sovran.lab.breaks.journal import Active
from sovran.lab.breaks.states import DefaultRuleState, FlavorState, State, subject
from sovran.lab.seeds.catalog import AddedEntry, Endpoint, Entry, MemberView
from sovran.lab.seeds.offers import NEUTRONS_OWN_RULES, DefaultRule, Flavor, flavor_id
from sovran.model.errors import SovranError, UsageError
from tests.lab.recorder import RecordingApi, description

FLAVOR = Flavor(id="f", name="SCS-1V-2", vcpus=1, ram_mib=2048, disk_gb=0, extra_specs={"scs:name-v1": "SCS-1V:2"})
STATES: tuple[State, ...] = (
    FlavorState(id="f", flavor=FLAVOR),
    FlavorState(id="g", flavor=None),
    DefaultRuleState(rule=NEUTRONS_OWN_RULES[0], present=True),
    Entry(id="e", type="compute", enabled=True),
    AddedEntry(type="a", name="b", url="http://127.0.0.1", present=False),
    Endpoint(id="p", url="http://127.0.0.1", enabled=True),
    MemberView(endpoints=None),
)


def _listed(flavor: Flavor) -> dict[str, Any]:
    figures = {"vcpus": flavor.vcpus, "ram": flavor.ram_mib, "disk": flavor.disk_gb}
    public = {"os-flavor-access:is_public": True, "extra_specs": flavor.extra_specs}
    return {"id": flavor.id, "name": flavor.name, **figures, **public}


class _Lab(RecordingApi):
    """Has one flavor."""

    def __init__(self) -> None:
        super().__init__({("nova", "/v2.1/flavors/detail?is_public=None&limit=1000"): {"flavors": [_listed(FLAVOR)]}})


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> _Lab:
    lab = _Lab()

    @contextmanager
    def signed_in(_: object) -> Iterator[_Lab]:
        yield lab

    monkeypatch.setattr(apply, "AdminApi", signed_in)
    return lab


def test_states_survive_the_disk(tmp_path: Path) -> None:
    written = [Active(id="x", before=STATES), Active(id="y", before=())]
    journal.save(tmp_path, written)
    assert journal.load(tmp_path) == written
    journal.save(tmp_path, [])
    assert journal.load(tmp_path) == []
    assert not list(tmp_path.glob("data/*"))


def test_each_object_has_a_subject_of_its_own() -> None:
    assert len({subject(state) for state in STATES}) == len(STATES)
    changed = FlavorState(id="f", flavor=None)
    assert subject(changed) == subject(STATES[0])


def test_a_damaged_journal_is_named(tmp_path: Path) -> None:
    journal.save(tmp_path, [Active(id="x", before=())])
    (tmp_path / "data" / "breaks.json").write_text("[{", encoding="utf-8")
    with pytest.raises(SovranError, match=r"breaks\.json cannot be read .*: remove it and run `sovran lab reset`"):
        journal.load(tmp_path)


def test_the_undo_is_on_disk_before_anything_is_changed(
    tmp_path: Path, api: _Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(apply, "enforce", crash)
    with pytest.raises(KeyboardInterrupt):
        apply.apply(description("nova"), tmp_path, ["name-v1-with-dashes"], print)
    (active,) = journal.load(tmp_path)
    assert active.id == "name-v1-with-dashes"
    assert active.before == (FlavorState(id="f", flavor=FLAVOR),)


def test_breaking_twice_keeps_the_first_undo(tmp_path: Path, api: _Lab) -> None:
    for _ in range(2):
        apply.apply(description("nova"), tmp_path, ["name-v1-with-dashes"], print)
        api.answers["nova", "/v2.1/flavors/detail?is_public=None&limit=1000"] = {
            "flavors": [_listed(FLAVOR) | {"extra_specs": {"scs:name-v1": "SCS-1V-2"}}]
        }
    (active,) = journal.load(tmp_path)
    assert active.before == (FlavorState(id="f", flavor=FLAVOR),)


def test_a_break_of_what_is_not_there_changes_nothing(tmp_path: Path, api: _Lab) -> None:
    with pytest.raises(SovranError, match="the lab offers no flavor SCS-8V-16 to break: run `sovran lab seed scs`"):
        apply.apply(description("nova"), tmp_path, ["mandatory-flavor-missing"], print)
    assert journal.load(tmp_path) == []
    assert api.sent == []


def test_healing_refuses_what_is_not_broken(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as error:
        apply.heal(description(), tmp_path, ["no-image"], print)
    assert str(error.value) == "no-image is not broken in this lab; active breaks: none"


def test_healing_refuses_to_undo_a_later_break_by_the_way(tmp_path: Path) -> None:
    before = (FlavorState(id="f", flavor=FLAVOR),)
    journal.save(tmp_path, [Active(id="cpu-type-missing", before=before), Active(id="cpu-type-worse", before=before)])
    with pytest.raises(UsageError) as error:
        apply.heal(description(), tmp_path, ["cpu-type-missing"], print)
    assert str(error.value) == (
        "cpu-type-worse has changed the same object as cpu-type-missing since: heal it first, or both"
    )
    assert len(journal.load(tmp_path)) == 2


def test_healing_goes_from_the_latest_to_the_first(tmp_path: Path, api: _Lab) -> None:
    journal.save(
        tmp_path,
        [
            Active(id="no-image", before=(FlavorState(id="f", flavor=FLAVOR),)),
            Active(id="no-network", before=(FlavorState(id="f", flavor=None),)),
        ],
    )
    lines: list[str] = []
    apply.heal(description("nova"), tmp_path, [], lines.append)
    assert lines == ["no-network: healed", "no-image: healed"]
    assert [method for method, _, _ in api.sent] == ["DELETE"]  # the stand-in still lists the flavor the second time
    assert journal.load(tmp_path) == []


def test_healing_a_sound_lab_says_so(tmp_path: Path) -> None:
    lines: list[str] = []
    apply.heal(description(), tmp_path, [], lines.append)
    assert lines == ["nothing is broken"]


def test_a_flavor_that_is_there_already_comes_back_as_it_was() -> None:
    action = read_action({"do": "add-flavor", "name": "SCS-1V-2", "vcpus": 8, "ram_mib": 512})
    ((before, after),) = Cloud(_Lab()).changes(action)
    assert before == FlavorState(id="f", flavor=FLAVOR)
    assert isinstance(after, FlavorState)
    assert after.id == "f"
    assert after.flavor is not None
    assert after.flavor.vcpus == 8


def test_an_added_flavor_has_the_id_of_its_name() -> None:
    ((before, _),) = Cloud(_Lab()).changes(read_action({"do": "add-flavor", "name": "new", "vcpus": 1, "ram_mib": 512}))
    assert before == FlavorState(id=flavor_id("new"), flavor=None)


def test_taking_away_a_rule_that_is_not_there_is_refused() -> None:
    api = RecordingApi({("neutron", "/v2.0/default-security-group-rules"): {"default_security_group_rules": []}})
    with pytest.raises(SovranError, match="no default security group rule for egress by IPv6"):
        Cloud(api).changes(read_action({"do": "delete-default-rule", "direction": "egress", "ethertype": "IPv6"}))
    rule = {"do": "add-default-rule", "direction": "egress", "ethertype": "IPv6"}
    ((before, after),) = Cloud(api).changes(read_action(rule))
    assert before == DefaultRuleState(rule=DefaultRule(direction="egress", ethertype="IPv6"), present=False)
    assert after == DefaultRuleState(rule=DefaultRule(direction="egress", ethertype="IPv6"), present=True)
