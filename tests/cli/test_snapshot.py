# SPDX-License-Identifier: Apache-2.0
"""Recording a run, judging the recording offline, and `sovran snapshot`."""

import gzip
import json
import re
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import msgspec
import pytest

from sovran.cloud.facts import PROVIDERS
from sovran.cloud.recorder import Failed, Request
from sovran.cloud.recording import KEPT_HEADERS
from sovran.cloud.snapshots.snapshot import Entry, encode, read
from sovran.model.report import CloudInfo
from sovran.rules.registry import find_rule
from sovran.standards.load import load_standards
from tests.cli.running import Command
from tests.cli.stub_cloud import FLAVORS, RULES, StubCloud, flavor
from tests.cloud.identity_stub import PASSWORD, Handler, endpoints
from tests.cloud.snapshots import NOW, saved, snapshot

SCOPE = "scs-iaas@v5.1"


def content(path: Path) -> bytes:
    """What the file holds, decompressed by another program's rules."""
    first, _, squeezed = path.read_bytes().partition(b"\n")
    return first + gzip.decompress(squeezed)


def judgements(path: Path) -> Any:
    (report,) = json.loads(path.read_text(encoding="utf-8"))["reports"]
    return report["judgements"]


@pytest.fixture
def taken(cloud: StubCloud, sovran: Command) -> Path:
    """The snapshot of a run on a cloud with two flavors, and its report beside it."""
    named = flavor("SCS-2V-4", vcpus=2, ram=4096, extra_specs={"scs:name-v2": "SCS-2V-4"})
    cloud.listing(FLAVORS, {"flavors": [named, flavor("SCS-4V-8-broken_", vcpus=1)]})
    ended = sovran("check", "-s", SCOPE, "--save-snapshot", "s.snapshot", "-o", "live.json")
    assert ended.code in (3, 4), ended.err
    return cloud.folder / "s.snapshot"


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No socket, no look-up of names."""

    def refuse(*arguments: object, **options: object) -> NoReturn:
        raise AssertionError("a replay asked the network")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)


# ---- secrets


def secretive(name: str) -> Callable[[Handler], None]:
    """An error answer full of secrets."""
    document = {"error": {"message": f"SECRET-{name} user:SECRET@host", "token": "SECRET"}}
    return lambda handler: handler.reply(500, document, {"Set-Cookie": "sid=SECRET", "X-Subject-Token": "SECRET"})


def with_secrets(cloud: StubCloud) -> None:
    """Put secrets wherever a cloud can carry one."""
    base = cloud.url.removesuffix("/v3")
    host = base.removeprefix("http://")
    cloud.token |= {"extra": "SECRET", "user": {"id": "SECRET-uid", "name": "SECRET-user", "domain": {"id": "SECRET"}}}
    cloud.token["project"] |= {"secret": "SECRET", "name": "p token=SECRET"}
    cloud.token["roles"].append({"id": "r3", "name": "password=SECRET"})
    for entry in cloud.token["catalog"]:
        entry["SECRET"] = entry["endpoints"][0]["password"] = "SECRET"
    cloud.token["catalog"] += [
        endpoints("placement", f"http://user:SECRET@{host}/placement?token=SECRET#SECRET"),
        endpoints("image", f"{base}/image/v2"),
        endpoints("load-balancer", f"{base}/lb/v2"),
    ]
    headers = {"Set-Cookie": "sid=SECRET", "X-Subject-Token": "SECRET", "X-Auth-Token": "SECRET", "Server": "SECRET"}
    headers |= {name: "Bearer SECRETSECRET" for name in KEPT_HEADERS if name.startswith("x-")}
    specs = {
        "hw:cpu_policy": "shared",
        "password": "SECRET",
        "vendor:admin_secret": "SECRET",
        "user_data": "SECRET",
        "note": "use token gAAAAABmSECRETSECRETSECRETSECRET",
        "key": "-----BEGIN RSA PRIVATE KEY-----\nSECRET\n-----END RSA PRIVATE KEY-----",
        "url": "https://admin:SECRET@db.example.org/?api_key=SECRET",
        "contact": "SECRET.person@example.org",
        "aws": "AKIASECRET0000000000",
    }
    flavors = [
        flavor("SCS-1V-4", extra_specs=specs, adminPass="SECRET", metadata={"password": "SECRET"}, links=["SECRET"]),
        flavor("SCS-1V-2 password=SECRET", description="SECRET", unknown={"deep": [{"deeper": "SECRET"}]}),
    ]
    page = {"flavors": flavors, "SECRET": "SECRET"}
    cloud.answers["GET", FLAVORS] = lambda handler: handler.reply(200, page, headers)
    cloud.answers["GET", RULES] = secretive("rules")
    image = {"id": "i", "name": "Ubuntu", "status": "active", "visibility": "public", "min_disk": 1, "min_ram": 1}
    image |= {"created_at": "2026-01-01T00:00:00Z", "direct_url": "rbd://SECRET", "locations": [{"url": "SECRET"}]}
    image |= {"os_admin_password": "SECRET", "user_data": "SECRET", "image_description": "https://u:SECRET@h/"}
    for path in (
        "/image/v2/images?limit=1000",
        "/image/v2/images?limit=1",
        "/image/v2/images?os_hidden=true&limit=1000",
    ):
        cloud.listing(path, {"images": [image], "next": None, "secret": "SECRET"})
    servers = [{"id": "s", "adminPass": "SECRET", "user_data": "SECRET", "metadata": {"x": "SECRET"}}]
    cloud.listing("/v2.1/servers?limit=1", {"servers": servers})
    cloud.answers["GET", "/"] = lambda handler: handler.send(
        403, b"<Error><Code>InvalidAccessKeyId</Code><Message>password=SECRET</Message><X>SECRET</X></Error>", headers
    )


def test_no_secret_gets_into_a_snapshot(cloud: StubCloud, sovran: Command) -> None:
    with_secrets(cloud)
    ended = sovran("check", "-s", SCOPE, "--save-snapshot", "s.snapshot", "-o", "live.json")
    assert ended.code in (3, 4), ended.err
    path = cloud.folder / "s.snapshot"
    written = content(path).decode()
    # in the recording's own bookkeeping as well as in what the cloud said
    assert "SECRET" not in written
    assert PASSWORD not in json.loads(json.dumps(written))
    assert "the-token" not in written
    assert "s3cr3t" not in written
    # and yet it holds what the rules read
    assert "SCS-1V-4" in written
    assert "hw:cpu_policy" in written
    # the requests it was made of did carry them
    assert any("X-Auth-Token" in headers for _, _, headers, _ in cloud.requests)
    removed = read(path).snapshot.removed
    assert removed["private key"] == 1
    assert removed["token"] >= 1


def test_what_was_removed_is_noted_and_changes_no_verdict(cloud: StubCloud, sovran: Command) -> None:
    with_secrets(cloud)
    sovran("check", "-s", SCOPE, "--save-snapshot", "s.snapshot", "-o", "live.json")
    ended = sovran("check", "--snapshot", "s.snapshot", "-o", "again.json")
    assert "What looked like a secret was removed from the snapshot" in " ".join(ended.out.split())
    verdicts = [
        [(one["claim"], one["verdict"]) for one in judgements(cloud.folder / name)]
        for name in ("live.json", "again.json")
    ]
    assert verdicts[0] == verdicts[1]


# ---- replay


def test_a_replay_gives_the_same_judgements_without_network(taken: Path, sovran: Command, offline: None) -> None:
    ended = sovran("check", "--snapshot", str(taken), "-o", "again.json")
    assert ended.code in (3, 4), ended.err
    assert judgements(taken.with_name("again.json")) == judgements(taken.with_name("live.json"))
    assert "Replay of a snapshot of" in ended.out
    assert "0 requests" in ended.out
    (report,) = json.loads(taken.with_name("again.json").read_text())["reports"]
    assert report["replay"]["snapshot"] == read(taken).digest
    assert report["checked_at"] == json.loads(taken.with_name("live.json").read_text())["reports"][0]["checked_at"]


def test_a_replay_loads_nothing_that_talks_to_clouds(taken: Path) -> None:
    program = (
        "import sys; from sovran.cli.main import main\n"
        "try: main()\n"
        "finally: print(sorted({'keystoneauth1', 'requests', 'urllib3', 'openstack', 'ssl'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", program, "check", "--snapshot", str(taken), "-o", "again.json"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin"})
    assert ended.returncode in (3, 4), ended.stderr
    assert ended.stdout.splitlines()[-1] == "[]"


def test_the_exit_code_is_that_of_the_live_run(cloud: StubCloud, sovran: Command) -> None:
    live = sovran("check", "-s", SCOPE, "-t", "scs-0103-flavor-1v-4", "--save-snapshot", "s")
    assert live.code == sovran("check", "--snapshot", "s").code == 4
    cloud.listing(FLAVORS, {"flavors": []})
    cloud.answers["GET", FLAVORS] = lambda handler: handler.reply(500, {})
    live = sovran("check", "-s", SCOPE, "-t", "scs-0103-flavor-1v-4", "--save-snapshot", "s")
    assert live.code == sovran("check", "--snapshot", "s").code == 3


def test_the_recorded_question_is_asked_again_unless_there_is_another(cloud: StubCloud, sovran: Command) -> None:
    sovran("check", "-s", SCOPE, "-t", "scs-0100-*", "--save-snapshot", "s")
    sovran("check", "--snapshot", "s", "-o", "same.json")
    assert {one["claim"] for one in judgements(Path("same.json"))} == {
        "scs-0100-syntax-check",
        "scs-0100-semantics-check",
    }
    sovran("check", "--snapshot", "s", "-t", "scs-0103-flavor-1v-4", "-t", "scs-0115-*", "-o", "other.json")
    found = {one["claim"]: one for one in judgements(Path("other.json"))}
    assert found["scs-0103-flavor-1v-4"]["verdict"] == "FAIL"
    assert found["scs-0115-default-rules"]["verdict"] == "FAIL"


def test_a_recording_of_one_standard_answers_the_whole_question_and_a_profile(
    cloud: StubCloud, sovran: Command
) -> None:
    cloud.listing(FLAVORS, {"flavors": [flavor("small", vcpus=2, ram=4096)]})
    cloud.listing("/v2.0/networks", {"networks": []})
    Path("needs.yaml").write_text("flavors: [small]\nnetwork: [ipv6, floating-ip]\n", encoding="utf-8")
    sovran("check", "-s", SCOPE, "--target", "all", "-o", "live.json")
    live = json.loads(sovran("check", "--profile", "needs.yaml", "--json").out)["clouds"][0]["answers"]
    ended = sovran("check", "-s", SCOPE, "--standard", "0103", "--save-snapshot", "s", "-o", "part.json")
    assert {one["standard"] for one in judgements(Path("part.json"))} == {"scs-0103"}
    assert sovran("check", "--snapshot", "s", "-o", "same.json").code == ended.code
    assert judgements(Path("same.json")) == judgements(Path("part.json"))
    sovran("check", "--snapshot", "s", "--target", "all", "-s", SCOPE, "-o", "whole.json")
    # nothing is made in a cloud for the sake of a recording
    readable = {
        claim.id
        for claim in load_standards().claims.values()
        if claim.rule is None or PROVIDERS.keys() >= set(find_rule(claim.rule).facts)
    }
    before, after = (
        [one for one in judgements(Path(name)) if one["claim"] in readable] for name in ("live.json", "whole.json")
    )
    assert after == before
    assert len(before) > 150
    replayed = json.loads(sovran("check", "--profile", "needs.yaml", "--snapshot", "s", "--json").out)
    assert replayed["clouds"][0]["answers"] == live


def test_a_fact_that_nobody_asked_for_costs_neither_verdict_nor_limit(cloud: StubCloud, sovran: Command) -> None:
    words = ("check", "-s", SCOPE, "--standard", "0103")
    sovran(*words, "-o", "plain.json")
    cloud.answers["GET", RULES] = lambda handler: handler.reply(500, {})
    cloud.hang("/v2.0/subnetpools")
    ended = sovran(*words, "--timeout", "2", "--save-snapshot", "s", "-o", "r.json")
    assert (ended.code, ended.err) == (4, "")
    assert judgements(Path("r.json")) == judgements(Path("plain.json"))
    (report,) = json.loads(Path("r.json").read_text(encoding="utf-8"))["reports"]
    assert report["seconds"] < 2
    sovran("check", "--snapshot", "s", "-t", "scs-0115-*", "-o", "later.json")
    ((verdict, reason),) = {(one["verdict"], one["reason"]) for one in judgements(Path("later.json"))}
    assert verdict == "ABORT"
    assert "ended with HTTP 500" in reason


def test_an_unreachable_cloud_has_a_snapshot_too(cloud: StubCloud, sovran: Command) -> None:
    cloud.entries["stub"]["auth"]["auth_url"] = "http://127.0.0.1:9/v3"
    cloud.write_config()
    live = sovran("check", "-s", SCOPE, "--save-snapshot", "s", "-o", "live.json")
    assert live.code == 3
    assert sovran("check", "--snapshot", "s", "-o", "again.json").code == 3
    assert judgements(Path("again.json")) == judgements(Path("live.json"))


def test_what_came_too_late_is_undecided_again(cloud: StubCloud, sovran: Command) -> None:
    cloud.hang(FLAVORS)
    sovran("check", "-s", SCOPE, "-t", "scs-010[03]-*", "--timeout", "1", "--save-snapshot", "s", "-o", "live.json")
    sovran("check", "--snapshot", "s", "-o", "again.json")
    assert judgements(Path("again.json")) == judgements(Path("live.json"))
    assert {one["verdict"] for one in judgements(Path("again.json"))} == {"ABORT"}


def test_other_standards_data_is_noted(tmp_path: Path, sovran: Command) -> None:
    ended = sovran("check", "--snapshot", str(saved(tmp_path / "s")))
    assert "Judged by other standards data than the recorded run" in " ".join(ended.out.split())


def test_several_snapshots_one_report_each(taken: Path, sovran: Command) -> None:
    (taken.with_name("other")).write_bytes(taken.read_bytes())
    sovran("check", "--snapshot", str(taken), "--snapshot", "other", "-o", "both.json")
    assert len(json.loads(Path("both.json").read_text())["reports"]) == 2


def test_several_clouds_one_file_each(cloud: StubCloud, sovran: Command) -> None:
    cloud.entries["b"] = cloud.entries["stub"]
    cloud.write_config()
    words = ("check", "-c", "stub", "-c", "b", "-s", SCOPE, "-t", "scs-0100-*", "--save-snapshot")
    refused = sovran(*words, "s")
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert "put {cloud} into the name" in refused.err
    assert not [one for one in cloud.requests if one[1] != "/v3"]
    sovran(*words, "{cloud}.snapshot")
    assert {read(Path(f"{name}.snapshot")).snapshot.cloud.name for name in ("stub", "b")} == {"stub", "b"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--os-cloud", "stub"), "leave out `--os-cloud`"),
        (("--save-snapshot", "x"), "leave out `--save-snapshot`"),
        (("--allow-admin",), "leave out `--allow-admin`"),
        (("--timeout", "60"), "leave out `--timeout`"),
        (("--concurrency", "4"), "leave out `--concurrency`"),
        (("--snapshot", "absent"), "No such file"),
        (("--snapshot", "clouds.yaml"), "is no sovran snapshot"),
        (("--scope", "scs-iaas@v77"), "v77"),
    ],
)
def test_wrong_questions(taken: Path, sovran: Command, words: tuple[str, ...], said: str) -> None:
    ended = sovran("check", "--snapshot", str(taken), *words)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err


def test_a_snapshot_that_cannot_be_written_is_told_before_the_run(cloud: StubCloud, sovran: Command) -> None:
    ended = sovran("check", "--save-snapshot", "no/such/folder/s")
    assert ended.code == 2
    assert "has no folder to go to" in ended.err
    assert cloud.requests == []


def test_a_snapshot_is_no_output(cloud: StubCloud, sovran: Command) -> None:
    ended = sovran("check", "--save-snapshot", "r.json", "-o", "./R.json")
    assert ended.code == 2
    assert "is an output as well" in ended.err
    assert cloud.requests == []


def test_only_the_user_may_read_it(taken: Path) -> None:
    assert stat.S_IMODE(taken.stat().st_mode) == 0o600


def test_what_probes_take_is_no_time_of_the_recording(
    cloud: StubCloud, sovran: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(cloud.folder / "state"))
    cloud.token["catalog"].append(endpoints("key-manager", f"{cloud.url.removesuffix('/v3')}/key/v1"))
    cloud.listing("/key/v1/secrets?limit=1", {"secrets": []})

    def slowly(handler: Handler) -> None:
        time.sleep(2.5)
        handler.reply(500, {})

    cloud.answers["POST", "/key/v1/secrets"] = slowly
    sovran("check", "-s", SCOPE, "-t", "0116-05", "--timeout", "2", "--save-snapshot", "s")
    assert "/key/v1/secrets" in [path for _, path, _, _ in cloud.requests]
    assert read(Path("s")).snapshot.late == {}
    sovran("check", "--snapshot", "s", "-t", "scs-0115-*", "-o", "later.json")
    assert [one["verdict"] for one in judgements(Path("later.json"))] == ["FAIL"]


# ---- sovran snapshot


def test_show_tells_whose_it_is_and_what_was_asked(taken: Path, sovran: Command) -> None:
    ended = sovran("snapshot", "show", str(taken))
    assert ended.code == 0
    assert re.search(r"^Cloud +stub$", ended.out, re.MULTILINE)
    assert re.search(r"^Question +scs-iaas@v5.1$", ended.out, re.MULTILINE)
    assert re.search(r"^compute +200 +\d+ +\d+ +/flavors/detail \(2.61\)$", ended.out, re.MULTILINE)


def test_show_json_is_for_programs(taken: Path, sovran: Command) -> None:
    told = json.loads(sovran("snapshot", "show", str(taken), "--json").out)
    assert told["digest"] == read(taken).digest
    assert told["cloud"]["name"] == "stub"
    (flavors,) = (one for one in told["asked"] if one["path"] == "/flavors/detail")
    assert {"flavors[].name", "flavors[].extra_specs.*"} <= set(flavors["fields"])
    assert flavors["kept"] < flavors["bytes"]


@pytest.mark.parametrize("text", ["\x1b]0;owned\x07\x1b[2J", "a\nb\r\tc", "\u202egnp", "[bold red]x[/]", "\x9b2J"])
@pytest.mark.parametrize("words", [(), ("--json",)])
def test_hostile_text_does_not_reach_the_terminal(
    tmp_path: Path, sovran: Command, text: str, words: tuple[str, ...]
) -> None:
    entry = Entry(request=Request(text, text, text), at=NOW, failed=Failed("absent", {"reason": text}))
    made = snapshot(
        entries=(entry,),
        sovran=text,
        ruleset=text,
        notes=(text,),
        obstacle=text,
        late={text: text},
        removed={text: 1},
        cloud=CloudInfo(name=text, auth_url=text, region=text, project=text, roles=(text,)),
    )
    path = tmp_path / "s"
    path.write_bytes(encode(made))
    ended = sovran("snapshot", "show", str(path), *words)
    assert ended.code == 0
    assert all(character.isprintable() for character in ended.out.replace("\n", ""))


def test_redact_keeps_what_rules_read_and_the_verdicts(taken: Path, sovran: Command) -> None:
    ended = sovran("snapshot", "redact", str(taken), "-o", "r.snapshot")
    assert ended.code == 0, ended.err
    # nothing was too much in it: the same content
    assert read(Path("r.snapshot")).digest == read(taken).digest
    assert stat.S_IMODE(Path("r.snapshot").stat().st_mode) == 0o600


def test_redact_drops_what_no_rule_reads(taken: Path, sovran: Command) -> None:
    before = read(taken).snapshot
    more = Entry(request=Request("compute", "/os-keypairs"), at=NOW, status=200, body=msgspec.Raw(b'{"k":"SECRET"}'))
    taken.write_bytes(encode(msgspec.structs.replace(before, entries=(*before.entries, more))))
    ended = sovran("snapshot", "redact", str(taken), "-o", "r.snapshot")
    assert "1 dropped" in ended.err
    assert b"SECRET" not in content(Path("r.snapshot"))


def test_an_anonymous_snapshot_says_not_whose_it_is_and_judges_the_same(
    taken: Path, sovran: Command, cloud: StubCloud
) -> None:
    ended = sovran("snapshot", "redact", str(taken), "--anonymous", "-o", "a.snapshot")
    assert ended.code == 0, ended.err
    written = content(Path("a.snapshot")).decode()
    assert "127.0.0.1" not in written
    assert '"stub"' not in written
    sovran("check", "--snapshot", "a.snapshot", "-o", "again.json")
    verdicts = [
        [(one["claim"], one["verdict"]) for one in judgements(taken.with_name(name))]
        for name in ("live.json", "again.json")
    ]
    assert verdicts[0] == verdicts[1]
    assert "names, hosts and ids were replaced" in " ".join(sovran("check", "--snapshot", "a.snapshot").out.split())


def test_redact_writes_nothing_when_a_verdict_would_change(
    taken: Path, sovran: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def emptied(one: Any, *, without_names: bool) -> Any:
        return msgspec.structs.replace(one, entries=())

    monkeypatch.setattr("sovran.conformance.redacted.redacted", emptied)
    ended = sovran("snapshot", "redact", str(taken), "-o", "r.snapshot")
    assert ended.code == 1
    assert "Nothing was written" in ended.err
    assert not Path("r.snapshot").exists()


def test_verify_takes_the_verdicts_again(taken: Path, sovran: Command, offline: None) -> None:
    ended = sovran("snapshot", "verify", str(taken))
    assert ended.code == 0
    assert re.search(r"^Verdicts +\d+ come out again, 0 do not$", ended.out, re.MULTILINE)
    assert re.search(r"^Standards +the same as then$", ended.out, re.MULTILINE)
    assert read(taken).digest in ended.out


def test_verify_tells_verdicts_that_changed(tmp_path: Path, sovran: Command) -> None:
    ended = sovran("snapshot", "verify", str(saved(tmp_path / "s")))
    assert ended.code == 1
    assert "Standards  not the same as then" in ended.out
    assert "do not come out again" in ended.err
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize("command", ["show", "verify"])
def test_damaged_files_are_one_sentence(taken: Path, sovran: Command, command: str) -> None:
    taken.write_bytes(taken.read_bytes()[:-20])
    ended = sovran("snapshot", command, str(taken))
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert "is cut short" in ended.err


def test_an_interrupted_run_is_recorded_as_far_as_it_came(cloud: StubCloud, sovran: Command) -> None:
    words = ("check", "-s", SCOPE, "-t", "scs-0100-*", "-t", "scs-0115-*")
    code, _, err = cloud.interrupted(FLAVORS, *words, "--save-snapshot", "s", "-o", "live.json")
    # the security group templates may have arrived by then
    assert code in (3, 4), err
    ended = sovran("check", "--snapshot", "s", "-o", "again.json")
    assert ended.code == code
    assert "Interrupted: what was not read by then is undecided." in ended.out
    told = [
        [(one["claim"], one["verdict"], one["reason"]) for one in judgements(Path(name))]
        for name in ("live.json", "again.json")
    ]
    assert told[0] == told[1]
