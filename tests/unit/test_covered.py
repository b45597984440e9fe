"""The figure of coverage that CI prints."""

from tests.covered import lines


def module(covered, missing):
    share = 100 * covered / (covered + missing)
    return {"summary": {"covered_lines": covered, "missing_lines": missing, "percent_covered": share}}


def test_the_least_covered_come_first_and_the_figure_last():
    files = {f"room/m{at:02}.py": module(90 + at, 10 - at) for at in range(10)} | {
        "room/never.py": module(0, 20),
        "room/whole.py": module(20, 0),
    }
    said = lines({"files": files, **module(965, 75)})
    assert said[0] == "The 10 least covered of 12 modules:"
    assert said[1] == "   0 %     20 lines not run  room/never.py"
    assert said[2] == "  90 %     10 lines not run  room/m00.py"
    assert len(said) == 12
    assert not any("whole" in line for line in said)
    assert said[-1] == "Coverage: 92.8 % of 1040 lines"


def test_fewer_modules_than_ten_are_all_told():
    assert lines({"files": {"a.py": module(1, 1)}, **module(1, 1)}) == [
        "The 1 least covered of 1 modules:",
        "  50 %      1 lines not run  a.py",
        "Coverage: 50.0 % of 2 lines",
    ]
