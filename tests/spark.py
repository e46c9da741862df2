"""Whether Spark can run here: without it its tests are skipped by name, but never in CI."""

import importlib.util
import os
import shutil

import pytest

_missing = importlib.util.find_spec("pyspark") is None or shutil.which("java") is None
needs_spark = pytest.mark.skipif(_missing and not os.environ.get("CI"), reason="PySpark 或 Java 没有安装")
