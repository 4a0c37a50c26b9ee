# SPDX-License-Identifier: Apache-2.0
"""Cinder: API, scheduler, one volume service per availability zone, and backup, all in this process."""

import sys
import threading
import time
from pathlib import Path
from typing import Any

from sovran.lab.services.faults import cinder_fault, tell_cinder
from sovran.lab.services.place import Place
from sovran.lab.services.sqlite import begin_writers_immediately

BACKUPS_STOPPED = "backups-stopped"
"""Fault: there is no service that makes, restores or deletes backups."""
BACKUP_DRIVER_SECONDS = 30.0
"""At most, until the driver of backups is ready."""
running: list[Any] = []
"""The started services; kept here because nothing else refers to them."""


def application(place: Place) -> Any:
    """Start scheduler, volume and backup; return the block storage API."""
    from oslo_service import backend

    backend.init_backend(backend.BackendType.THREADING)
    begin_writers_immediately()
    _use_native_threads()
    tell_cinder(place)
    _configure(place)
    _let_backups_stop()
    _start()
    from cinder import policy
    from paste import deploy

    # on the first request otherwise, and one beside it finds half of them
    policy.init()
    return deploy.loadapp(f"config:{Path(sys.prefix, 'etc/cinder/api-paste.ini')}", name="osapi_volume")


def _use_native_threads() -> None:
    """Replace the few eventlet calls that Cinder makes: green threads and SQLite's file locks do not go together."""
    import eventlet
    import eventlet.greenpool
    import eventlet.tpool

    class Pool:
        def __init__(self, *_sizes: Any) -> None:
            pass

        def spawn_n(self, function: Any, *args: Any, **kwargs: Any) -> None:
            threading.Thread(target=function, args=args, kwargs=kwargs, daemon=True).start()

    def execute(function: Any, *args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    eventlet.sleep = time.sleep
    eventlet.greenpool.GreenPool = Pool
    eventlet.GreenPool = Pool
    eventlet.tpool.execute = execute
    eventlet.tpool.Proxy = lambda wrapped, *_args, **_kwargs: wrapped
    eventlet.tpool.set_num_threads = lambda _number: None


def _configure(place: Place) -> None:
    import cinder.privsep
    import os_brick.initiator.connector
    import os_brick.privileged
    import oslo_messaging
    from cinder import coordination, objects, rpc, version
    from cinder.common import config
    from oslo_config import cfg
    from oslo_log import log

    conf = cfg.CONF
    objects.register_all()
    conf.register_opts([cfg.IntOpt("backup_workers", default=1), cfg.IntOpt("backup_max_operations", default=15)])
    conf(
        ["--config-file", str(place.config("cinder", "cinder.conf"))],
        project="cinder",
        version=version.version_string(),
    )
    log.setup(conf, "cinder")
    config.set_middleware_defaults()
    os_brick.setup(conf)
    # volumes are files here: asking this host for the means of other protocols takes several processes, each time
    os_brick.initiator.connector._get_connector_list = list
    coordination.COORDINATOR.start()
    rpc.init(conf)
    upstream = oslo_messaging.get_rpc_server

    def get_rpc_server(*args: Any, **kwargs: Any) -> Any:  # Cinder asks for the eventlet executor by name
        return upstream(*args, **{**kwargs, "executor": "threading"})

    oslo_messaging.get_rpc_server = get_rpc_server
    os_brick.privileged.default.set_client_mode(False)  # no sudo, no helper daemon
    cinder.privsep.sys_admin_pctxt.set_client_mode(False)


def _let_backups_stop() -> None:
    """Let neither API nor scheduler find the backup service while the fault is on."""
    from cinder.backup import api
    from cinder.scheduler import host_manager

    def stoppable(listed: Any) -> Any:
        return lambda *args, **kwargs: [] if cinder_fault() == BACKUPS_STOPPED else listed(*args, **kwargs)

    for owner in (api.API, host_manager.HostManager):
        owner._list_backup_services = stoppable(owner._list_backup_services)


def _start() -> None:
    from cinder import service
    from cinder.common import constants
    from oslo_config import cfg

    conf = cfg.CONF
    reporting = threading.Lock()

    class Service(service.Service):
        """Upstream keeps the id of "the" service in a class attribute; here several share the process."""

        def report_state(self) -> None:
            with reporting:
                service.Service.service_id = self.origin_service_id
                super().report_state()

    running.append(Service.create(binary="cinder-scheduler"))
    for backend in conf.enabled_backends:
        conf.register_opt(cfg.StrOpt("backend_host"), group=backend)
        running.append(
            Service.create(
                host=f"{conf.host}@{backend}", service_name=backend, binary=constants.VOLUME_BINARY, coordination=True
            )
        )
    running.append(
        Service.create(
            binary="cinder-backup",
            coordination=True,
            service_name="backup",
            process_number=1,
            semaphore=threading.Semaphore(15),
        )
    )
    for one in running:
        one.start()
        one.report_state()  # the first report would come after ten seconds, in which nothing could be scheduled
    _tell_of_backups(running[-1].manager)


def _tell_of_backups(manager: Any) -> None:
    """Let the scheduler know of the backup service: what it was told may be from before the driver was ready, and the
    next word would come after a minute.
    """
    from cinder import context

    end = time.monotonic() + BACKUP_DRIVER_SECONDS
    while not manager.is_working() and time.monotonic() < end:
        time.sleep(0.02)
    manager.publish_service_capabilities(context.get_admin_context())
