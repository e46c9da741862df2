"""抽样推算. See README.md."""
