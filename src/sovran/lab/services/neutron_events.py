# SPDX-License-Identifier: Apache-2.0
"""Events of OVN in a Neutron that is one process."""

from typing import Any


def handle_all_events() -> None:
    """Let this process handle every event of OVN's databases, instead of asking Neutron's own database whose it is.

    Upstream's ring of processes is kept in Neutron's database, and a process says there that it lives while it hands
    out events: it waits for SQLite's one write lock then, perhaps of a request that waits for OVN's answer, which the
    same thread would bring. A ring that was not written to for a minute is empty, and events are lost.
    """
    from neutron.plugins.ml2.drivers.ovn.mech_driver.ovsdb import ovsdb_monitor

    def notify(self: Any, event: str, row: Any, updates: Any = None) -> None:
        try:
            self.notify_handler.notify(event, row, updates, global_=True)
            self.notify_handler.notify(event, row, updates)
        except Exception:
            ovsdb_monitor.LOG.exception("an event of OVN was not handled")

    ovsdb_monitor.OvnIdlDistributedLock.notify = notify
