"""A refusal that keeps its promise must have the form of an error body as well."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import evidence

from conformance.engine.judge.codes import Refused
from conformance.engine.judge.contents import ErrorBody
from conformance.engine.model.case import Case, Requirement
from conformance.engine.run.judging import _judge
from specs.record.model import Source

GOOD = {"itemNotFound": {"code": 404, "message": "there is none"}}


def judged(status, body, fault=True):
    seen = replace(evidence(), status=status, body=body)
    requirement = Requirement("x/error/404", "x", "error/404", Source("x.inc", 1))
    refused = Refused((404,), "there is none")
    return _judge(Case("x/error/404", requirement, seen.trial, refused, ErrorBody() if fault else None), seen)


def test_a_refusal_with_the_form_of_an_error_passes():
    assert judged(404, GOOD).verdict == "pass"


@pytest.mark.parametrize("body", [None, "<html>", {}, {"itemNotFound": {"code": 400, "message": "other"}}])
def test_a_refusal_of_another_form_fails(body):
    assert judged(404, body).verdict == "fail"


def test_without_a_form_the_code_alone_decides():
    assert judged(404, None, fault=False).verdict == "pass"


def test_what_the_code_breaks_is_told_by_the_code():
    assert judged(202, None).observed == "202"
