# SPDX-License-Identifier: Apache-2.0
"""The configuration files of the services, rendered for one lab."""

from sovran.lab.config import (
    compute,
    identity,
    image,
    key_manager,
    load_balancer,
    network,
    object_store,
    placement,
    volume,
)
from sovran.lab.config.ini import Setting
from sovran.lab.folders import write_private

RENDERERS = {
    "keystone": identity.files,
    "glance": image.files,
    "placement": placement.files,
    "nova": compute.files,
    "neutron": network.files,
    "cinder": volume.files,
    "barbican": key_manager.files,
    "octavia": load_balancer.files,
    "swift": object_store.files,
}


def write(setting: Setting) -> None:
    """Write the files of all services to etc/SERVICE/ in the lab's folder, readable by the owner only."""
    renderers = dict(RENDERERS)
    if setting.lab.guests:
        from sovran.lab.config import internet, network_guests

        renderers |= {"ovn-agent": network_guests.files, "internet": internet.files}
    for service, files in renderers.items():
        for name, text in files(setting).items():
            write_private(setting.folder / "etc" / service / name, text)
