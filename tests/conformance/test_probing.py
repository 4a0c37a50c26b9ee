# SPDX-License-Identifier: Apache-2.0
"""What the command line lets probes do, and on which cloud and in which region other users act."""

from fnmatch import fnmatch

import pytest
import yaml

from sovran.cloud.config.clouds_yaml import read_cloud
from sovran.cloud.session import connect
from sovran.conformance.clouds import check_all, check_clouds, read_clouds
from sovran.conformance.probing import Probing, read_probing
from sovran.conformance.run import Limits
from sovran.model.errors import UsageError
from sovran.model.verdict import Verdict
from sovran.rules.registry import find_rule
from sovran.standards.load import load_standards
from tests.cloud.identity_stub import Handler
from tests.conformance.conftest import SmallCloud
from tests.conformance.test_selection import chosen


def read(*personas: str, project: str = "") -> Probing:
    """As from `--persona` and `--project`."""
    return read_probing((), personas, project=project, seconds=60.0, tell=lambda _: None)


@pytest.mark.parametrize("text", ["manager", "manager=", "boss=a", "=a"])
def test_what_names_no_persona_is_refused(cloud: SmallCloud, text: str) -> None:
    cloud.entries(a={})
    with pytest.raises(UsageError, match="PERSONA=ENTRY"):
        read(text)


def test_others_act_in_the_judged_region(cloud: SmallCloud) -> None:
    cloud.entries(judged={}, other={}, nowhere={})
    file = cloud.home / "clouds.yaml"
    entries = yaml.safe_load(file.read_text())
    entries["clouds"]["judged"]["region_name"], entries["clouds"]["other"]["region_name"] = "R2", "R1"
    file.write_text(yaml.safe_dump(entries))
    probing = read("foreign=other", "reader=nowhere")
    with connect(read_cloud("judged"), concurrency=1, timeout=5) as connection:
        personas = probing.acting(connection).personas
    assert [one.config.region_name for several in personas.values() for one in several] == ["R2", "R2"]


@pytest.mark.parametrize(
    ("judged", "given", "same"),
    [
        ("https://Id.example.org/v3", "https://id.example.org:443", True),
        ("https://id.example.org:5000/v3/", "https://id.example.org:5000", True),
        ("https://id.example.org/identity", "https://id.example.org/identity/v3", True),
        ("https://id.example.org:5000/v3", "https://id.example.org:35357/v3", False),
        ("https://api.example.org/north/v3", "https://api.example.org/south/v3", False),
        ("https://id.example.org/v3", "https://id.example.com/v3", False),
    ],
)
def test_a_persona_must_be_of_a_cloud_that_is_judged(cloud: SmallCloud, judged: str, given: str, *, same: bool) -> None:
    cloud.entries(other={"auth_url": given})
    probing = read("foreign=other")
    if same:
        probing.check(["https://elsewhere.example", judged], ())
        return
    with pytest.raises(UsageError, match="foreign=other"):
        probing.check([judged], ())


def test_a_persona_of_another_cloud_is_refused_before_anything_is_asked(cloud: SmallCloud) -> None:
    cloud.entries(a={}, other={"auth_url": "http://127.0.0.1:1/v3"})
    with pytest.raises(UsageError, match="same cloud"):
        check_clouds(read_clouds(["a"]), chosen("scs-0116-*"), Limits(4, 10.0, read("foreign=other")))
    assert cloud.identity.requests == []


@pytest.mark.parametrize(
    ("patterns", "probes", "personas", "said"),
    [
        (("roles-*",), (), ("foreign=b", "reader=b"), ""),
        (("roles-07",), ("sharing",), ("foreign=b",), ""),
        (
            ("roles-*",),
            ("sharing",),
            ("foreign=b", "reader=b"),
            "reader=b` is not used: no probe of this run takes it",
        ),
        (("0302-0*",), (), ("manager=b", "manager=b", "reader=b"), "`--persona reader=b` is not used"),
        (("scs-0100-*",), (), ("admin=b", "manager=b"), "`--persona admin=b` and `--persona manager=b` are not used"),
    ],
)
def test_a_persona_that_no_probe_takes_is_told_of(
    cloud: SmallCloud,
    patterns: tuple[str, ...],
    probes: tuple[str, ...],
    personas: tuple[str, ...],
    said: str,
) -> None:
    cloud.entries(b={"auth_url": "https://one.example"})
    notes: list[str] = []
    probing = read_probing(probes, personas, project="", seconds=60.0, tell=lambda _: None, note=notes.append)
    ruleset = load_standards()
    claims = [one for one in ruleset.claims.values() if any(fnmatch(one.id, pattern) for pattern in patterns)]
    facts = {fact for one in claims if one.rule for fact in find_rule(one.rule).facts}
    probing.check(["https://one.example"], facts)
    assert len(notes) == bool(said)
    assert said in "".join(notes)


def test_a_project_that_is_not_there_ends_the_run_of_one_cloud_but_only_the_probes_of_many(
    cloud: SmallCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud.entries(a={}, dead={"auth_url": "http://127.0.0.1:1/v3"})
    here = cloud.identity.tokens

    def only_home(handler: Handler) -> None:
        handler.identity.tokens(lambda other: other.reply(401, {"error": {"code": 401, "message": "no"}}))
        handler.reply(201, {"token": cloud.identity.token}, {"X-Subject-Token": "the-token"})

    limits = Limits(4, 10.0, read(project="elsewhere"))
    selection = chosen("0104-04", targets=("all",))
    here(only_home)
    with pytest.raises(UsageError, match="elsewhere"):
        check_clouds(read_clouds(["a"]), selection, limits)
    here(only_home)
    reports = check_all([read_cloud("a"), read_cloud("dead")], selection, limits)
    verdicts = [judgement.verdict for report in reports for judgement in report.judgements]
    assert verdicts == [Verdict.MISS, Verdict.ABORT]
    assert "elsewhere" in reports[0].judgements[0].reason
