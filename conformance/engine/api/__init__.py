"""Derives the forms of requests and answers from the reference and the description of a service.

In: an operation of a spec and the description of its service. Out: request bodies, the fields of requests and answers,
and the operations that make, show, list and remove a thing.
"""
