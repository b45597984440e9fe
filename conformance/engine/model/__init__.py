"""The words of the engine: requirement, case, trial, evidence and expectation, as data that knows no cloud."""
