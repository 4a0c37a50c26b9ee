# SPDX-License-Identifier: Apache-2.0
"""Nova: API, conductor, scheduler and one compute service per host, all in this process."""

import os
import sys
from pathlib import Path
from typing import Any

from sovran.lab.services.place import Place
from sovran.lab.services.sqlite import begin_writers_immediately

running: list[Any] = []
"""The started services; kept here because nothing else refers to them."""


def application(place: Place) -> Any:
    """Start conductor, scheduler and computes; return the compute API."""
    os.environ["OS_NOVA_DISABLE_EVENTLET_PATCHING"] = "1"
    from nova import monkey_patch

    monkey_patch.patch(backend="threading")
    begin_writers_immediately()
    files = [str(Path(sys.prefix, "etc/nova/api-paste.ini")), str(place.config("nova", "nova.conf"))]
    os.environ["OS_NOVA_CONFIG_DIR"] = str(place.config("nova", ""))
    os.environ["OS_NOVA_CONFIG_FILES"] = ";".join(files)
    sys.argv = ["nova", "--config-file", files[1]]
    from nova import objects, policy
    from nova.api.openstack import wsgi_app

    objects.register_all()
    wsgi_app.init_global_data(files, "osapi_compute", "nova")
    _without_privileges()
    # on the first request otherwise, and one beside it finds half of them
    policy.init()
    if place.guests:
        from sovran.lab.services import nova_qemu_faults

        nova_qemu_faults.tell(place)
    _start(place)
    if place.guests:
        from sovran.lab.services import nova_metadata

        nova_metadata.serve(place, files[0])
    return wsgi_app.init_application("osapi_compute", "nova-api-os-compute")


def _without_privileges() -> None:
    """Call privileged functions in this process: no sudo, no helper daemon; the double needs no rights."""
    import nova.conf
    import nova.privsep
    import os_brick
    import os_brick.privileged
    import os_vif

    os_brick.setup(nova.conf.CONF)
    os_vif.initialize()
    os_brick.privileged.default.set_client_mode(False)
    nova.privsep.sys_admin_pctxt.set_client_mode(False)


def _driver(*, with_guests: bool) -> str:
    """Name of a compute host's driver below nova.virt, the only place where drivers are looked for."""
    if with_guests:
        from sovran.lab.services import nova_qemu_driver

        sys.modules["nova.virt.labqemu"] = nova_qemu_driver
        return "labqemu.QemuDriver"
    from sovran.lab.services import nova_driver

    sys.modules["nova.virt.labdriver"] = nova_driver
    return "labdriver.LabDriver"


def _start(place: Place) -> None:
    import nova.conf
    from nova import context, service
    from nova.compute import rpcapi as compute
    from nova.conductor import rpcapi as conductor
    from nova.objects import host_mapping
    from nova.scheduler import rpcapi as scheduler

    place.wait_for("keystone", "placement")  # computes register with placement when they start
    for binary, topic in (("nova-conductor", conductor.RPC_TOPIC), ("nova-scheduler", scheduler.RPC_TOPIC)):
        running.append(service.Service.create(binary=binary, topic=topic))
        running[-1].start()
    for number, host in enumerate(place.zones):
        nova.conf.CONF.set_override("compute_driver", _driver(with_guests=place.guests and number == 0))
        running.append(
            service.Service.create(
                binary="nova-compute", topic=compute.RPC_TOPIC, topic_alt=compute.RPC_TOPIC_ALT, host=host
            )
        )
        running[-1].start()
    for one in running:  # the first report would come after some seconds, in which nothing could be scheduled
        one.servicegroup_api._driver._report_state(one)
    # map the hosts to their cell now; the scheduler's periodic task would do it later
    host_mapping.discover_hosts(context.get_admin_context())
