"""What an accepted request leaves behind: the thing that it made is listed, and the one that it removed is gone.

A lock is shown while it lasts, and an operation that takes another one back brings back what was there. The sentence is
the title of the operation ("Delete Widget", "Lock Widget"), so the requirement has its line. No request is made for a
case of its own but one GET by the operation that shows or lists the thing.
"""

from __future__ import annotations

from conformance.engine.derive.attempt import Where, attempt
from conformance.engine.derive.book import Book
from conformance.engine.derive.equality import exists_at, lister_of
from conformance.engine.derive.view import View
from conformance.engine.judge.afterwards import BroughtBack, GoneAfterwards, InTheList, Switched
from conformance.engine.model.probe import Listed, Removed
from conformance.engine.model.setup import Locked
from conformance.engine.model.trial import Trial

MISSING = 404


def derive_afterwards(view: View, book: Book) -> None:
    """Add cases about what is shown after an accepted request of an operation that changes something."""
    if view.reads:
        return
    variant, state = view.main
    main = attempt(view, "documented", Where(variant, state))
    _locks(view, book, main)
    for field in view.service.under_test.brought_back.get(view.operation.id, ()):
        book.case(view.requirement("equality", field, None), "", main, BroughtBack(field))
    _gone(view, book, main)
    _listed(view, book, main)


def _locks(view: View, book: Book, main: Trial) -> None:
    """Add the case that a lock is shown after it was set, or no longer after it was removed."""
    under_test, operation = view.service.under_test, view.operation.id
    requirement = view.requirement("postcondition", under_test.lock_shown_by, None)
    if operation == under_test.lock:
        book.case(requirement, "", main, Switched(under_test.lock_shown_by, True))
    elif operation == under_test.unlock:
        variant, state = view.main
        locked = attempt(view, "documented", Where(variant, state), setup=(Locked(),))
        book.case(requirement, "", locked, Switched(under_test.lock_shown_by, False))


def _gone(view: View, book: Book, main: Trial) -> None:
    """Add the case that a removed thing is gone, if the operation that shows it lists 404."""
    removes = view.operation.method == "DELETE" and view.operation.path.endswith("}")
    reader = view.producers.reader(view.operation.path) if removes and view.producers is not None else None
    if reader is None or not exists_at(reader, view.default):
        return
    if any(code.code == MISSING and code.listed for code in reader.responses.error):
        book.case(view.requirement("postcondition", "gone", None), "", main, GoneAfterwards(Removed(reader.id)))


def _listed(view: View, book: Book, main: Trial) -> None:
    """Add the case that a new thing is in the list of its collection (its values: module ``equality``)."""
    lister = lister_of(view)
    if lister is None:
        return
    requirement = view.requirement("postcondition", "listed", None)
    reason = view.service.why_not_returned(view.operation, "listed")
    if reason is not None:
        book.used.add(f"not_returned: {view.operation.id} listed")
        book.without_case(requirement, "not-returned", reason)
        return
    book.case(requirement, "", main, InTheList(Listed(lister.id)))
