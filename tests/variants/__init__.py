"""Runs on the variants of the sandbox, as a table: ``python -m tests.variants --help``."""
