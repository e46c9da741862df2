"""Suspect the mapping first: findings that rest on rows which `mapping_error_suspected` groups are marked with that finding.

A hospital code that was matched to the wrong national code makes impossible results by the hundred, and none of them is a
doctor's doing. Whoever reads findings sees the mark, so that the code table is asked about before anybody is accused.
"""

import pyarrow as pa
import pyarrow.compute as pc

from yijian.engine.explain import FINDING

RULE = "mapping_error_suspected"

MARKED = FINDING.append(pa.field("mapping_error", pa.string()))
"""The columns of findings as they are read: `mapping_error` is the id of the finding that puts the mapping in doubt."""


def mark(findings: pa.Table, suspicions: pa.Table) -> pa.Table:
    """Findings in the columns of MARKED. suspicions: the findings of `mapping_error_suspected` of the same run."""
    if not suspicions.num_rows:
        return findings.append_column(MARKED.field("mapping_error"), pa.nulls(findings.num_rows, pa.string()))
    rows, of = _rows(suspicions)
    doubtful = dict(zip(rows.to_pylist(), suspicions.column("finding_id").take(of).to_pylist(), strict=True))
    evidence, finding = _rows(findings)
    hit = pc.is_in(evidence, value_set=pa.array(list(doubtful), pa.string()))
    marks: list[str | None] = [None] * findings.num_rows
    for number, row in zip(finding.filter(hit).to_pylist(), evidence.filter(hit).to_pylist(), strict=True):
        marks[number] = marks[number] or doubtful[row]
    own = findings.column("rule").to_pylist()
    values = [None if rule == RULE else mark for rule, mark in zip(own, marks, strict=True)]
    return findings.append_column(MARKED.field("mapping_error"), pa.array(values, pa.string()))


def _rows(findings: pa.Table) -> tuple[pa.Array, pa.Array]:
    """The ids in the evidence, and beside each the number of its finding."""
    evidence = pc.split_pattern(findings.column("evidence").combine_chunks(), " ")
    return pc.list_flatten(evidence), pc.list_parent_indices(evidence)
