"""Makes or finds what a trial needs, and brings it into a state.

In: an operation and a situation. Out: a resource in a status, filled paths, filled bodies, elements that the run owns.
"""
