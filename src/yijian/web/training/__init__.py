"""宣传培训. See README.md."""
