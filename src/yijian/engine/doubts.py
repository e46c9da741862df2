"""Suspect the mapping first: findings that rest on rows which `mapping_error_suspected` groups are marked with that finding.

A hospital code that was matched to the wrong national code makes impossible results by the hundred, and none of them is a
doctor's doing. Whoever reads findings sees the mark, so that the code table is asked about before anybody is accused.
"""

import pyarrow as pa

from yijian.engine.explain import FINDING

RULE = "mapping_error_suspected"

MARKED = FINDING.append(pa.field("mapping_error", pa.string()))
"""The columns of findings as they are read: `mapping_error` is the id of the finding that puts the mapping in doubt."""


def mark(findings: pa.Table, suspicions: pa.Table) -> pa.Table:
    """Findings in the columns of MARKED. suspicions: the findings of `mapping_error_suspected` of the same run."""
    doubts = zip(_evidence(suspicions), suspicions.column("finding_id").to_pylist(), strict=True)
    doubtful = {row: finding for rows, finding in doubts for row in rows}
    marks: list[str | None] = [None] * findings.num_rows
    if doubtful:
        marks = [next((doubtful[row] for row in rows if row in doubtful), None) for rows in _evidence(findings)]
        own = findings.column("rule").to_pylist()
        marks = [None if rule == RULE else mark for rule, mark in zip(own, marks, strict=True)]
    return findings.append_column(MARKED.field("mapping_error"), pa.array(marks, pa.string()))


def _evidence(findings: pa.Table) -> list[list[str]]:
    return [str(ids or "").split() for ids in findings.column("evidence").to_pylist()]
