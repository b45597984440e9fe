"""A backup driver that stores only the existence of a backup."""

# ruff: noqa: D102 - the methods are those of Cinder's backup drivers, and described there

from pathlib import Path

from cinder import exception
from cinder.backup import driver
from oslo_config import cfg


class SandboxBackupDriver(driver.BackupDriver):
    """A backup is an empty file."""

    def __init__(self, context):
        super().__init__(context)
        self.support_force_delete = True

    @staticmethod
    def _file(backup) -> Path:
        folder = Path(cfg.CONF.state_path, "backups")
        folder.mkdir(exist_ok=True)
        return folder / backup.id

    def backup(self, backup, volume_file, backup_metadata=False):
        self._file(backup).touch()
        return {"object_count": 1, "service_metadata": "sandbox"}

    def restore(self, backup, volume_id, volume_file, volume_is_new):
        if not self._file(backup).exists():
            raise exception.InvalidBackup(reason="nothing is stored for it")

    def delete_backup(self, backup):
        self._file(backup).unlink(missing_ok=True)
