"""What one import did, file by file and check by check; it stands in the commit that the import made."""

import msgspec


class SourceFile(msgspec.Struct, frozen=True):
    """One delivered file. `rows` = `loaded` + `unchanged` + `rejected`; `suspect` rows are among the loaded."""

    path: str
    table: str
    form: str
    sha256: str
    bytes: int
    rows: int = 0
    rejected: int = 0
    suspect: int = 0


class TableCount(msgspec.Struct, frozen=True):
    """What became of a table's delivered rows: new + replaced + unchanged + rejected = rows."""

    table: str
    rows: int = 0
    new: int = 0
    replaced: int = 0
    unchanged: int = 0
    rejected: int = 0
    suspect: int = 0


class CheckCount(msgspec.Struct, frozen=True):
    """How many rows (or settlements) a named check touched."""

    check: str
    severity: str
    table: str
    column: str
    rows: int


class Manifest(msgspec.Struct, frozen=True):
    """One import: when, which files, what happened."""

    import_id: str
    started: str
    finished: str
    files: list[SourceFile] = []
    tables: list[TableCount] = []
    checks: list[CheckCount] = []
