"""The unit tests in several processes: nothing is left out, nothing runs twice, and no failure is lost."""

from pathlib import Path

import pytest

from tests.covering import SOURCES, TESTS, main, shares


def test_every_test_file_is_in_one_share():
    parts = [part for share in shares() for part in share]
    files = [file for part in parts for file in (part.rglob("test_*.py") if part.is_dir() else [part])]
    assert sorted(files) == sorted(TESTS.rglob("test_*.py"))


@pytest.mark.slow
def test_a_failure_in_one_of_two_processes_fails_the_whole(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)  # slipcover would take each process for a worker
    monkeypatch.chdir(tmp_path)
    for name, test in (("one", "def test_one(): pass"), ("other", "def test_other(): assert not 1")):
        (tmp_path / "tests" / "unit" / name).mkdir(parents=True)
        (tmp_path / "tests" / "unit" / name / f"test_{name}.py").write_text(test)
    for source in SOURCES.split(","):
        (tmp_path / source).mkdir()
    (tmp_path / "specs" / "a.py").write_text("x = 1\n")
    assert main(["counted.json", "-q"]) == 1
    printed = capsys.readouterr().out
    assert "1 passed" in printed
    assert "1 failed" in printed
    assert main(["counted.json", "-q", "-k", "test_one"]) == 0
    assert main(["counted.json", "-q", "-k", "neither"]) == 5
