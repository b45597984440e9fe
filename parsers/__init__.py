"""Reads an API reference into the model of `specs`."""
