"""The command that repeats a case on the same cloud."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from reports.again import again


def repeated(**options: Any) -> str:
    info: Any = SimpleNamespace(options=options)
    return again("locks.lock/normal/202", info)


def test_specs_are_named_once_without_the_cases_that_the_run_chose() -> None:
    chosen = ["specs/a.yaml::locks.lock/normal/202", "specs/a.yaml::locks.lock/error/409[locked]", "specs/b.yaml"]
    assert repeated(spec=chosen) == "conformance run -k locks.lock/normal/202 --spec specs/a.yaml --spec specs/b.yaml"


def test_of_many_files_the_one_of_the_case_is_named() -> None:
    named = [f"specs/{name}.yaml" for name in ("boats", "lock", "locks", "locks-more")]
    assert repeated(spec=named) == "conformance run -k locks.lock/normal/202 --spec specs/locks.yaml"


def test_an_address_keeps_its_colons() -> None:
    assert repeated(url="http://[::1]:8774/v2.1").endswith("--url 'http://[::1]:8774/v2.1'")


def test_tokens_and_other_options_are_left_out() -> None:
    assert repeated(token="secret", output="there") == "conformance run -k locks.lock/normal/202"
