"""Checks a cloud against what its API reference promises."""
