# SPDX-License-Identifier: Apache-2.0
"""The double of the volume back end: sparse files, handed to os-brick's LOCAL connector."""

from pathlib import Path
from typing import Any

from cinder import exception, interface
from cinder.image import image_utils
from cinder.volume import configuration, driver, volume_utils
from oslo_config import cfg

from sovran.lab.services.faults import cinder_fault

NOT_MULTIATTACH, UNDELETABLE = "volumes-not-multiattach", "volumes-undeletable"
"""Volumes of a multiattach type are not; no volume can be deleted."""
OPTIONS = [cfg.StrOpt("volume_dir", default="")]
cfg.CONF.register_opts(OPTIONS, group=configuration.SHARED_CONF_GROUP)


@interface.volumedriver
class SparseFileDriver(driver.VolumeDriver):
    """A volume is a sparse file in `volume_dir`; no iSCSI, no LVM, no root helper."""

    VERSION = "1.0"
    CI_WIKI_NAME = "none"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.configuration.append_config_values(OPTIONS)
        self._folder = Path(self.configuration.volume_dir)

    def do_setup(self, context: Any) -> None:
        """Make the folder of the volumes."""
        self._folder.mkdir(parents=True, exist_ok=True)

    def check_for_setup_error(self) -> None:
        """Nothing can be missing."""

    def _resize(self, name: str, size: int) -> None:
        with (self._folder / name).open("ab") as volume:
            volume.truncate(size << 30)

    def _copy(self, source: str, target: str, size: int) -> None:
        self._execute("cp", "--sparse=always", "--reflink=auto", self._folder / source, self._folder / target)
        self._resize(target, size)

    def create_volume(self, volume: Any) -> dict[str, Any] | None:
        """An empty sparse file."""
        self._resize(volume.name, volume.size)
        return {"multiattach": False} if cinder_fault() == NOT_MULTIATTACH else None

    def delete_volume(self, volume: Any) -> None:
        """Remove the file; a volume that never got one is fine."""
        if cinder_fault() == UNDELETABLE:
            raise exception.VolumeBackendAPIException(data="the back end does not let it go")
        (self._folder / volume.name).unlink(missing_ok=True)

    def create_snapshot(self, snapshot: Any) -> None:
        """A copy that stays sparse."""
        self._copy(snapshot.volume_name, snapshot.name, snapshot.volume_size)

    def delete_snapshot(self, snapshot: Any) -> None:
        """Remove the copy."""
        (self._folder / snapshot.name).unlink(missing_ok=True)

    def create_volume_from_snapshot(self, volume: Any, snapshot: Any) -> None:
        """A copy of the snapshot, grown to the volume's size."""
        self._copy(snapshot.name, volume.name, volume.size)

    def create_cloned_volume(self, volume: Any, src_vref: Any) -> None:
        """A copy of another volume, grown to the volume's size."""
        self._copy(src_vref.name, volume.name, volume.size)

    def extend_volume(self, volume: Any, new_size: int) -> None:
        """Grow the file."""
        self._resize(volume.name, new_size)

    def copy_image_to_volume(
        self, context: Any, volume: Any, image_service: Any, image_id: str, disable_sparse: bool = False
    ) -> None:
        """Convert an image into the file (needs qemu-img)."""
        path = str(self._folder / volume.name)
        image_utils.fetch_to_raw(context, image_service, image_id, path, "4M", size=volume.size)
        self._resize(volume.name, volume.size)

    def copy_volume_to_image(self, context: Any, volume: Any, image_service: Any, image_meta: Any) -> None:
        """Upload the file as an image."""
        volume_utils.upload_volume(context, image_service, image_meta, str(self._folder / volume.name), volume)

    def ensure_export(self, context: Any, volume: Any) -> None:
        """A local file needs no export."""

    def create_export(self, context: Any, volume: Any, connector: Any) -> None:
        """A local file needs no export."""

    def remove_export(self, context: Any, volume: Any) -> None:
        """A local file needs no export."""

    def initialize_connection(self, volume: Any, connector: Any) -> dict[str, Any]:
        """What os-brick's LOCAL connector wants."""
        return {"driver_volume_type": "local", "data": {"device_path": str(self._folder / volume.name)}}

    def terminate_connection(self, volume: Any, connector: Any, **kwargs: Any) -> None:
        """A restore opens the file anew and writes no zeros, so that it may be too short."""
        if (self._folder / volume.name).exists():
            self._resize(volume.name, volume.size)

    def _update_volume_stats(self) -> None:
        name = self.configuration.safe_get("volume_backend_name")
        self._stats = {
            "volume_backend_name": name,
            "vendor_name": "sovran lab",
            "driver_version": self.VERSION,
            "storage_protocol": "local",
            "multiattach": True,
            "pools": [
                {
                    "pool_name": "lab",
                    "total_capacity_gb": 100_000,
                    "free_capacity_gb": 100_000,
                    "reserved_percentage": 0,
                    "thin_provisioning_support": True,
                    "thick_provisioning_support": False,
                    "max_over_subscription_ratio": 20,
                    "provisioned_capacity_gb": 0,
                    "QoS_support": False,
                    "multiattach": True,
                }
            ],
        }
