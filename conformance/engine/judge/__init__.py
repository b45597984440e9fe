"""Judges what came against what the reference promises: one class for each form of expectation."""
