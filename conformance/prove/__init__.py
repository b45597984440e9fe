"""Proof that the suite can fail: it is run against clouds that break exactly one promise each.

A proxy between the suite and the sandbox's Nova changes requests and responses; an administrator's requests change
Nova's resources. So these modules, like those of the sandbox, may name things of Nova, such as its servers and its
error bodies. The promises to break are read from the specs, and the breakages that no client can see from the
description of the service.
"""
