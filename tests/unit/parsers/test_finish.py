"""A build by two processes writes, tells and refuses the same as a build by one."""

from __future__ import annotations

import os
import threading

import pytest

from parsers import commands, files, finish, halves
from parsers.errors import DocumentError, HostileError

PARAMETERS = (
    "a:\n  in: body\n  type: string\n  required: true\n  description: |\n    At most 9 characters. Words of old.\n"
)


def operation(name, samples=()):
    shown = "".join(f".. literalinclude:: ../../doc/{sample}.json\n\n" for sample in samples)
    return (
        f"Show {name}\n---------------\n\n.. rest_method:: GET /{name}\n\nNormal response codes: 200\n\n"
        f"It {name} may be seen. Unless the zebra {name} agrees, callers must wait for noon.\n\nRequest\n~~~~~~~\n\n"
        f".. rest_parameters:: parameters.yaml\n\n  - a: a\n\n{shown}"
    )


@pytest.fixture
def folder(tmp_path):
    source = tmp_path / "r" / "api-ref" / "source"
    (source / "inner").mkdir(parents=True)
    (tmp_path / "r" / "doc").mkdir()
    for name in ("one", "two", "three"):
        (tmp_path / "r" / "doc" / f"{name}.json").write_text(f'{{"{name}": [1.5, null]}}')
    (source / "conf.py").touch()
    (source / "parameters.yaml").write_text(PARAMETERS)
    includes = ("one", "two", "bare", "three", "inner--three", "inner/three")
    (source / "index.rst").write_text("Things\n======\n\n" + "".join(f".. include:: {one}.inc\n" for one in includes))
    (source / "one.inc").write_text(operation("one", ["one", "two"]))
    (source / "two.inc").write_text(operation("two", ["two"]))
    (source / "three.inc").write_text(operation("three"))
    (source / "bare.inc").write_text("Bare\n----\n\nA text. The server must be told.\n")
    (source / "inner--three.inc").write_text(operation("four", ["three"]))
    (source / "inner" / "three.inc").write_text(operation("five", ["three"]))
    return tmp_path / "r"


def built(folder, monkeypatch, processors, **options):
    """The forks of a build, and all that it gives."""
    forks, fork = [], os.fork
    output = folder.parent / f"out{processors}"
    with monkeypatch.context() as patch:
        patch.setattr(os, "sched_getaffinity", lambda _: set(range(processors)))
        patch.setattr(threading, "active_count", lambda: 1)
        patch.setattr(os, "fork", lambda: (forks.append(1), fork())[1])
        patch.setattr(commands, "LARGE", 0)
        patch.setattr(halves, "WORTH", 0)
        report = folder.parent / f"report{processors}.json"
        try:
            result = commands.build(folder, "things", output=output, report=report, **options)
        except (DocumentError, HostileError) as error:
            assert not output.exists()
            return len(forks), str(error), {}, "", 0
    texts = {path.name: path.read_text() for path in output.iterdir()}
    counts = (result.operations, result.files, result.unread, result.blocks, result.written)
    return len(forks), "", texts, report.read_text(), counts


def test_all_that_is_written_is_the_same(folder, monkeypatch):
    alone, both = built(folder, monkeypatch, 1), built(folder, monkeypatch, 2)
    assert (alone[0], both[0]) == (0, 2)
    assert alone[1:] == both[1:]
    assert {"one.yaml", "two.yaml", "three.yaml", "inner--three~2.yaml"} < set(both[2])
    assert "bare.yaml" not in both[2]
    assert "samples: " in both[2]["one.yaml"]
    assert '"unread": 0' not in both[3]


def test_the_reading_knows_all_samples_and_their_sums(folder, monkeypatch):
    (folder / "doc" / "two.json").unlink()
    known = []
    for processors in (1, 2):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _, count=processors: set(range(count)))
        monkeypatch.setattr(threading, "active_count", lambda: 1)
        monkeypatch.setattr(halves, "WORTH", 0)
        reading, _ = commands._read(folder, None, finish.finished, keep_going=True)
        known.append((reading.samples.missing, reading.layout.root.sums))
    assert known[0] == known[1]
    assert known[0][0] == {"doc/two.json"}
    assert {"doc/one.json", "doc/three.json"} < set(known[0][1])


def test_missing_samples_are_told_the_same(folder, monkeypatch):
    (folder / "doc" / "three.json").unlink()
    alone, both = built(folder, monkeypatch, 1), built(folder, monkeypatch, 2)
    assert "doc/three.json" in both[1]
    assert "1 more such defect" in both[1]
    assert (alone[1], both[0]) == (both[1], 2)


def test_a_spec_that_cannot_be_written_is_refused_after_all_defects(folder, monkeypatch):
    def dump(spec):
        raise ValueError(f"no number {spec.reference.path.rpartition('/')[2]}")

    monkeypatch.setattr(finish, "dump", dump)
    alone, both = built(folder, monkeypatch, 1), built(folder, monkeypatch, 2)
    assert (alone[1], both[0]) == (both[1], 2)
    assert "no number one.inc" in both[1]
    (folder / "doc" / "three.json").unlink()
    assert "doc/three.json" in built(folder, monkeypatch, 2)[1]


def test_files_that_come_near_the_limit_are_read_by_one_process(folder, monkeypatch):
    (folder / "doc" / "three.json").write_text("[" + " " * 90_000 + "]")
    monkeypatch.setattr(files, "MAX_TOTAL_BYTES", 85_000)
    alone, both = built(folder, monkeypatch, 1), built(folder, monkeypatch, 2)
    assert both[0] == 1
    assert alone[1:] == both[1:]
    assert "doc/three.json" in both[1]
