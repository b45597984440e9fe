"""Derives requirements, cases and trials from specs. No operation is named here; what is not said stands in tables."""
