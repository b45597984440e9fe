"""Checks a cloud against specs, in eight rooms. Each room imports only those named after it.

run, execute, provision, derive, judge, api, cloud, model.
"""
