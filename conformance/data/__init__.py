"""Tables: what a request needs beyond the reference, and what the reference leaves unsaid about states."""
