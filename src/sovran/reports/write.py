# SPDX-License-Identifier: Apache-2.0
"""Files of reports: which format a name asks for, all checks before the run, and whole files or none after it."""

import importlib
import os
import secrets
import stat
import sys
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sovran.model.errors import SovranError, UsageError
from sovran.model.printable import printable
from sovran.model.report import Report

Renderer = Callable[[Sequence[Report]], str]

RENDERERS = {
    ".yaml": "scs_yaml",
    ".yml": "scs_yaml",
    ".json": "json_report",
    ".xml": "junit",
    ".md": "markdown",
    ".html": "html_report",
}
"""Suffix, in lower case, to the module that renders the format; only those that are asked for are loaded."""

KNOWN = ".yaml or .yml (SCS monitor), .json (sovran), .xml (JUnit), .md (Markdown), .html (a page)"


@dataclass(frozen=True, slots=True)
class Output:
    """One file to be written."""

    name: str
    """As the user gave it, fit to be printed."""
    given: Path
    """As the user gave it."""
    path: Path
    """Where it goes; for regular files with symbolic links resolved."""
    render: Renderer
    whole: bool
    """True: replaced in one step. False: a pipe or device, written to directly."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Outputs that were found to be writable, under different names."""

    outputs: tuple[Output, ...]

    def write(self, reports: Sequence[Report]) -> dict[Path, bytes]:
        """Write every output; one that fails leaves nothing half-written and does not keep the others from it.

        Returns what now stands in each file, by its name as given. Raises SovranError, at the end, with a sentence that
        names the outputs that could not be written and why.
        """
        return self._write(lambda output: output.render(reports))

    def write_text(self, text: str) -> None:
        """Write the same text to every output, as `write` does, whatever their names ask for."""
        self._write(lambda _output: text)

    def _write(self, text_of: Callable[[Output], str]) -> dict[Path, bytes]:
        failures = []
        written = {}
        for output in self.outputs:
            content = text_of(output).encode()
            try:
                (replace_file if output.whole else _send)(output.path, content)
                written[output.given] = content
            except OSError as error:
                failures.append(f"{output.name} ({error.strerror or type(error).__name__})")
        if failures:
            raise SovranError(f"Could not write {', '.join(failures)}; make room or name another place and run again.")
        return written


def plan_outputs(names: Iterable[str | Path], *, subject: str = "", clouds: int = 1) -> Plan:
    """Check the outputs that the user named, before anything runs.

    `subject` is the name for the SCS monitor; it can stand for one cloud only, of the `clouds` that will be checked.
    Raises UsageError when a suffix is unknown, a folder is missing, something cannot be written, or two names mean the
    same file: through another spelling, a link, or, since not every file system tells them apart, letter case.
    """
    if subject and clouds > 1:
        raise UsageError(f"One subject cannot stand for {clouds} clouds; check one cloud at a time to name it.")
    outputs: dict[object, Output] = {}
    for name in names:
        if not name:
            raise UsageError(f"The name of an output is empty; let it end in {KNOWN}.")
        output = _plan(Path(name), subject)
        for key in _identities(output.path):
            other = outputs.setdefault(key, output)
            if other is not output:
                raise UsageError(f"Outputs {other.name} and {output.name} are the same file; name each output once.")
        if output.whole and _is_standard_stream(output.path):
            raise UsageError(f"Output {output.name} is where the shell sends our own text; name another file.")
    return Plan(tuple(dict.fromkeys(outputs.values())))


def _plan(given: Path, subject: str) -> Output:
    name = printable(str(given), limit=200)
    module = RENDERERS.get(given.suffix.lower())
    if module is None:
        raise UsageError(f"The name of output {name} does not tell its format; let it end in {KNOWN}.")
    try:
        mode = _mode(given)
        if mode is not None and stat.S_ISDIR(mode):
            raise UsageError(f"Output {name} is a folder; name a file.")
        whole = mode is None or stat.S_ISREG(mode)
        path = given.resolve() if whole else given
        folder = path.parent
        if not folder.is_dir():
            raise UsageError(f"Output {name} has no folder to go to; create {printable(str(folder), limit=200)} first.")
        places = ([folder] if whole else []) + ([given] if mode is not None else [])
        if not all(os.access(place, os.W_OK) for place in places):
            raise UsageError(f"Output {name} is not writable for you; name another place or change its permissions.")
    except (OSError, ValueError, RuntimeError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "not a path"
        raise UsageError(f"Output {name} cannot be written ({reason}); name another file.") from None
    return Output(name, given, path, _renderer(module, subject), whole)


def _renderer(module: str, subject: str) -> Renderer:
    render: Callable[..., str] = importlib.import_module(f"sovran.reports.{module}").render
    return partial(render, subject=subject) if module == "scs_yaml" else render


def _mode(path: Path) -> int | None:
    """The mode of the file that is there, or None; raises OSError for names that the file system would not take."""
    try:
        return path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None


def _identities(path: Path) -> list[object]:
    """What two names of one file have in common: the resolved path without letter case, or the file itself."""
    folded = unicodedata.normalize("NFC", str(path.absolute())).casefold()
    if not path.exists():
        return [folded]
    status = path.stat()
    return [folded, (status.st_dev, status.st_ino)]


def _is_standard_stream(path: Path) -> bool:
    """True when stdout or stderr are redirected to this very file: replacing it would lose what they wrote."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            if path.exists() and os.path.samestat(path.stat(), os.fstat(stream.fileno())):
                return True
    return False


def replace_file(path: Path, content: bytes) -> None:
    """Put `content` at `path` in one step, with the mode of the file that was there, else as the umask says.

    Raises OSError, and leaves what was there.
    """
    draft = path.with_name(f".sovran-{secrets.token_hex(8)}.tmp")
    try:
        with draft.open("xb") as file:
            if path.exists():
                os.fchmod(file.fileno(), stat.S_IMODE(path.stat().st_mode))
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _send(path: Path, content: bytes) -> None:
    """Write to a pipe or device, which cannot be replaced."""
    with path.open("wb", buffering=0) as file:
        view = memoryview(content)
        while view:
            view = view[file.write(view) :]
