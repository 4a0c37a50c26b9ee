# SPDX-License-Identifier: Apache-2.0
"""What a guest asks on the internet: the shipped list, a user's, and what is refused."""

from pathlib import Path

import pytest

from sovran.guest.targets import Door, Targets, read, shipped
from sovran.model.errors import UsageError


def test_shipped() -> None:
    """Everything that a guest can measure has a target."""
    targets = shipped()
    assert targets.nobody == "192.0.2.53"
    assert {door.port for door in targets.mail} == {25, 465, 587}
    assert targets.control is not None
    assert targets.control.port == 443
    assert all(getattr(targets.names, one) for one in targets.names.__struct_fields__)
    assert targets.metadata == "http://169.254.169.254"


def test_file(tmp_path: Path) -> None:
    """A user's file replaces the whole list; what it leaves out is not asked."""
    path = tmp_path / "targets.yaml"
    path.write_text("control: {host: '2001:db8::1', port: 443}\nntp: [ntp1.example.org]\n")
    assert read(path) == Targets(control=Door("2001:db8::1", 443), ntp=("ntp1.example.org",))
    path.write_text("")
    assert read(path) == Targets()


@pytest.mark.parametrize(
    "text",
    [
        "nobody: \"x'; reboot; '\"",
        "nobody: $(reboot)",
        "nobody: 'a b'",
        'nobody: "a\\nb"',
        "ntp: [-x.example]",
        "control: {host: a.example, port: 0}",
        "control: {host: a.example, port: 65536}",
        "control: {host: a.example}",
        "egress_ipv4: https://a.example/",
        "egress_ipv4: http://a.example/;reboot",
        "egress_ipv4: http://a.example/?x=1",
        "unknown: 1",
        "names: [a]",
        "- a",
        "a: [",
        "&a [*a]",
    ],
)
def test_refused(text: str, tmp_path: Path) -> None:
    """What is no target, or could mean something to a shell, is refused in one sentence that names the file."""
    path = tmp_path / "targets.yaml"
    path.write_text(text)
    with pytest.raises(UsageError) as caught:
        read(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_unreadable(tmp_path: Path) -> None:
    """No file, no targets."""
    with pytest.raises(
        UsageError, match=r"cannot be read from .*: No such file or directory; name a YAML file"
    ) as caught:
        read(tmp_path / "missing.yaml")
    assert str(caught.value).count("missing.yaml") == 1
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="cannot be read"):
        read(tmp_path / "binary")
