"""Proof that the suite can fail: clouds that break exactly one promise, and what the suite makes of each.

The proof breaks the Nova of the sandbox, behind its back and on the wire. So these modules, as those of the sandbox, name
its things: how one of its servers is changed by an administrator, or what its errors look like. What such a breakage is
about, and which breakages no client can see, is read from the specs and the description of the service.
"""
