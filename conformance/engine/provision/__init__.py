"""Makes or finds the resources that a trial needs, and brings them into a status.

In: an operation and a situation. Out: a resource in a status, filled paths, filled bodies, elements that the run owns.
"""
