"""From evidence to a verdict: one class for each form of promise.

In: the evidence of a trial. Out: a judgement with its verdict and reason. No request is sent here.
"""
