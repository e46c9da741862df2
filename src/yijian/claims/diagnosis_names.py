"""What diseases are called here: codes and names as hospitals settled them."""

import pyarrow as pa
import pyarrow.dataset as ds

from yijian.claims.lake import Lake
from yijian.vocabulary.home import Home


def settled_diagnoses(home: Home) -> set[tuple[str, str]]:
    """(code, name) of every diagnosis in the lake; none where there is no lake."""
    if not (home.lake / "lake.toml").exists():
        return set()
    found: set[tuple[str, str]] = set()
    snapshot = Lake.open(home).snapshot()
    for table, code, name in (
        ("setl_list_diag_d", "diag_code", "diag_name"),
        ("mdtrt_d", "dscg_maindiag_code", "dscg_maindiag_name"),
    ):
        if files := snapshot.files(table):
            for batch in ds.dataset(files).to_batches(columns=[code, name]):
                pairs = pa.Table.from_batches([batch]).group_by([code, name]).aggregate([])
                found |= {(c, n) for c, n in zip(*(pairs.column(x).to_pylist() for x in (code, name)), strict=True) if c and n}
    return found
