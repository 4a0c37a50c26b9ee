# SPDX-License-Identifier: Apache-2.0
"""Documentation is complete and true: pages are current and linked, commands shown exist, settings are named."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from sovran.cli.app import app
from sovran.lab.breaks import table

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
CODE = sorted((ROOT / "src").rglob("*.py"))
SHELL_BLOCK = re.compile(r"```(?:shell|bash|console|sh)\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_shown_breaks_exist() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (*PAGES, ROOT / "tools" / "demo")]
    shown = {name for text in texts for name in re.findall(r"lab break ([a-z][a-z0-9-]+)", text)}
    assert shown, "the search found no break, so it is broken"
    assert shown <= table.load().keys()


def test_every_page_is_linked_from_the_readme() -> None:
    linked = {(ROOT / target).resolve() for target in LINK.findall((ROOT / "README.md").read_text(encoding="utf-8"))}
    missing = [page.name for page in PAGES if page.name != "README.md" and page.resolve() not in linked]
    assert not missing


def test_every_setting_is_documented() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    settings = {name for path in CODE for name in re.findall(r"\bSOVRAN_[A-Z_]+\b", path.read_text(encoding="utf-8"))}
    assert settings, "the search found no setting, so it is broken"
    assert not {name for name in settings if name not in text}
