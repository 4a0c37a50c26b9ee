# SPDX-License-Identifier: Apache-2.0
"""Reads one YAML file into a strict record; what is wrong with it becomes a sentence with file, line and column."""

from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from sovran.model.errors import UsageError
from sovran.standards.explain_error import Fault, explain
from sovran.standards.locate import locate

Record = TypeVar("Record")


class SourceFile(msgspec.Struct, frozen=True):
    """A file and its content, kept so that an error found later can still name the line."""

    path: Path
    data: bytes

    def error(self, fault: Fault) -> UsageError:
        """The sentence for what is wrong at one place of this file."""
        # nodes are composed again with their marks: only the way of an error pays for them
        mark = locate(yaml.compose(self.data, yaml.CSafeLoader), fault)
        return self.error_at(fault.reason, mark)

    def item_lines(self) -> list[int]:
        """The lines, from 1, on which the items of the list that the file is begin; none if it is no list."""
        root = yaml.compose(self.data, yaml.CSafeLoader)
        return [item.start_mark.line + 1 for item in root.value] if isinstance(root, yaml.SequenceNode) else []

    def error_at(self, reason: str, mark: yaml.Mark | None) -> UsageError:
        """The sentence, with line and column if they are known."""
        place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        return UsageError(f"{self.path}{place}: {reason}")


class _Loader(yaml.CSafeLoader):
    """The C loader, for which a key that occurs twice in a mapping is an error."""

    def __init__(self, stream: bytes) -> None:
        super().__init__(stream)
        self._seen: set[int] = set()

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Refuse double keys, then merge `<<`; a merged mapping may say again what it overrides."""
        if id(node) not in self._seen:
            self._seen.add(id(node))
            keys: set[str] = set()
            for key, _ in node.value:
                if isinstance(key, yaml.ScalarNode):
                    if key.value in keys:
                        raise yaml.constructor.ConstructorError(
                            None, None, f"the key `{key.value}` stands twice in one mapping", key.start_mark
                        )
                    keys.add(key.value)
        super().flatten_mapping(node)


def read_source(path: Path) -> SourceFile:
    """The file's content; raises UsageError if it cannot be read."""
    try:
        return SourceFile(path, path.read_bytes())
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a path"
        raise UsageError(f"cannot read {path}: {reason}; check that it is a readable file") from error


def decode(source: SourceFile, record: type[Record], *, content_name: str = "a standard or a scope") -> Record:
    """The file as a record of this type; `content_name` says what should stand in it, should it be empty.

    Raises UsageError with file, line and reason for broken YAML, double keys, unknown or missing keys, wrong types.
    """
    content = _parse(source)
    if content is None:
        raise source.error_at(f"the file is empty; {content_name} must stand in it", None)
    try:
        return msgspec.convert(content, record)
    except msgspec.ValidationError as error:
        raise source.error(explain(str(error), content, record)) from error


def _parse(source: SourceFile) -> Any:
    try:
        loader = _Loader(source.data)
        try:
            return loader.get_single_data()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = " ".join(str(part) for part in (error.context, error.problem) if part)
        raise source.error_at(reason, mark) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = str(error).splitlines()[0] or "it is nested too deep"
        raise source.error_at(f"this is not YAML: {reason}", None) from error
