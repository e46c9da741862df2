"""Where one installation keeps its things: one folder, named by `--home` or YIJIAN_HOME."""

import os
from dataclasses import dataclass
from pathlib import Path

DEFAULT_HOME = "yijian-home"


@dataclass(frozen=True)
class Home:
    """The folder of one installation. Every path under it is named here and nowhere else."""

    path: Path

    @classmethod
    def of(cls, path: Path | None) -> "Home":
        """The home that the user means: the option, else YIJIAN_HOME, else ./yijian-home."""
        return cls((path or Path(os.environ.get("YIJIAN_HOME") or DEFAULT_HOME)).absolute())

    @property
    def lake(self) -> Path:
        """Claims as committed Parquet files; `claims.lake` owns it."""
        return self.path / "lake"

    @property
    def vault(self) -> Path:
        """Identities, encrypted; `claims.vault` owns it."""
        return self.path / "vault"

    @property
    def keys(self) -> Path:
        """Keys of the vault and of tokens, mode 0700, apart from lake and vault so that they can be mounted elsewhere."""
        return Path(os.environ.get("YIJIAN_KEYS") or self.path / "keys")

    @property
    def quarantine(self) -> Path:
        """Rejected rows with their reasons; `claims.quarantine` owns it."""
        return self.path / "quarantine"

    @property
    def knowledge(self) -> Path:
        """Knowledge lists with their points; `knowledge.store` owns it."""
        return self.path / "knowledge"

    @property
    def findings(self) -> Path:
        """Runs, findings and coverage; `engine.ledger` owns it."""
        return self.path / "findings"

    @property
    def web(self) -> Path:
        """The pages' database and secrets; `web` owns it."""
        return self.path / "web"

    @property
    def log(self) -> Path:
        """Signed checkpoints of the audit log, one file each; `web.audit_log` owns it."""
        return self.path / "log"

    @property
    def documents(self) -> Path:
        """An area's own templates of documents, which go before the built-in ones; `web.documents` reads them."""
        return self.path / "documents"

    @property
    def attachments(self) -> Path:
        """Files that people attached, by their hash; `web.attachments` owns it."""
        return self.web / "attachments"

    @property
    def exports(self) -> Path:
        """Files that background jobs made, for a day; `web.jobs` owns it."""
        return self.web / "exports"
