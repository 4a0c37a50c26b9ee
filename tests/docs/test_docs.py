# SPDX-License-Identifier: Apache-2.0
"""Documentation is complete and true: pages are current and linked, commands shown exist, settings are named."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from sovran.cli.app import app
from sovran.lab.breaks import table
from sovran.probes.registry import PROBES
from sovran.standards.load import load_standards

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
CODE = sorted((ROOT / "src").rglob("*.py"))
SHELL_BLOCK = re.compile(r"```(?:shell|bash|console|sh)\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]*))?\)")
"""Target and fragment; one of them may be empty."""


def subcommands() -> set[tuple[str, ...]]:
    """Every command, as its words."""
    found: set[tuple[str, ...]] = set()

    def walk(command: Any, words: tuple[str, ...]) -> None:
        for name, child in getattr(command, "commands", {}).items():
            walk(child, (*words, name))
        if not hasattr(command, "commands"):
            found.add(words)

    walk(typer.main.get_command(app), ())
    return found


def shown_commands(page: Path) -> list[str]:
    """The `sovran ...` command lines in the shell blocks of a page, and in its prose."""
    text = page.read_text(encoding="utf-8")
    lines = [line for block in SHELL_BLOCK.findall(text) for line in block.splitlines()]
    lines += re.findall(r"`(sovran [^`]+)`", text)
    return [found[1] for line in lines for found in re.finditer(r"(?:^|[\s(\"/])sovran ((?:[a-z][\w-]*\s?)+)", line)]


def test_reference_pages_are_current() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "generate_docs.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}: run `make docs`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_shown_commands_exist(page: Path) -> None:
    known = subcommands()
    firsts = {words[0] for words in known}
    for shown in shown_commands(page):
        words = tuple(shown.split())
        if words[0] not in firsts:
            pytest.fail(f"{page.name} shows `sovran {shown}`, which is no command")
        assert any(words[: len(command)] == command or command[: len(words)] == words for command in known), (
            f"{page.name} shows `sovran {shown}`"
        )


def links(page: Path) -> Iterator[tuple[Path, str]]:
    """Pages and other files to which a page links, with the place in them or nothing; not what is on the web."""
    for target, fragment in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" not in target:
            yield (page.parent / target).resolve() if target else page, fragment


def places(page: Path) -> set[str]:
    """What a link into the page can name: its headings as GitHub names them, and its anchors."""
    text = page.read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    named = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return named | set(re.findall(r'<a id="([^"]+)"></a>', text))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    known: dict[Path, set[str]] = {}
    for target, fragment in links(page):
        assert target.exists(), f"{page.name} links to {target}"
        if fragment:
            assert fragment in known.setdefault(target, places(target)), f"{page.name} links to {target}#{fragment}"


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        reached.add(page)
        waiting += [target for target, _ in links(page) if target in PAGES and target not in reached]
    assert not [page.name for page in PAGES if page not in reached]


def test_every_standard_has_a_page_with_a_place_for_each_claim() -> None:
    for standard in load_standards(environ={}).standards.values():
        named = places(ROOT / "docs" / "standards" / f"{standard.id}.md")
        assert not [claim.id for claim in (*standard.requirements, *standard.testcases) if claim.id not in named]


def test_every_rule_has_a_place() -> None:
    named = places(ROOT / "docs" / "standards" / "rules.md")
    assert not {claim.rule for claim in load_standards(environ={}).claims.values() if claim.rule} - named


def test_shown_breaks_exist() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (*PAGES, ROOT / "tools" / "demo")]
    shown = {name for text in texts for name in re.findall(r"lab break ([a-z][a-z0-9-]+)", text)}
    assert shown, "the search found no break, so it is broken"
    assert shown <= table.load().keys()


def test_every_setting_is_documented() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    settings = {name for path in CODE for name in re.findall(r"\bSOVRAN_[A-Z_]+\b", path.read_text(encoding="utf-8"))}
    assert settings, "the search found no setting, so it is broken"
    assert not {name for name in settings if name not in text}


def test_every_probe_has_a_section_that_says_what_it_makes() -> None:
    text = (ROOT / "docs" / "probes.md").read_text(encoding="utf-8")
    sections = {part.partition("\n")[0]: part for part in text.split("\n## ")[1:]}
    for probe in PROBES:
        assert "\n- Makes: " in sections[probe.name], probe.name
        assert "\n- Needs: " in sections[probe.name], probe.name
