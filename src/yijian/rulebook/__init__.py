"""The rulebook: loading, checking, locking and documenting rules. Runs no query.

rule.py      what a rule is (`rule.toml`, its SQL, its hash)
examples.py  what `examples.toml` says: rows in, findings out
library.py   all rules of a folder
dialect.py   the portable SQL that rules may use
check.py     everything that must be true of a rule before it may run
lock.py      id → version → hash
"""
