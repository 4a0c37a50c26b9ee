# SPDX-License-Identifier: Apache-2.0
"""Loads standards and scopes: ours, and those in folders of YAML that the user names beside them.

A folder holds one file per standard, `*.yaml`, and in its subfolder `scopes` one file per scope.
"""

import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from sovran.model.errors import UsageError
from sovran.model.scope import Scope
from sovran.model.standard import Standard
from sovran.standards.build import Built, build
from sovran.standards.check import check_scope, check_standard
from sovran.standards.explain_error import Fault
from sovran.standards.fileformat import StandardFile
from sovran.standards.ruleset import Ruleset
from sovran.standards.yamlfile import SourceFile, decode, read_source

SHIPPED = Path(__file__).parent / "data"
"""One folder per body that publishes standards."""
VARIABLE = "SOVRAN_STANDARDS"
"""Environment variable: further folders, separated as in PATH."""


def load_standards(folders: Iterable[Path | str] = (), environ: Mapping[str, str] | None = None) -> Ruleset:
    """Our standards and scopes, then those of `folders`, then those of the folders in SOVRAN_STANDARDS.

    Raises UsageError, one sentence with file, line and reason, for the first thing that is wrong in any of them.
    """
    named = (os.environ if environ is None else environ).get(VARIABLE, "")
    extra = [*map(Path, folders), *(Path(name) for name in named.split(os.pathsep) if name)]
    standard_files, scope_files, digest = _read(dict.fromkeys([*_shipped(), *extra]))
    standards = _standards(standard_files)
    return Ruleset(standards=standards, scopes=_scopes(scope_files, standards), digest=digest)


def _shipped() -> list[Path]:
    return sorted(folder for folder in SHIPPED.iterdir() if folder.is_dir())


def _read(folders: Iterable[Path]) -> tuple[list[SourceFile], list[SourceFile], str]:
    """The files with standards, those with scopes, and the digest over all of them."""
    digest = hashlib.sha256()
    standards: list[SourceFile] = []
    scopes: list[SourceFile] = []
    for folder in folders:
        if not folder.is_dir():
            raise UsageError(f"{folder} is not a folder; name a folder with the YAML files of standards")
        for where, files in ((folder, standards), (folder / "scopes", scopes)):
            for path in sorted((*where.glob("*.yaml"), *where.glob("*.yml"))):
                source = read_source(path)
                files.append(source)
                # lengths keep two different sets of files from running together to the same bytes
                name = path.relative_to(folder).as_posix()
                digest.update(f"{len(name)}:{name}:{len(source.data)}:".encode() + source.data)
    return standards, scopes, digest.hexdigest()


def _standards(sources: Iterable[SourceFile]) -> dict[str, Standard]:
    standards: dict[str, Standard] = {}
    taken: dict[str, Path] = {}
    for source in sources:
        file = decode(source, StandardFile)
        try:
            built = build(file)
            check_standard(built)
            _check_ids(built, taken)
        except Fault as fault:
            raise source.error(fault) from fault
        taken.update(dict.fromkeys((built.standard.id, *built.places), source.path))
        standards[built.standard.id] = built.standard
    return standards


def _check_ids(built: Built, taken: Mapping[str, Path]) -> None:
    for name, place in ((built.standard.id, ()), *built.places.items()):
        if name in taken:
            raise Fault(f"the id `{name}` is already taken by {taken[name]}; ids are unique", *place, "id")


def _check_scope_id(scope: Scope, taken: Mapping[str, Path]) -> None:
    if scope.id in taken:
        raise Fault(f"the scope `{scope.id}` is already defined by {taken[scope.id]}; ids are unique", "id")


def _scopes(sources: Iterable[SourceFile], standards: Mapping[str, Standard]) -> dict[str, Scope]:
    scopes: dict[str, Scope] = {}
    taken: dict[str, Path] = {}
    for source in sources:
        scope = decode(source, Scope)
        try:
            _check_scope_id(scope, taken)
            check_scope(scope, standards)
        except Fault as fault:
            raise source.error(fault) from fault
        taken[scope.id] = source.path
        scopes[scope.id] = scope
    return scopes
