"""A sandbox can do its work slowly, by a setting that names each kind of work."""

from __future__ import annotations

import pytest

from conformance.sandbox.guest.delays import VARIABLE, WORK, delay, read


class Driver:
    """A driver that says its work is done."""

    def spawn(self, name: str) -> str:
        return f"{name} is there"

    def pause(self) -> str:
        return "paused"

    def finish_migration(self) -> str:
        return self.spawn("moved")


for _name in (name for names in WORK.values() for name in names):
    if not hasattr(Driver, _name):
        setattr(Driver, _name, lambda self: None)


def test_each_kind_of_work_takes_its_seconds_and_is_done() -> None:
    slow = type("Slow", (Driver,), {})
    slept: list[float] = []
    delay(slow, "build=20,other=4", slept.append)
    assert (slow().spawn("s"), slow().pause()) == ("s is there", "paused")
    assert slept == [20.0, 4.0]
    Driver().pause()
    assert len(slept) == 2, "the class itself is as before"


def test_work_within_other_work_takes_no_time_of_its_own() -> None:
    slow = type("Slow", (Driver,), {})
    slept: list[float] = []
    delay(slow, "build=20,resize=30", slept.append)
    assert slow().finish_migration() == "moved is there"
    slow().spawn("s")
    assert slept == [30.0, 20.0]


def test_without_the_setting_nothing_is_delayed() -> None:
    plain = type("Plain", (Driver,), {})
    delay(plain, None, print)
    assert plain.spawn is Driver.spawn


@pytest.mark.parametrize("text", ["", "often", "build=soon", "build=1,", "build"])
def test_a_setting_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=rf"{VARIABLE}={text} is not of the form KIND=SECONDS"):
        read(text)


def test_an_unknown_kind_of_work_is_refused() -> None:
    with pytest.raises(ValueError, match="names dance, which is none of build, resize, image, other"):
        read("dance=1")
