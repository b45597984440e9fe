"""Values that nobody has used before."""

import re

import pytest

from conformance.engine.api.given import MadeUp
from conformance.engine.provision.made_up import made_up, random_text, spelled


@pytest.mark.parametrize(
    ("form", "pattern"),
    [
        ("t-{uuid}", r"t-[0-9a-f-]{36}"),
        ("{token}", r"[\w-]{16}"),
        ("10.{byte}.{byte}", r"10\.\d{1,3}\.\d{1,3}"),
        ("4{thousand}", r"4\d{4}"),
    ],
)
def test_a_value_has_the_form_of_its_rule_and_is_new(form, pattern):
    made = {made_up(MadeUp(form)) for _ in range(20)}
    assert len(made) > 1
    assert all(re.fullmatch(pattern, one) for one in made)


def test_a_number_is_no_text():
    found = made_up(MadeUp("4{byte}", number=True))
    assert isinstance(found, int)
    assert str(found).startswith("4")


def test_random_texts_differ():
    assert random_text() != random_text()


def test_a_name_is_spelled_in_capitals_where_its_form_asks_for_them():
    assert spelled("conformance-1a", "CUSTOM_{}") == "CUSTOM_CONFORMANCE_1A"
    assert spelled("conformance-1a", "value") == "conformance-1a"
