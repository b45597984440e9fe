"""Makes all trials that were chosen.

In: a suite, the chosen cases and a cloud. Out: one result for each case, from lanes that run side by side.
"""
