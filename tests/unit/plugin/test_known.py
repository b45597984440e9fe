"""The release with whose known deviations a run is compared: named, or taken from the cloud."""

import pytest

from conformance.plugin import known as module
from conformance.plugin.choices import choose, from_environment
from conformance.plugin.expected import Comparison, ExpectedDeviations, expected_of, shipped_releases
from conformance.plugin.known import check_named, known_for, named
from conformance.plugin.trouble import Trouble
from specs.microversion import Microversion

NOVA = {"package": "nova", "version": "34.0.0"}
TOP = Microversion.parse("2.104")
WITHOUT_MICROVERSIONS = {"glance", "keystone", "neutron-lib"}


@pytest.mark.parametrize(
    ("reference", "release", "highest", "taken"),
    [
        (NOVA, "nova 34.0.0", TOP, True),
        (NOVA, "nova 34.0.0", None, True),
        (NOVA, "nova 33.0.0", TOP, False),
        (NOVA, None, TOP, True),
        (NOVA, None, Microversion.parse("2.103"), False),
        (NOVA, None, Microversion.parse("2.105"), False),
        (NOVA, None, None, False),
        ({**NOVA, "version": "33.0.0"}, None, TOP, False),
        ({}, None, TOP, False),
    ],
    ids=[
        "the release of the specs",
        "the same at fewer microversions",
        "another release",
        "an unknown release with the highest microversion of the specs' release",
        "a lower one",
        "a higher one",
        "none",
        "specs of a release of which nothing is known",
        "specs without a release",
    ],
)
def test_a_cloud_is_compared_with_the_release_of_the_specs_if_it_seems_to_be_of_it(reference, release, highest, taken):
    found = known_for((), reference, release, highest)
    assert (found is not None) is taken
    if found is not None:
        assert found.release == "nova==34.0.0"


def test_a_file_without_a_highest_microversion_counts_for_its_own_release_alone(monkeypatch):
    monkeypatch.setattr(module, "expected_of", lambda package, version: ExpectedDeviations(package, version, {}))
    assert known_for((), NOVA, None, None) is None
    assert known_for((), NOVA, "nova 34.0.0", None) is not None


@pytest.mark.parametrize(("release", "taken"), [("neutron 29.0.0", True), ("neutron 28.0.0", False), (None, False)])
def test_a_reference_of_another_distribution_names_the_release_of_the_service(release, taken):
    reference = {"package": "neutron-lib", "version": "5.0.1"}
    assert (known_for((), reference, release, None) is not None) is taken


def test_the_release_that_the_user_names_counts_on_every_cloud():
    chosen = named("nova == 31.3.1")
    assert known_for([chosen], NOVA, None, None) is chosen
    assert known_for([chosen], NOVA, "nova 34.0.0", TOP) is chosen
    assert [one.release for one in choose({"known": ["nova==31.3.1"]}).known] == ["nova==31.3.1"]
    assert [one.release for one in from_environment({"CONFORMANCE_KNOWN": "nova==31.3.1"}).known] == ["nova==31.3.1"]


def test_a_release_of_another_service_is_refused():
    with pytest.raises(Trouble, match=r"--known openstack-placement==16\.0\.0 is not of nova, as the specs are"):
        check_named([named("openstack-placement==16.0.0")], {"nova"})


@pytest.mark.parametrize("text", ["nova", "nova==", "==34.0.0", "nova>=34", "../nova==34.0.0"])
def test_what_names_no_release_is_refused(text):
    with pytest.raises(Trouble, match=r"is not a release: give one as PACKAGE==VERSION$"):
        named(text)


def test_a_release_of_which_nothing_is_known_is_refused_with_those_that_are():
    with pytest.raises(
        Trouble, match=r"^--known nova==33\.0\.0: no known deviations .* nova==29\.1\.0, nova==31\.3\.1"
    ):
        named("nova==33.0.0")


def test_every_shipped_file_says_the_highest_microversion_of_its_release():
    releases = shipped_releases()
    assert "openstack-placement==16.0.0" in releases
    for release in releases:
        found = expected_of(*release.split("=="))
        assert (found.highest is None) == (release.partition("==")[0] in WITHOUT_MICROVERSIONS), release


def test_the_record_says_for_which_release_a_cloud_was_taken():
    (note,) = Comparison((), (), ()).notes(expected_of("nova", "34.0.0"))
    assert note["text"] == "0 expected deviations seen, 0 unexpected, 0 vanished (compared with nova==34.0.0)"
    (note,) = Comparison((), (), ()).notes()
    assert note["text"] == "0 expected deviations seen, 0 unexpected, 0 vanished"
