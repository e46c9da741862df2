"""Benchmarks: ratios against a named alternative in the same run. `make bench` prints them; nothing here is a test."""
