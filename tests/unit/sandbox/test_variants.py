"""Variants of the sandbox: what each changes, and that a run treats them as clouds of somebody else."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from conformance.cli import main
from conformance.engine.cloud.journal import Journal
from conformance.engine.cloud.roles import Role
from conformance.plugin import tidying
from conformance.plugin.choices import choose
from conformance.plugin.endpoint import open_endpoint
from conformance.plugin.opened import _same_endpoint, settings_of
from conformance.plugin.trouble import Trouble
from conformance.sandbox import process
from conformance.sandbox.guest.changes import Changes
from conformance.sandbox.variants import VARIANTS, SandboxError, Variant, chosen
from reports.again import again
from specs.record.model import RunInfo
from tests.variants.__main__ import Line
from tests.variants.part import chosen as belongs

TOKENS = {"admin": "a", "manager": "m", "member": "b", "reader": "c", "norole": "d", "expired": "e", "member2": "f"}


@pytest.mark.parametrize("variant", VARIANTS.values(), ids=list(VARIANTS))
def test_the_guest_reads_what_the_parent_writes(variant: Variant) -> None:
    read = Changes.read(variant.changes.text())
    assert json.loads(read.text()) == json.loads(variant.changes.text())
    differs = variant.changes != Changes() or variant.release or "admin" not in variant.users
    assert differs, "it is the ordinary sandbox"


def test_every_change_is_one_of_some_variant() -> None:
    for one in fields(Changes):
        assert any(getattr(v.changes, one.name) != one.default for v in VARIANTS.values()), one.name


def test_the_guest_refuses_a_change_that_it_does_not_know() -> None:
    with pytest.raises(TypeError, match="colour"):
        Changes.read('{"colour": "red"}')


def test_a_variant_is_chosen_by_name() -> None:
    assert chosen("small-quota") == VARIANTS["small-quota"]
    assert chosen("small-quota", "nova==31.3.1").release == "nova==31.3.1"
    assert chosen(None, "nova==31.3.1") == Variant("", "the ordinary sandbox", release="nova==31.3.1")
    with pytest.raises(SandboxError, match="no variant 'tiny': choose one of as-installed, diskless-flavors"):
        chosen("tiny")
    with pytest.raises(SandboxError, match="the variant old of the sandbox is a release itself"):
        chosen("old", "nova==31.3.1")


def test_a_wrong_variant_is_one_sentence() -> None:
    with pytest.raises(Trouble, match=r"^--sandbox-variant: the sandbox has no variant 'tiny'"):
        choose({"sandbox-variant": "tiny"})
    with pytest.raises(Trouble, match=r"^--sandbox-variant and --url cannot be combined"):
        choose({"sandbox-variant": "old", "url": "http://127.0.0.1:9", "token": "t"})


def test_a_run_treats_a_variant_as_a_foreign_cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []

    def start(python: Path | None = None, **more: object) -> SimpleNamespace:
        started.append(more["changes"])
        return SimpleNamespace(
            tokens=TOKENS, service=lambda _: ("http://127.0.0.1:9", "nova 34.0.0"), stop=lambda: None
        )

    monkeypatch.setattr(process, "start", start)
    settings = []
    for given in ({}, {"sandbox-variant": "small-quota"}, {"sandbox-variant": "members-only"}):
        choices = choose(given)
        assert choices.sandbox
        endpoint = open_endpoint(choices, tmp_path, ["compute"])
        settings.append(settings_of(choices, endpoint, tmp_path, "compute"))
    assert started == [Changes(), VARIANTS["small-quota"].changes, Changes()]
    assert [one.sandbox for one in settings] == [True, False, False]
    assert not any(one.allow_disruptive or one.default_policy for one in settings)
    assert [one.release for one in settings] == ["nova 34.0.0"] * 3
    assert [one.target.name for one in settings] == ["sandbox", "sandbox small-quota", "sandbox members-only"]
    assert Role.ADMIN in settings[1].target.tokens
    assert set(settings[2].target.tokens) == {Role.MEMBER, Role.READER, Role.ALT, Role.VISITOR}


def test_the_command_that_tries_a_case_again_names_the_variant() -> None:
    info = SimpleNamespace(options={"sandbox-variant": "old"})
    assert again("a/b", info) == "conformance run -k a/b --sandbox-variant old"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--variant", "tiny"], "the sandbox has no variant 'tiny'"),
        (["--variant", "old", "--cloud"], "--variant and --cloud cannot be combined"),
        (["--variant", "old", "--release", "nova==31.3.1"], "leave the other release out"),
    ],
)
def test_options_of_the_command_that_do_not_go_together(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sandbox", *arguments], standalone_mode=False) == 2
    assert sentence in capsys.readouterr().err


def test_the_help_of_the_command_names_every_variant(capsys: pytest.CaptureFixture[str]) -> None:
    main(["sandbox", "--help"], standalone_mode=False)
    said = " ".join(capsys.readouterr().out.split())
    assert ", ".join(VARIANTS) in said


def test_the_part_of_a_run_is_the_same_everywhere() -> None:
    cases = [f"widgets.paint/error/400[{number}]" for number in range(1000)]
    part = [case for case in cases if belongs(case, "", 10)]
    assert 70 < len(part) < 130
    assert part[0] == "widgets.paint/error/400[3]"
    assert all(belongs(case, "widgets.", 10) for case in cases)
    assert not any(belongs(case, "gadgets.", 10) for case in cases if case not in part)


@pytest.mark.parametrize("option", ["sandbox-variant", "sandbox-cloud"])
def test_a_started_endpoint_is_the_same_although_its_url_is_another_one(option: str) -> None:
    def head(name: str, url: str) -> Any:
        endpoint = {"name": f"sandbox {name} at {url}", "url": url, "release": "nova 34.0.0", "sandbox": False}
        return RunInfo(started="", endpoint=endpoint, options={option: name})

    before = head("small-quota", "http://127.0.0.1:9")
    now = head("small-quota", "http://127.0.0.1:10")
    _same_endpoint(before, SimpleNamespace(head=now, options=now.options, service=None))
    other = head("members-only", "http://127.0.0.1:9")
    with pytest.raises(Trouble, match=r"the run to resume tested sandbox small-quota .*, not sandbox members-only"):
        _same_endpoint(before, SimpleNamespace(head=other, options=other.options, service=None))


@pytest.mark.parametrize("option", ["sandbox-variant", "sandbox-cloud"])
def test_of_a_started_endpoint_nothing_is_left(option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = SimpleNamespace(info=SimpleNamespace(endpoint={"sandbox": False}, options={option: "small-quota"}))
    monkeypatch.setattr(tidying, "RunRecord", SimpleNamespace(read=lambda _: record))
    journal = Journal(tmp_path / "journal.jsonl")
    journal.made(journal.intend("widget", "mine"), "w-1", "/widgets/w-1")
    journal.close()
    done = tidying.tidy(tmp_path, {})
    assert done.already_gone == ("widget mine",)
    assert done.clean


def line(**more: Any) -> Line:
    counts = Counter({"pass": 98, "inconclusive": 2, "inapplicable": 900})
    fields: dict[str, Any] = {"status": 1, "counts": counts, "news": (), "left": ()}
    return Line("tiny", reasons=Counter(), requests=1, seconds=1.0, **(fields | more))


def test_a_line_of_the_table_shows_what_is_wrong() -> None:
    assert line().good
    assert line().undecided == 2.0
    wrong = [line(status=2), line(news=("a/b!contradiction!500",)), line(left=("journal widget mine",))]
    wrong.append(line(counts=Counter({"pass": 97, "error": 3})))
    assert not any(one.good for one in wrong)
    assert all(str(one).endswith("<--") for one in wrong)
    assert list(wrong[1].details) == ["    not expected: a/b!contradiction!500"]
