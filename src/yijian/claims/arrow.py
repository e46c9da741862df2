"""Names for Arrow's types: pyarrow carries no annotations, so a checker sees Any and a reader sees what is meant."""

from typing import Any, TypeAlias

import pyarrow.compute
import pyarrow.parquet

ArrowTable: TypeAlias = Any
"""A `pyarrow.Table`."""
ArrowBatch: TypeAlias = Any
"""A `pyarrow.RecordBatch`."""
ArrowReader: TypeAlias = Any
"""A `pyarrow.RecordBatchReader`."""
ArrowArray: TypeAlias = Any
"""A `pyarrow.Array`, `ChunkedArray` or `Scalar`."""

compute: Any = pyarrow.compute
parquet: Any = pyarrow.parquet
"""The same for modules whose functions are made while the program runs, or whose annotations are too narrow."""
