# SPDX-License-Identifier: Apache-2.0
"""Finds and parses clouds.yaml, secure.yaml and clouds-public.yaml where openstacksdk looks for them."""

import json
import os
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from sovran.model.errors import UsageError

SUFFIXES = (".yaml", ".yml", ".json")

# libyaml is about eight times faster; a PyYAML built without it still reads the file
_YamlLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """One configuration file as found: `path` is None and `data` empty when there is none."""

    path: str | None
    data: dict[str, Any] = field(repr=False)
    unreadable: tuple[str, ...] = ()
    """Files earlier in the search order that exist and could not be opened, each with the reason."""


def config_directories() -> tuple[Path, ...]:
    """Return the directories searched, in order: here, the user's, the system's (openstacksdk's order)."""
    home = Path(os.environ.get("SNAP_REAL_HOME") or Path.home())
    own = home / ".config" / "openstack"
    if sys.platform == "darwin":
        users = Path.home() / "Library" / "Application Support" / "openstack"
        site: Path | None = Path("/Library/Application Support/openstack")
    else:
        configured = os.environ.get("XDG_CONFIG_HOME", "").strip()
        users = Path(configured) / "openstack" if configured else Path.home() / ".config" / "openstack"
        dirs = os.environ.get("XDG_CONFIG_DIRS", "").strip() or "/etc/xdg"
        # openstacksdk takes a list of several for one path, which is never there
        site = None if os.pathsep in dirs else Path(dirs) / "openstack"
    order = (Path.cwd(), users, own, site, Path("/etc/openstack"))
    return tuple(dict.fromkeys(path for path in order if path is not None))


def candidates(stem: str) -> list[str]:
    """Return every path that `stem` (`clouds`, `secure`, `clouds-public`) may have, in search order."""
    return [str(directory / (stem + suffix)) for directory in config_directories() for suffix in SUFFIXES]


def read_config_file(stem: str, variable: str | None = None) -> ConfigFile:
    """Return the first readable file called `stem` in the search order, parsed.

    `variable` names the environment variable that may give a path of its own. A file that exists and cannot be
    opened is passed over, as openstacksdk does, and named in `unreadable`.

    Raises UsageError when the file named by `variable` cannot be read, and when a file is broken (openstacksdk skips
    both and may so speak to another cloud than the one meant).
    """
    explicit = os.environ.get(variable) if variable else None
    if variable and explicit:
        try:
            return ConfigFile(explicit, _parse(explicit, Path(explicit).read_bytes()))
        except OSError as error:
            raise UsageError(
                f"{variable} names {explicit!r}, which cannot be read ({error.strerror}): correct or unset {variable}."
            ) from None
    unreadable: list[str] = []
    for path in candidates(stem):
        try:
            content = Path(path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            unreadable.append(f"{path} ({error.strerror})")
            continue
        return ConfigFile(path, _parse(path, content), tuple(unreadable))
    return ConfigFile(None, {}, tuple(unreadable))


def _parse(path: str, content: bytes) -> dict[str, Any]:
    """Return the mapping in `content`; an empty file is an empty mapping."""
    try:
        data = json.loads(content) if path.endswith("json") else yaml.load(content, Loader=_YamlLoader)  # noqa: S506 (a safe loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        reason = _without_values(error.problem or "not YAML")
        raise UsageError(f"{path}{where}: not valid YAML ({reason}); correct the file.") from None
    except yaml.YAMLError:
        raise UsageError(f"{path}: not valid YAML (a character that YAML does not allow); correct the file.") from None
    except json.JSONDecodeError as error:
        raise UsageError(
            f"{path}, line {error.lineno}, column {error.colno}: not valid JSON ({error.msg}); correct the file."
        ) from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: not UTF-8 text; save the file as UTF-8.") from None
    except ValueError:
        # PyYAML's constructors of dates and integers raise it, quoting the value
        raise UsageError(f"{path}: a value is malformed for its YAML type; put it between quotes.") from None
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise UsageError(f"{path}: holds a {_yaml_type(data)} where a mapping with the key 'clouds' belongs.")
    return data


def _without_values(reason: str) -> str:
    """Cut `reason` before what it quotes from the file: an unquoted password beginning with * or ! ends up there."""
    kept = re.match(r"(?:'.'|\".\"|[^'\"])*", reason)
    return kept[0].strip() if kept else ""


def _yaml_type(value: object) -> str:
    return "list" if isinstance(value, list) else "single value"
