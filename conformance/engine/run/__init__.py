"""Makes the trials of the selected cases.

In: a suite, the selected cases and a cloud. Out: one result for each case, from lanes that run in parallel.
"""
