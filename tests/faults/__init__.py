"""Runs against a sandbox behind a proxy that breaks its answers: how each one ends."""
