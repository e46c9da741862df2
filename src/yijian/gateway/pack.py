"""The rule pack: the rules of an area for one request, compiled, with their lists and parameters; one signed SQLite file.

    pack(key, value)              manifest (JSON, as signed) and signature (JSON)
    rule(id, version, body)       a compiled rule as JSON
    kb_<list>(…)                  a knowledge list: the points that a rule can judge by, found by code

A pack never changes once written. Its `content` hash says what it judges by; who signs it vouches for the manifest, which
carries that hash.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import apsw
import msgspec
import sqlglot
from sqlglot import exp

from yijian import __version__
from yijian.engine.backends import judgeable
from yijian.engine.backends.duckdb import Session as DuckDB
from yijian.engine.backends.sqlite import AFFINITY
from yijian.engine.bind import BoundRule, bind
from yijian.engine.compile import compile_rule
from yijian.engine.planning import area_parameters
from yijian.gateway.span import OF_VISITS, within_visit
from yijian.knowledge.store import KnowledgeStore
from yijian.rulebook.check import list_columns, why_not
from yijian.rulebook.rule import Rule, Scalar
from yijian.trust.signing import Signature, is_signed, sign
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home

FORMAT = 1
STAGES = ("pre", "mid")


class PackedRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule as the gateway runs it: what it says, and its SQL for SQLite.

    within_visit: it reads the tables of the present encounter only (`<view>_now`). reads: views that it reads.
    found, unjudged: as in `engine.compile.Compiled`. missing: lists that nobody imported; it cannot judge then.
    """

    id: str
    version: int
    title: str
    official_code: str
    official_title: str
    verdict: str
    status: str
    subject: str
    stages: tuple[str, ...]
    view: str
    key: str
    grain: tuple[str, ...]
    explain: str
    names: dict[str, str]
    legal_basis: tuple[str, ...]
    look_first: tuple[str, ...]
    false_alarms: tuple[str, ...]
    reads: tuple[str, ...]
    lists: tuple[str, ...]
    missing: tuple[str, ...]
    scope_list: str
    within_visit: bool
    has_needs: bool
    found: str
    unjudged: str
    rule_hash: str
    knowledge_hash: str


class PackedList(msgspec.Struct, frozen=True):
    """A knowledge list in a pack: its hash in the store that it came from, and its rows."""

    digest: str
    rows: int


class Manifest(msgspec.Struct, frozen=True):
    """What a pack says of itself. content: hash of rules, lists and parameters; what it cannot judge by, and why: left_out."""

    format: int
    content: str
    made_at: str
    program: str
    area: str
    rules: dict[str, str]
    lists: dict[str, PackedList]
    parameters: dict[str, dict[str, Scalar]]
    left_out: dict[str, str]

    @property
    def version(self) -> str:
        """How people name the pack: when it was made, and the head of its content."""
        return f"{self.made_at[:19].translate(str.maketrans('', '', '-:T'))}-{self.content[:8]}"


def compiled(bound: BoundRule) -> PackedRule:
    """A bound rule for SQLite, asked of the present encounter's rows alone where that is enough."""
    d, local = bound.rule.declaration, within_visit(bound)
    made = compile_rule(bound, "sqlite", source=f"{bound.view.name}_now") if local else compile_rule(bound, "sqlite", listed=True)
    unjudged = compile_rule(bound, "sqlite", source=f"{bound.view.name}_now").unjudged
    code, title = bound.rule.official_class
    return PackedRule(
        id=d.id,
        version=d.version,
        title=d.title,
        official_code=code,
        official_title=title,
        verdict=d.verdict,
        status=d.status,
        subject=d.subject,
        stages=d.stages,
        view=bound.view.name,
        key=bound.view.key,
        grain=d.grain,
        explain=d.explain,
        names=d.names,
        legal_basis=d.legal_basis,
        look_first=d.look_first,
        false_alarms=d.false_alarms,
        reads=tuple(sorted(bound.views_read)),
        lists=bound.lists,
        missing=bound.missing,
        scope_list=bound.scope_list if bound.scope_list in bound.lists else "",
        within_visit=local,
        has_needs=bool(bound.needs),
        found=_of_now(made.found) if local else made.found,
        unjudged=_of_now(unjudged) if local else unjudged,
        rule_hash=bound.rule_hash,
        knowledge_hash=bound.knowledge_hash,
    )


def _of_now(sql: str) -> str:
    """The same question about the present encounter's rows."""
    tree = sqlglot.parse_one(sql, read="sqlite")
    for table in tree.find_all(exp.Table):
        if table.name in OF_VISITS and not _is_cte(table):
            alias = table.alias or table.name
            table.set("this", exp.to_identifier(f"{table.name}_now"))
            table.set("alias", exp.TableAlias(this=exp.to_identifier(alias)))
    return tree.sql("sqlite")


def _is_cte(table: exp.Table) -> bool:
    """Whether a name means a CTE: one of a query around it that stands before the place where it is named."""
    inside: exp.Expr = table
    around = table.parent
    while around is not None:
        with_ = around.args.get("with_")
        for cte in with_.expressions if with_ is not None and with_ is not inside else ():
            if cte.alias == table.name:
                return True
        if isinstance(around, exp.With):
            for cte in around.expressions:
                if cte is inside:
                    break
                if cte.alias == table.name:
                    return True
        inside, around = around, around.parent
    return False


def build(home: Home, rules: Mapping[str, Rule], target: Path, area: str = "") -> Manifest:
    """Write the pack of a home's knowledge and parameters. UserError where the file is there already or nothing can judge."""
    if target.exists():
        raise UserError("文件已存在，规则包一经写出不再改动", where=str(target), do="请换一个文件名")
    store, values = KnowledgeStore.open(home), area_parameters(home, rules)
    packed, left_out = _compile_all(rules, store, values)
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with closing(apsw.Connection(str(fresh))) as db:
            lists = _write_lists(db, store, sorted({name for rule in packed for name in rule.lists}))
            _write_rules(db, packed)
            manifest = Manifest(
                format=FORMAT,
                content=_content(db, values),
                made_at=datetime.now(UTC).isoformat(timespec="seconds"),
                program=__version__,
                area=area,
                rules={f"{r.id}@{r.version}": r.rule_hash for r in packed},
                lists=lists,
                parameters=values,
                left_out=left_out,
            )
            _seal(db, home, manifest)
        os.link(fresh, target)
        return manifest
    except OSError as error:
        raise UserError(f"规则包写不出来：{error.strerror or error}", where=str(target), do="请检查磁盘与权限") from error
    finally:
        fresh.unlink(missing_ok=True)


def _seal(db: apsw.Connection, home: Home, manifest: Manifest) -> None:
    said = msgspec.json.encode(manifest, order="deterministic")
    db.execute("CREATE TABLE pack (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID")
    signature = msgspec.json.encode(sign(home, said))
    db.executemany("INSERT INTO pack VALUES (?, ?)", [("manifest", said), ("signature", signature)])
    db.execute("ANALYZE")


def _compile_all(
    rules: Mapping[str, Rule], store: KnowledgeStore, values: Mapping[str, dict[str, Scalar]]
) -> tuple[list[PackedRule], dict[str, str]]:
    packed, left_out = list[PackedRule](), dict[str, str]()
    for rule in (version for named in rules.values() for version in named.versions):
        d = rule.declaration
        if d.status not in ("active", "trial") or not set(d.stages) & set(STAGES):
            continue
        if gap := d.engine_gaps.get("sqlite", ""):
            left_out[d.id] = gap
            continue
        try:
            bound = bind(rule, store, values.get(d.id))
        except ValueError:
            left_out[d.id] = why_not(rule)
            continue
        if bound.missing:
            left_out[d.id] = f"缺知识清单 {'、'.join(bound.missing)}"
        else:
            packed.append(compiled(bound))
    if not packed:
        raise UserError("没有一条事前事中规则可以装入规则包", do="请先用 yijian knowledge import 导入知识清单")
    return packed, left_out


def _write_lists(db: apsw.Connection, store: KnowledgeStore, lists: Iterable[str]) -> dict[str, PackedList]:
    written: dict[str, PackedList] = {}
    with DuckDB(threads=1) as reading:
        for name in lists:
            columns = list_columns(name)
            reading.load_list(name, store.path(name))
            numbers = {c for c, t in columns.items() if t.startswith("DECIMAL")}
            chosen = ", ".join(f"CAST({c} AS DOUBLE)" if c in numbers else c for c in columns)
            rows = reading.rows(f"SELECT {chosen} FROM kb_{name} WHERE {judgeable(name)} ORDER BY ALL")
            spec = ", ".join(f"{c} {AFFINITY.get(t, 'REAL')}" for c, t in columns.items())
            db.execute(f"CREATE TABLE kb_{name} ({spec})")
            with db:
                db.executemany(f"INSERT INTO kb_{name} VALUES ({', '.join('?' for _ in columns)})", rows)
            for column in code_columns(columns):
                db.execute(f"CREATE INDEX kb_{name}_{column} ON kb_{name} ({column})")
            written[name] = PackedList(store.digest(name), len(rows))
    return written


def code_columns(columns: Iterable[str]) -> list[str]:
    """The columns of a list that hold codes of goods and services."""
    return [c for c in columns if c == "code" or c.startswith("code_")]


def _write_rules(db: apsw.Connection, packed: Iterable[PackedRule]) -> None:
    db.execute("CREATE TABLE rule (id TEXT, version INTEGER, body TEXT, PRIMARY KEY (id, version)) WITHOUT ROWID")
    rows = [(r.id, r.version, msgspec.json.encode(r, order="deterministic").decode()) for r in packed]
    db.executemany("INSERT INTO rule VALUES (?, ?, ?)", rows)


def _content(db: apsw.Connection, values: object) -> str:
    """sha256 over parameters and all rows of all tables but `pack`, each table in an order of its own."""
    names = [str(row[0]) for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
    digest = hashlib.sha256(msgspec.json.encode(values, order="deterministic"))
    for name in names:
        if name == "pack" or name.startswith("sqlite_"):
            continue
        order = "id, version" if name == "rule" else "rowid"
        digest.update(f"\0{name}\0".encode())
        for row in db.execute(f"SELECT * FROM {name} ORDER BY {order}"):
            digest.update(msgspec.json.encode(row))
    return digest.hexdigest()


class Pack:
    """A pack as it is read: its rules, its manifest and who signed it. The file is never written."""

    def __init__(self, path: Path, manifest: Manifest, signature: Signature, rules: tuple[PackedRule, ...]) -> None:
        self.path, self.manifest, self.signature, self.rules = path, manifest, signature, rules

    @classmethod
    def open(cls, path: Path, *, trusted: Iterable[str] = ()) -> "Pack":
        """Read and check a pack. trusted: fingerprints of signers that are believed (none: any).

        UserError where it is no pack, was changed, or is signed by somebody else.
        """
        try:
            with closing(_reading(path)) as db:
                pack = cls._read(path, db)
                changed = _content(db, pack.manifest.parameters) != pack.manifest.content
        except (apsw.Error, msgspec.DecodeError, KeyError, OSError) as error:
            raise UserError("不是规则包，或文件已损坏", where=str(path), do="请重新取得规则包") from error
        if changed:
            raise UserError("规则包的内容与清单不符：内容被改动过", where=str(path), do="请向签发单位重新取得，并报告此事")
        believed = {"".join(t.split()) for t in trusted}
        if believed and "".join(pack.signature.fingerprint.split()) not in believed:
            raise UserError(
                f"规则包的签发者 {pack.signature.fingerprint} 不在受信任之列", where=str(path), do="请核对签发单位公布的指纹"
            )
        return pack

    @classmethod
    def _read(cls, path: Path, db: apsw.Connection) -> "Pack":
        parts = {str(key): cast("bytes", value) for key, value in db.execute("SELECT key, value FROM pack")}
        said = parts["manifest"]
        manifest = msgspec.json.decode(said, type=Manifest)
        signature = msgspec.json.decode(parts["signature"], type=Signature)
        if manifest.format != FORMAT:
            what = f"规则包格式 {manifest.format} 不是本程序的 {FORMAT}"
            raise UserError(what, where=str(path), do="请升级程序或重新生成规则包")
        if not is_signed(signature, said):
            raise UserError("规则包的签名与内容不符：内容被改动过", where=str(path), do="请向签发单位重新取得，并报告此事")
        bodies = db.execute("SELECT body FROM rule ORDER BY id, version").fetchall()
        return cls(path, manifest, signature, tuple(msgspec.json.decode(str(b[0]), type=PackedRule) for b in bodies))

    @property
    def uri(self) -> str:
        """The file for `ATTACH`: read only, never locked."""
        return f"{self.path.absolute().as_uri()}?mode=ro&immutable=1"

    def points(self, list_id: str) -> Iterator[dict[str, Any]]:
        """The rows of a list."""
        columns = list(list_columns(list_id))
        with closing(_reading(self.path)) as db:
            for row in db.execute(f"SELECT {', '.join(columns)} FROM kb_{list_id} ORDER BY rowid"):
                yield dict(zip(columns, row, strict=True))


def _reading(path: Path) -> apsw.Connection:
    if not path.is_file():
        raise UserError("没有这个规则包", where=str(path), do="请检查文件名")
    flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
    return apsw.Connection(f"{path.absolute().as_uri()}?mode=ro&immutable=1", flags=flags)


def differences(before: Pack, after: Pack) -> list[tuple[str, str, str]]:
    """What changed from one pack to the next: (kind, name, how) in Chinese, rules first."""
    found: list[tuple[str, str, str]] = []
    old, new = before.manifest, after.manifest
    for kind, a, b in (("规则", old.rules, new.rules), ("不装入", old.left_out, new.left_out)):
        found += [(kind, name, _how(a.get(name), b.get(name))) for name in sorted({*a, *b}) if a.get(name) != b.get(name)]
    for name in sorted({*old.lists, *new.lists}):
        a, b = old.lists.get(name), new.lists.get(name)
        if a != b:
            found.append(("清单", name, f"{a.rows if a else '无'} → {b.rows if b else '无'} 行"))
    for name in sorted({*old.parameters, *new.parameters}):
        a, b = old.parameters.get(name), new.parameters.get(name)
        if a != b:
            found.append(("参数", name, f"{a or '默认'} → {b or '默认'}"))
    return found


def _how(before: str | None, after: str | None) -> str:
    return "新增" if before is None else "去掉" if after is None else "改变"
