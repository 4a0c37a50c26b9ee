# SPDX-License-Identifier: Apache-2.0
"""What a verified file says of itself, for people."""

import msgspec
import pytest

from sovran.cloud.snapshots.snapshot import encode
from sovran.model.report import CloudInfo
from sovran.model.verdict import Verdict
from sovran.proof.scs_document import read_documents
from sovran.proof.ssh_key import Malformed
from sovran.proof.testimony import UNREADABLE, what_it_says
from sovran.reports import json_report, markdown, scs_yaml
from tests.cloud.snapshots import snapshot
from tests.reports import samples


def said(content: str | bytes) -> dict[str, str]:
    found = what_it_says(content.encode() if isinstance(content, str) else content, "file")
    return {label: text for label, text in found if text}


def test_a_report() -> None:
    assert said(json_report.render([samples.failing()])) == {
        "Cloud": "lab",
        "Judged": "2026-11-20 09:41:07 UTC by sovran 0.1.0",
        "Verdict": "scs-iaas@v5.1 main: NOT CONFORMANT, 2 of 32 fail, 1 undecided, 6 not run",
    }


def test_several_reports() -> None:
    other = msgspec.structs.replace(samples.conformant(), cloud=CloudInfo(name="other"))
    found = what_it_says(json_report.render([samples.failing(), other]).encode(), "file")
    assert [text for label, text in found if label == "Cloud"] == ["lab", "other"]
    assert [text for label, text in found if label == "Verdict"][1] == "scs-iaas@v5.1 main: CONFORMANT, all 32 pass"


def test_a_replay_of_an_anonymous_snapshot_judged_as_admin_and_interrupted() -> None:
    report = samples.hostile("x")
    found = said(json_report.render([report]))
    assert "Replay of a snapshot of 2026-11-20 09:41 UTC in which names, hosts and ids were replaced" in found["Replay"]
    assert found["Admin"].startswith("judged with admin rights")
    assert found["Interrupted"].startswith("yes")
    assert said(scs_yaml.render([report]))["Replay"] == found["Replay"]


def test_a_report_for_the_monitor() -> None:
    found = said(scs_yaml.render([samples.failing()], subject="gx"))
    assert found["Cloud"] == "gx, as subject for the SCS compliance monitor"
    assert found["Verdict"].startswith("SCS-compatible IaaS: 2 fail, 1 undecided, 23 pass; testcases that were not run")
    assert found["Judged"].endswith(", local time of the machine that judged")
    assert "Replay" not in found


def test_no_text_of_a_cloud_makes_a_report_a_replay() -> None:
    report = msgspec.structs.replace(samples.failing(), notes=("\n# Replay of a snapshot of x",))
    assert "Replay" not in said(scs_yaml.render([report], subject="\n# Replay of a snapshot of x"))


def test_a_snapshot() -> None:
    taken = msgspec.structs.replace(
        snapshot(), verdicts={"0100-01": Verdict.PASS, "0103-01": Verdict.FAIL}, anonymous=True
    )
    found = said(encode(taken))
    assert found["Cloud"] == taken.cloud.name
    assert found["Verdict"] == f"{taken.question.scope}, all claims: 1 fail, 1 pass"
    assert found["Anonymous"] == "yes: names, hosts and ids of the cloud were replaced"
    assert found["Recorded"].endswith(f" UTC by sovran {taken.sovran}")


def test_a_damaged_snapshot_says_so() -> None:
    assert "is damaged" in said(encode(snapshot())[:30] + b"x")["Says"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"{",
        b'{"format": "other"}',
        b"- a\n- b\n",
        b"a: &a [*a]\n",
        b"---\n...\n",
        b"checked_at: 2026-99-99 00:00:00\n",
        b"spec: {uuid: 1, name: x}\nsubject: x\nchecked_at: 2026-01-01 00:00:00\nrun: {uuid: u, invocations: {}}\n",
        b"{" * 5000,
        markdown.render([samples.failing()]).encode(),
    ],
)
def test_what_cannot_be_read(content: bytes) -> None:
    assert said(content) == {"Says": UNREADABLE}


def test_results_that_are_no_codes_are_no_report() -> None:
    content = scs_yaml.render([samples.failing()]).replace(": 1\n", ": 7\n", 1)
    with pytest.raises(Malformed):
        read_documents(content.encode())
