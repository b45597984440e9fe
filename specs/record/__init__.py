"""The run record: what one run asked, sent, was answered and concluded."""
