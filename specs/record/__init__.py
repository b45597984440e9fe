"""The run record: the requests, responses and results of one run, as files."""

from specs.record.errors import RecordError
from specs.record.reader import RunRecord
from specs.record.totals import Tally
from specs.record.writer import RecordWriter

__all__ = ["RecordError", "RecordWriter", "RunRecord", "Tally"]
