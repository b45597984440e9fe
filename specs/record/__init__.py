"""The run record: what one run asked, sent, was answered and concluded."""

from specs.record.directory import RunDirectory
from specs.record.errors import RecordError
from specs.record.reader import RunRecord
from specs.record.totals import Tally
from specs.record.writer import RecordWriter

__all__ = ["RecordError", "RecordWriter", "RunDirectory", "RunRecord", "Tally"]
