"""Makes one trial.

In: a trial. Out: its evidence: the request, the answer, and the views that the cloud gave before and after them.
"""
