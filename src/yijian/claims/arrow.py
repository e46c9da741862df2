"""Names for Arrow's types: pyarrow carries no annotations, so a checker sees Any and a reader sees what is meant."""

from typing import Any, TypeAlias

ArrowTable: TypeAlias = Any
"""A `pyarrow.Table`."""
ArrowBatch: TypeAlias = Any
"""A `pyarrow.RecordBatch`."""
ArrowReader: TypeAlias = Any
"""A `pyarrow.RecordBatchReader`."""
ArrowArray: TypeAlias = Any
"""A `pyarrow.Array`, `ChunkedArray` or `Scalar`."""
