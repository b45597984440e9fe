"""Tells what a run found. Every report is a view of the run record; none asks the cloud or the specs anything."""
