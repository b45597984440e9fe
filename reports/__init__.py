"""Reports of a run. Each is made from the run record alone, without the cloud and without the specs."""
