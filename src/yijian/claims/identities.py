"""Step 5 of an import: identities leave the files for the vault; the lake has their tokens only."""

from collections.abc import Iterator

from yijian.claims.reading import Source
from yijian.claims.shaping import read_value
from yijian.claims.values import name
from yijian.claims.vault import Vault
from yijian.claims.work import Work, arrow_batches

KIND = {
    "fixmedins_b": "fixmedins_code",
    "selinfo_d": "rid",
    "manl_reim_d": "manl_reim_id",
    "opter_b": "opter_id",
    "disb_d": "disb_id",
}
"""Whose identity a table's identity columns are, where not the person's: the vault's kind, and the column of its number."""

_PASS_BYTES = 4_000_000_000
_BATCH = 50_000


def keep_identities(work: Work, vault: Vault, source: Source) -> int:
    """Put a file's identities into the vault. Returns how many were new or changed."""
    kind = KIND.get(source.table.name, "psn_no")
    if not source.identity or kind not in source.raw:
        return 0
    return sum(vault.put(batch, kind) for batch in _batches(work, source, kind))


def _batches(work: Work, source: Source, kind: str) -> Iterator[list[tuple[str, dict[str, str], str]]]:
    """Distinct (number, values, as of), in passes over the file so that what is held in memory stays bounded."""
    passes = 1 + source.path.stat().st_size // _PASS_BYTES
    updated = source.table.by_name.get("updt_time")
    as_of = "''"
    if updated and "updt_time" in source.raw:
        as_of = f"coalesce(strftime({read_value(source, updated, 'r._updt').sql}, '%Y-%m-%d %H:%M:%S'), '')"
    out = [f"trim(CAST({source.raw[kind].sql} AS VARCHAR)) AS _number"]
    out += [f"{source.raw['updt_time'].sql} AS _updt"] if as_of != "''" else []
    out += [f"nullif(trim(CAST({raw.sql} AS VARCHAR)), '') AS {name(c)}" for c, raw in source.identity.items()]
    newest = ", ".join(
        f"max({{'t': {as_of}, 'v': r.{name(c)}}}) FILTER (r.{name(c)} IS NOT NULL) AS {name(c)}" for c in source.identity
    )
    for turn in range(passes):
        batches = arrow_batches(
            work.con,
            f"""
            SELECT _number, max({as_of}) AS _as_of, {newest}
            FROM (SELECT {", ".join(out)} FROM {source.layout.scan(work.con)}) r
            WHERE _number <> '' AND hash(_number) % {passes} = {turn} GROUP BY _number
        """,
            _BATCH,
        )
        for batch in batches:
            yield [
                (row["_number"], {c: row[c]["v"] for c in source.identity if row[c]}, row["_as_of"]) for row in batch.to_pylist()
            ]
