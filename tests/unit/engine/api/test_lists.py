"""The lists that a reference documents, in which things of a run can be found."""

from widgets import plain, spec

from conformance.engine.api.lists import lists_of
from conformance.engine.cloud.survey import Listed


def test_the_lists_of_a_reference():
    operations = (
        plain("GET", "/gears"),
        plain("GET", "/gears/detail"),
        plain("GET", "/gears/{gear_id}"),
        plain("DELETE", "/gears/{id}"),
        plain("GET", "/gears/{gear_id}/teeth"),
        plain("GET", "/logs/detail"),
        plain("GET", "/logs"),
        plain("POST", "/racks"),
        plain("GET", "/kinds?public={public}"),
    )
    assert lists_of([spec(*operations)]) == (
        Listed("/gears", "/gears/detail", True),
        Listed("/logs", "/logs/detail", False),
        Listed("/kinds", "/kinds", False),
    )
