"""Checks a cloud against specs: requirements, cases, the plan, its run, and the judgement of what came."""
