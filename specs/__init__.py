"""The promises of a reference: the model of a spec, its files and its schema; and the record of a run."""
