"""Proof that the suite can fail: clouds that break exactly one promise, and what the suite makes of each.

The proof breaks the Nova of the sandbox, behind its back and on the wire. So these modules, as those of the sandbox,
name its things: how an administrator changes one of its servers, or what its errors look like. The specs and the
description of the service say what may be broken, and which breakages no client can see.
"""
