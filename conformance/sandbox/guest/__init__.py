"""The code that runs inside the Nova process.

It needs Nova and its dependencies, and nothing of this distribution, so that any interpreter with any Nova can run it:
`python .../guest/__main__.py`. Its modules import each other by relative imports only.
"""
