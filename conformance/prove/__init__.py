"""Proof that the suite can fail: clouds that break exactly one promise, and what the suite makes of each.

The proof breaks the Nova of the sandbox, behind its back and on the wire. So these modules, like those of the sandbox,
name its things: how an administrator changes one of its servers, or the form of its errors. What such a breakage is
about, and which breakages no client can see, is read from the specs and the description of the service.
"""
