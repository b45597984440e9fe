"""Speaks to a cloud under test: one client with roles, guard and journal; waiting, resources and their removal."""
