"""What a service's description and its reference say of requests and answers.

In: an operation of a spec and the description of its service. Out: request bodies, the fields of requests and answers,
and the operations that make, show, list and remove a thing.
"""
