# SPDX-License-Identifier: Apache-2.0
"""Entry of a service process, run by the lab's environment: `python -P start.py SERVICE LAB_FOLDER`.

Also `start.py --create-schema SERVICE DATABASE_URL`.
"""

import importlib.util
import os
import sys
from pathlib import Path


def make_importable() -> None:
    """Let `import sovran.lab.services` work by path: sys.path stays the environment's own, so nothing is shadowed."""
    root = Path(__file__).resolve().parents[2]
    spec = importlib.util.spec_from_file_location(
        "sovran", root / "__init__.py", submodule_search_locations=[str(root)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"no package in {root}")
    package = importlib.util.module_from_spec(spec)
    sys.modules["sovran"] = package
    spec.loader.exec_module(package)


if __name__ == "__main__":
    os.umask(0o077)
    make_importable()
    from sovran.lab.services import runtime

    if sys.argv[1] == "--create-schema":
        runtime.create_schema(sys.argv[2], sys.argv[3])
    else:
        os.chdir(sys.argv[2])  # not the folder of whoever called `sovran lab up`
        runtime.run(sys.argv[1], Path(sys.argv[2]))
