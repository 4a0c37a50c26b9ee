# SPDX-License-Identifier: Apache-2.0
"""`sovran check --profile`: one line per need, an exit code, JSON; on clouds, all clouds and snapshots."""

import json
from pathlib import Path

import pytest

from tests.cli.running import Command
from tests.cli.stub_cloud import FLAVORS, TOKENS, StubCloud, flavor, leftovers
from tests.cloud.identity_stub import endpoints


@pytest.fixture
def needs(cloud: StubCloud) -> Path:
    """A profile of two flavors, of which the stub has one."""
    cloud.listing(FLAVORS, {"flavors": [flavor("small", vcpus=2, ram=4096)]})
    path = cloud.folder / "needs.yaml"
    path.write_text("name: shop\nflavors: [small, {vcpus: 16}]\n", encoding="utf-8")
    return path


def test_one_line_per_need_and_where(sovran: Command, cloud: StubCloud, needs: Path) -> None:
    ended = sovran("check", "--profile", str(needs))
    assert (ended.code, ended.err) == (4, "")
    lines = [line.strip() for line in ended.out.splitlines()]
    assert lines[0] == "shop"
    assert lines[3:7] == [
        "yes  flavor small",
        "small (2 vCPU, 4 GiB, 0 GB; small)",
        "no   flavor with 16 vCPU",
        "none of 1 flavors is that large",
    ]


@pytest.mark.parametrize(
    ("text", "code"), [("[small]", 0), ("[small, {cpu: shared}]", 3), ("[large, {cpu: shared}]", 4)]
)
def test_the_exit_code_is_that_of_the_worst_need(sovran: Command, needs: Path, text: str, code: int) -> None:
    needs.write_text(f"flavors: {text}", encoding="utf-8")
    assert sovran("check", "--profile", str(needs)).code == code


def test_only_what_the_needs_are_about_is_asked(sovran: Command, cloud: StubCloud, needs: Path) -> None:
    sovran("check", "--profile", str(needs))
    assert [path for _, path, _, _ in cloud.requests if not path.startswith("/v3")] == [FLAVORS]


def test_json_on_stdout_and_in_the_file_are_the_same(sovran: Command, cloud: StubCloud, needs: Path) -> None:
    ended = sovran("check", "--profile", str(needs), "--json", "-o", "n.json")
    assert ended.out == (cloud.folder / "n.json").read_text(encoding="utf-8")
    document = json.loads(ended.out)
    assert (document["format"], document["version"], document["profile"]) == ("sovran-needs", 1, "shop")
    assert document["exit_code"] == ended.code == 4
    first, second = document["clouds"][0]["answers"]
    assert (first["answer"], first["resources"]) == ("yes", [{"kind": "flavor", "name": "small", "id": "small"}])
    assert (second["answer"], second["resources"]) == ("no", [])


def test_several_clouds_are_a_matrix(sovran: Command, cloud: StubCloud, needs: Path) -> None:
    cloud.entries["two"] = cloud.entries["stub"]
    cloud.write_config()
    ended = sovran("check", "--profile", str(needs), "-c", "stub", "-c", "two")
    matrix = [line.split() for line in ended.out.splitlines()[2:5]]
    assert matrix == [["stub", "two"], ["flavor", "small", "yes", "yes"], ["flavor", "with", "16", "vCPU", "no", "no"]]


def test_of_all_clouds_one_that_refuses_is_undecided_and_says_why(
    sovran: Command, cloud: StubCloud, needs: Path
) -> None:
    cloud.entries["dead"] = {"auth": {**cloud.auth, "auth_url": "http://127.0.0.1:1/v3"}}
    cloud.write_config()
    needs.write_text("flavors: [small]", encoding="utf-8")
    ended = sovran("check", "--profile", str(needs), "--all-clouds")
    assert (ended.code, ended.err) == (3, "")
    assert ["flavor", "small", "undecided", "yes"] in [line.split() for line in ended.out.splitlines()]
    assert "not asked: Cloud 'dead'" in ended.out


def test_a_named_cloud_that_refuses_ends_the_run(sovran: Command, cloud: StubCloud, needs: Path) -> None:
    cloud.answers["POST", TOKENS] = lambda handler: handler.reply(401, {"error": {"message": "no"}})
    ended = sovran("check", "--profile", str(needs), "-o", "n.json")
    assert (ended.code, ended.out) == (2, "")
    assert leftovers(cloud.folder, ["needs.yaml"]) == set()


def test_a_snapshot_answers_what_it_holds(sovran: Command, cloud: StubCloud, needs: Path) -> None:
    cloud.token["catalog"].append(endpoints("image", f"{cloud.url.removesuffix('/v3')}/image/v2"))
    cloud.hang("/image/v2/images?limit=1000")
    sovran("check", "--standard", "0103", "--save-snapshot", "s", "--timeout", "2")
    before = len(cloud.requests)
    needs.write_text("flavors: [small]\nimages: [Ubuntu]", encoding="utf-8")
    ended = sovran("check", "--profile", str(needs), "--snapshot", "s")
    assert ended.code == 3
    assert "yes        flavor small" in ended.out
    assert "undecided  image Ubuntu" in ended.out
    assert "s that were left" in ended.out
    assert len(cloud.requests) == before


def test_names_of_the_cloud_do_not_break_out(sovran: Command, cloud: StubCloud, needs: Path) -> None:
    cloud.listing(FLAVORS, {"flavors": [flavor("\x1b[31mred\nnext", vcpus=16)]})
    ended = sovran("check", "--profile", str(needs))
    assert "\x1b" not in ended.out
    assert "\\x1b[31mred\\nnext (16 vCPU" in ended.out


@pytest.mark.parametrize(
    "option", ["--scope", "--target", "--standard", "--testcase", "--baseline", "--waivers", "--fail-on"]
)
def test_options_about_standards_are_refused(sovran: Command, cloud: StubCloud, needs: Path, option: str) -> None:
    ended = sovran("check", "--profile", str(needs), option, "new" if option == "--fail-on" else "x")
    assert (ended.code, ended.out) == (2, "")
    assert f"leave out `{option}`" in ended.err
    assert cloud.requests == []


def test_other_formats_are_refused_before_anything_is_asked(sovran: Command, cloud: StubCloud, needs: Path) -> None:
    ended = sovran("check", "--profile", str(needs), "-o", "n.html")
    assert ended.code == 2
    assert "end in .json" in ended.err
    assert cloud.requests == []
