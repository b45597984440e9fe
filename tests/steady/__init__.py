"""Several runs on a sandbox each, and what they do not agree on: see ``__main__.py``."""
