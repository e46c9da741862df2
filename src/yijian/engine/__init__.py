"""The engine: judges payments by rules, in small steps one can see.

bind.py      a rule with its parameters and lists in force
compile.py   what is asked of a backend: count the scope, find the findings
explain.py   result rows → findings, with ids and sentences
ledger.py    units (rule × bucket) on disk, each committed whole; runs made of them
audit.py     all of it, over a lake
findings.py  reading a run's findings and coverage again
examples.py  the same steps over the invented rows of `examples.toml`
backends/    the only files that know a database
"""
