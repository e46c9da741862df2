"""Quarantine: rejected rows, each with its reasons, until someone corrects and re-submits them.

    quarantine/<import>/reasons.parquet        row, table, file, line, check, column, value: no identities
    quarantine/<import>/<n>.sealed             the rows as delivered, sealed: identities are among them
    quarantine/<import>/suspects.parquet       what was loaded but is suspect
    quarantine/<import>/resolved.json          ids of earlier rows that this import's corrections settled

A folder counts only if the lake has a commit of its import: what a killed import left here is not seen, and swept away.
"""

import io
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from yijian.claims.arrow import ArrowBatch
from yijian.claims.checks import checks
from yijian.claims.lake import Lake
from yijian.claims.sealing import Sealer
from yijian.claims.tables import tables
from yijian.claims.values import literal
from yijian.vocabulary.home import Home

_REASONS = pa.schema(
    [(n, pa.string()) for n in ("row_id", "tabl_name", "file", "check_name", "colm_name", "value")]
    + [("line", pa.int64()), ("sealed", pa.string())]
)


class Rejection(msgspec.Struct, frozen=True):
    """One reason why one row is in quarantine. `line` counts the header and takes a record for one line."""

    row_id: str
    import_id: str
    table: str
    file: str
    line: int
    check: str
    column: str
    value: str

    @property
    def title(self) -> str:
        """The check in Chinese."""
        return checks()[self.check].title

    @property
    def do(self) -> str:
        """What the person can do."""
        return checks()[self.check].do


class Writer:
    """Takes the rejected rows of one import."""

    def __init__(self, home: Home, import_id: str) -> None:
        self.folder, self._sealer, self.import_id = home.quarantine / import_id, Sealer(home), import_id
        self._reasons, self._chunks = list[dict[str, object]](), 0
        self.counts: dict[tuple[str, str, str], int] = {}

    def add(self, table: str, file: Path, batch: ArrowBatch, broken: Sequence[int] = ()) -> None:
        """Rows of a file as `rejecting.rejected_rows` yields them; `broken`: lines before that could not be split."""
        records = batch.column("record").to_pylist()
        lines = [_line(record, broken) for record in records]
        ids = [f"{self.import_id}.{self._chunks}.{i}" for i in range(len(records))]
        rows = batch.drop_columns(["record", "reasons"]).append_column("_row_id", pa.array(ids, pa.string()))
        sealed = self._seal(rows)
        for row_id, line, reasons in zip(ids, lines, batch.column("reasons").to_pylist(), strict=True):
            for reason in reasons:
                self._reason(row_id, table, file, line, sealed, reason)

    def add_broken(self, table: str, file: Path, lines: Sequence[tuple[int, str]]) -> None:
        """Lines that could not be split into columns."""
        ids = [f"{self.import_id}.{self._chunks}.{i}" for i in range(len(lines))]
        sealed = self._seal(pa.record_batch({"_line": [text for _, text in lines], "_row_id": ids}))
        for row_id, (line, _) in zip(ids, lines, strict=True):
            self._reason(row_id, table, file, line, sealed, {"check_name": "broken_row", "colm_name": "", "value": ""})

    def _reason(self, row_id: str, table: str, file: Path, line: int, sealed: str, reason: dict[str, str]) -> None:
        self._reasons.append({"row_id": row_id, "tabl_name": table, "file": str(file), "line": line, "sealed": sealed, **reason})
        place = (reason["check_name"], table, reason["colm_name"])
        self.counts[place] = self.counts.get(place, 0) + 1

    def _seal(self, rows: ArrowBatch) -> str:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        plain = io.BytesIO()
        pq.write_table(pa.Table.from_batches([rows]), plain, compression="zstd")
        named = f"{self._chunks}.sealed"
        _write(self.folder / named, self._sealer.seal(plain.getvalue(), f"{self.import_id}/{named}".encode()))
        self._chunks += 1
        return named

    def finish(self, resolved: Sequence[str] = ()) -> None:
        """Write the reasons, and which earlier rows are settled."""
        if self._reasons:
            held = io.BytesIO()
            pq.write_table(pa.Table.from_pylist(self._reasons, schema=_REASONS), held, compression="zstd")
            _write(self.folder / "reasons.parquet", held.getvalue())
        if resolved:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write(self.folder / "resolved.json", json.dumps(list(resolved)).encode())


def _line(record: int, broken: Sequence[int]) -> int:
    line = record + 1
    for other in broken:
        if other <= line:
            line += 1
    return line


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as f:
        f.write(content)
        f.flush()
        os.fsync(f.fileno())


class Quarantine:
    """What is in quarantine, as of the newest commit."""

    def __init__(self, home: Home) -> None:
        self.home, lake = home, Lake.open(home)
        commits = [lake.at(n).manifest for n in lake.numbers()]
        self.imports = [m.import_id for m in commits if m is not None]
        self._resolved = {i for folder in self._folders("resolved.json") for i in json.loads(folder.read_bytes())}

    def _folders(self, file: str) -> list[Path]:
        return [p for i in self.imports if (p := self.home.quarantine / i / file).exists()]

    def rejections(self, import_id: str = "", table: str = "") -> list[Rejection]:
        """Reasons of all open rows, oldest import first."""
        return list(self._each(import_id, table))

    def _each(self, import_id: str, table: str) -> Iterator[Rejection]:
        for path in self._folders("reasons.parquet"):
            named = path.parent.name
            if import_id and named != import_id:
                continue
            for r in pq.read_table(path).to_pylist():
                if r["row_id"] not in self._resolved and (not table or r["tabl_name"] == table):
                    yield Rejection(
                        r["row_id"], named, r["tabl_name"], r["file"], r["line"], r["check_name"], r["colm_name"],
                        r["value"] or "",
                    )  # fmt: skip

    def row_count(self) -> int:
        """How many rows are open."""
        return len({r.row_id for r in self._each("", "")})

    def rows(self, import_id: str, table: str) -> list[dict[str, str | None]]:
        """Open rows of a table in one import as delivered, by delivered column name, with `_row_id`; identities included."""
        path = self.home.quarantine / import_id / "reasons.parquet"
        if import_id not in self.imports or not path.exists():
            return []
        reasons = pq.read_table(path).to_pylist()
        sealer, found = Sealer(self.home), list[dict[str, str | None]]()
        for sealed in dict.fromkeys(r["sealed"] for r in reasons if r["tabl_name"] == table):
            plain = sealer.open((path.parent / sealed).read_bytes(), f"{import_id}/{sealed}".encode())
            found += [r for r in pq.read_table(io.BytesIO(plain)).to_pylist() if r["_row_id"] not in self._resolved]
        return found

    def suspects(self, import_id: str = "", limit: int = 100) -> list[dict[str, str]]:
        """Loaded but suspect: check_name, tabl_name, row_key, colm_name, value, detail, import_id; newest import first."""
        found = list[dict[str, str]]()
        for path in reversed(self._folders("suspects.parquet")):
            if len(found) < limit and import_id in ("", path.parent.name):
                sql = f"SELECT * FROM read_parquet({literal(str(path))}) LIMIT {limit - len(found)}"
                cursor = duckdb.connect().execute(sql)
                names = [d[0] for d in cursor.description or ()]
                rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
                found += [{**row, "import_id": path.parent.name} for row in rows]
        return found

    def sweep(self) -> None:
        """Remove folders of imports that were never committed."""
        if self.home.quarantine.exists():
            for folder in self.home.quarantine.iterdir():
                if folder.is_dir() and folder.name not in self.imports:
                    shutil.rmtree(folder, ignore_errors=True)


def is_identity(table: str, column: str) -> bool:
    """Whether a delivered column holds an identity: then it is shown masked unless asked for in full."""
    declared = tables()[table]
    lower = column.strip().lower()
    return declared.aliases.get(lower, lower) in {*declared.identity, "certno", "psn_name", "tel", "addr"} or any(
        word in column for word in ("身份证", "证件号", "姓名", "电话", "地址", "账号", "_line")
    )
