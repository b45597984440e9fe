"""Proof that the suite can fail: clouds that break exactly one promise, and what the suite makes of each."""
