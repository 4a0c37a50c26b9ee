# SPDX-License-Identifier: Apache-2.0
"""Writes the reference pages of docs/ from the code (`make docs`); a test fails when they are stale."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import standard_pages
import typer

from sovran.cli.app import app
from sovran.lab.breaks import page as breaks_page
from sovran.lab.breaks import table as breaks_table
from sovran.standards.load import load_standards

DOCS = Path(__file__).resolve().parent.parent / "docs"
NOTE = "<!-- made by tools/generate_docs.py (make docs); do not edit -->"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _options(command: Any) -> Iterator[str]:
    """One table row per parameter of a command (typer ships its own click, so its classes cannot be named here)."""
    for parameter in command.params:
        meaning = _cell(getattr(parameter, "help", None) or "")
        if parameter.param_type_name != "option":
            yield f"| `{_cell(parameter.metavar or parameter.name.upper())}` | {meaning} |"
        elif parameter.name not in ("help", "install_completion", "show_completion"):
            shown = ", ".join(f"`{name}`" for name in parameter.opts)
            value = "" if parameter.is_flag else f" {_cell(parameter.metavar or parameter.name.upper())}"
            yield f"| {shown}{value} | {meaning} |"


def _commands(command: Any, words: tuple[str, ...]) -> Iterator[str]:
    """The section of a command, then those of its subcommands."""
    if hasattr(command, "commands"):
        for name in sorted(command.commands):
            yield from _commands(command.commands[name], (*words, name))
        return
    yield f"\n## {' '.join(words)}\n"
    paragraphs = (command.help or "").split("\n\n")
    yield "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
    rows = list(_options(command))
    if rows:
        yield "\n| Parameter | Meaning |\n| --- | --- |"
        yield from rows


def commands_page() -> str:
    """Every command with its parameters."""
    lines = [
        NOTE,
        "# Commands",
        "",
        "Before the command: `--version`, `--help`, `--debug` (show an error's traceback).",
    ]
    lines += _commands(typer.main.get_command(app), ("sovran",))
    return "\n".join(lines) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands_page,
    "breaks.md": lambda: breaks_page.markdown(breaks_table.load().values(), breaks_table.unbroken()),
    **standard_pages.pages(load_standards(environ={}), NOTE),
}
FOLDERS = ("standards",)
"""Below docs/, where every file is made by this program: one that is not in PAGES has lost its standard."""


def main() -> int:
    """Write the pages; with --check, only tell whether they are current."""
    stale = []
    for name, page in PAGES.items():
        path = DOCS / name
        text = page()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in sys.argv:
                path.parent.mkdir(exist_ok=True)
                path.write_text(text, encoding="utf-8")
    for path in [path for folder in FOLDERS for path in sorted((DOCS / folder).glob("*"))]:
        name = path.relative_to(DOCS).as_posix()
        if name not in PAGES:
            stale.append(f"{name} (removed)")
            if "--check" not in sys.argv:
                path.unlink()
    if stale:
        print(f"{'stale' if '--check' in sys.argv else 'written'}: {', '.join(stale)}")
    return int(bool(stale) and "--check" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
