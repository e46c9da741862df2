"""Reading: from paths to sources, each one file of one table with its columns under their lake names.

text.py (CSV, tab, ^A; UTF-8, GBK, GB18030) · excel.py · parquet.py give a file's layout; recognise.py says which table it is.
"""

from yijian.claims.reading.recognise import Found, find_files, sources
from yijian.claims.reading.source import Layout, Raw, Source

__all__ = ["Found", "Layout", "Raw", "Source", "find_files", "sources"]
