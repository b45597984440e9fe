"""What a reference promises: the model of a spec, its files, its schema, and the record of a run."""
