"""How much of each service the runs of this suite decide: what of the reference is tried, and what is not and why."""
