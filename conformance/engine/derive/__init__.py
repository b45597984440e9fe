"""From specs to requirements and cases.

In: the specs of a reference and the description of its service. Out: a suite of requirements, cases and promises
without a case, and the graph of statuses. No operation is named here.
"""
