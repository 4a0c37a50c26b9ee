# SPDX-License-Identifier: Apache-2.0
"""Neutron: the networking API, with stand-ins for the agents of the dataplane, or with OVN where guests are."""

import os
import signal
from typing import Any

from sovran.lab.services import neutron_events, neutron_faults
from sovran.lab.services.place import Place
from sovran.lab.services.sqlite import begin_writers_immediately, keep_connections


def application(place: Place) -> Any:
    """Neutron's WSGI application; the stand-ins, where there are any, run as threads beside it."""
    begin_writers_immediately()
    if place.guests:
        keep_connections()
        neutron_events.handle_all_events()
    os.environ["OS_NEUTRON_CONFIG_DIR"] = str(place.config("neutron", ""))
    os.environ["OS_NEUTRON_CONFIG_FILES"] = "neutron.conf"
    from oslo_service import backend

    backend.init_backend(backend.BackendType.THREADING)
    from neutron import policy
    from neutron.wsgi.api import application as upstream

    # otherwise the first request does it, and those beside it find no rules yet and are shown nothing
    policy.init()
    if place.guests:
        # OVN's driver handles it by leaving the ring of those who share events, and the process would go on
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        neutron_faults.let_dhcp_lie(place)
    else:
        from sovran.lab.services.neutron_agents import Agents

        Agents(place).start()
    return upstream


def create_schema(url: str) -> None:
    """Create Neutron's tables from its models: its migrations do not run on SQLite.

    The data rows that a migration adds (the default security group rules) are added, and the revisions are stamped.
    """
    import importlib.util
    from pathlib import Path

    import sqlalchemy as sa
    from neutron.db import migration
    from neutron.db.migration.models import head  # noqa: F401  # imports every model
    from neutron_lib.db import model_base

    versions = Path(migration.__file__).parent / "alembic_migrations" / "versions"
    (source,) = versions.glob("2023.2/expand/c33da356b165_*.py")
    spec = importlib.util.spec_from_file_location("default_rules", source)
    if spec is None or spec.loader is None:
        raise ImportError(f"no migration in {source}")
    rules = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(rules)
    metadata = model_base.BASEV2.metadata
    engine = sa.create_engine(url)
    metadata.create_all(engine)
    attributes, table = metadata.tables["standardattributes"], metadata.tables[rules.table_name]
    with engine.begin() as connection:
        for row in rules.default_template_rules:
            described = {key: value for key, value in row.items() if key != "description"}
            created = connection.execute(
                attributes.insert().values(
                    description=row["description"], resource_type=rules.table_name, revision_number=0
                )
            )
            connection.execute(table.insert().values(standard_attr_id=created.inserted_primary_key[0], **described))
        connection.execute(sa.text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
        for name in ("EXPAND_HEAD", "CONTRACT_HEAD"):
            revision = (versions / name).read_text(encoding="utf-8").strip()
            connection.execute(sa.text("INSERT INTO alembic_version VALUES (:v)"), {"v": revision})
