"""The page on descriptions shows an example of every section, and each can be read."""

from __future__ import annotations

import yaml
from checkout import ROOT

from conformance.engine.api.description import read_texts
from conformance.engine.api.load import understood
from conformance.engine.api.strictness import schema

FORMS = ROOT / "docs" / "forms.yaml"


def test_the_example_of_all_forms_is_a_description():
    known = understood(read_texts([(FORMS.name, FORMS.read_text("utf-8"))]), "gears")
    gear = known.under_test
    assert (gear.kind, gear.identifier, gear.initial_status) == ("gear", "gear_id", "idle")
    assert known.profile.kind("racks").listing.key == "racks"


def test_it_has_every_section():
    assert set(yaml.safe_load(FORMS.read_text("utf-8"))) == set(schema()["properties"])


def test_its_page_shows_it():
    assert ".. literalinclude:: forms.yaml" in (ROOT / "docs" / "another-service.rst").read_text("utf-8")
