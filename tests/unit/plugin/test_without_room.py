"""The sentences at the end of a run about quotas that left cases undecided."""

from __future__ import annotations

from record_builder import result

from conformance.plugin.ending import without_room

VOLUMES = "VolumeLimitExceeded: Maximum number of volumes allowed ({}) exceeded for quota 'volumes'."


def undecided(reason, number):
    return result(f"servers-actions.lock/normal/{number}", "inconclusive", reason=reason)


def test_each_quota_is_told_once_with_the_cases_that_it_left_undecided():
    told = without_room(
        [
            undecided("the quota of the project is used up (Quota exceeded for gears: 3 of 3): raise it", 201),
            undecided(f"no volume could be made: POST /volumes gave 413 ({VOLUMES.format(10)})", 202),
            undecided(f"the quota of the project is used up ({VOLUMES.format(10)}): raise it", 203),
        ]
    )
    assert told == [
        "a quota of the project is used up (Maximum number of volumes allowed (10) exceeded for quota 'volumes'), "
        "which left 2 cases undecided: raise it, or remove what is not needed, and try again",
        "a quota of the project is used up (Quota exceeded for gears: 3 of 3), which left 1 case undecided: raise it, "
        "or remove what is not needed, and try again",
    ]


def test_what_is_decided_or_undecided_for_another_reason_is_not_told():
    other = undecided("nothing shows that the route is there", 202)
    decided = result("servers-actions.lock/error/403", reason=VOLUMES.format(10))
    assert without_room([other, decided]) == []
