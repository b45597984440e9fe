"""What is named to be used: options before the settings of the cloud, and kinds that the description knows."""

from types import SimpleNamespace

import pytest

from conformance.engine.api.load import load_service
from conformance.engine.cloud.errors import EndpointError
from conformance.engine.run.session import wished


def cloud(**wishes):
    return SimpleNamespace(profile=load_service("compute").profile, wishes=wishes)


def test_an_option_wins_over_the_settings_of_the_cloud():
    found = wished(cloud(image="theirs", network="n"), {"image": "mine"})
    assert found == {"image": "mine", "network": "n"}


@pytest.mark.parametrize("name", ["availability-zone", "availability_zone"])
def test_dashes_and_underscores_are_one(name):
    assert wished(cloud(), {name: "z"}) == {"availability_zone": "z"}


@pytest.mark.parametrize("name", ["other-flavor", "other_flavor"])
def test_the_second_one_can_be_named(name):
    assert wished(cloud(**{name: "z"}), {}) == {"other-flavor": "z"}


@pytest.mark.parametrize("name", ["gadget", "other-network", "other-", ""])
def test_what_nobody_knows_is_refused(name):
    with pytest.raises(EndpointError, match="--use knows availability-zone, flavor"):
        wished(cloud(), {name: "x"})
