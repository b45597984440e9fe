"""Makes one trial.

In: a trial. Out: its evidence: what was sent and answered, and what the cloud showed before and after.
"""
