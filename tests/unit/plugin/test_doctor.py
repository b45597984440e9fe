"""`conformance doctor`: what it shows, and with which sentence it says that a run cannot start."""

import pytest
from boats import SPECS, TOKEN, VERSION
from checkout import ROOT
from click.testing import CliRunner
from fake_cloud import VERSIONS, fake_cloud

from conformance.cli import main
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.target import Target
from conformance.engine.run.session import Session, Settings
from conformance.plugin import doctor as plugin_doctor
from conformance.plugin.choices import choose, from_environment
from conformance.plugin.endpoint import Endpoint
from conformance.plugin.trouble import Trouble

pytestmark = pytest.mark.slow  # each runs a command with all specs

SPEC = str(ROOT / "specs" / "compute" / "servers-actions.yaml")
IMAGE = {"id": "i", "name": "small", "status": "ACTIVE", "metadata": {}}
FLAVOR = {"id": "1", "name": "tiny", "ram": 64, "vcpus": 1, "disk": 1}
LIMITS = {"maxTotalInstances": 10, "totalInstancesUsed": 8, "maxTotalCores": -1, "maxTotalRAMSize": -1}


@pytest.fixture
def cloud():
    with fake_cloud() as fake:
        fake.routes.update(
            {
                ("GET", "/"): (300, VERSIONS),
                ("GET", "/v2.1/flavors"): (200, {"flavors": []}),
                ("GET", "/v2.1/flavors/detail"): (200, {"flavors": [FLAVOR]}),
                ("GET", "/v2.1/images/detail"): (200, {"images": [IMAGE]}),
                ("GET", "/v2.1/limits"): (200, {"limits": {"absolute": LIMITS}}),
            }
        )
        yield fake


def doctor(cloud, *more):
    return CliRunner().invoke(main, ["doctor", "--url", cloud.url, "--token", "t", "--spec", SPEC, *more])


def test_it_says_what_would_be_used_and_changes_nothing(cloud):
    result = doctor(cloud)
    assert (result.exit_code, result.stderr) == (0, "")
    lines = {line[:22].strip(): line[22:] for line in result.stdout.splitlines() if line[:1].strip()}
    assert lines["image"] == "small (i), of 1"
    assert lines["other-image"] == "none: the cloud has only one image that fits"
    assert lines["network"].startswith("none: networks cannot be listed")
    assert lines["limits"] == "room for 2 more (servers like these)"
    assert lines["SHELVED"] == "not known; --boot tries whether this cloud keeps it"
    assert "no credentials of the role admin were given" in result.stdout
    assert "the limits leave room for 2 only, so the run makes fewer at a time" in result.stdout
    assert "A run can start, unless" in result.stdout
    assert cloud.changes == []


@pytest.mark.parametrize(
    ("routes", "options", "sentence"),
    [
        ({"/v2.1/images/detail": {"images": []}}, (), "the cloud shows no active image"),
        ({}, ("--use", "image=nix"), "the cloud does not show the image 'nix' that was given"),
    ],
)
def test_what_keeps_a_run_from_starting_is_one_sentence(cloud, routes, options, sentence):
    cloud.routes.update({("GET", path): (200, body) for path, body in routes.items()})
    result = doctor(cloud, *options)
    assert result.exit_code == 2
    assert result.stderr == f"conformance: a run cannot start: {sentence}\n"


FULL = "a run would decide nothing that needs a server"


def test_without_room_for_a_server_a_run_decides_the_rest(cloud):
    cloud.routes["GET", "/v2.1/limits"] = (200, {"limits": {"absolute": {**LIMITS, "totalInstancesUsed": 10}}})
    result = doctor(cloud)
    assert result.exit_code == 2
    assert result.stderr == f"conformance: {FULL}: the limits of the project leave no room for one\n"


def test_it_counts_only_the_cases_that_a_guideline_needs(cloud):
    every, needed = (
        next(line for line in doctor(cloud, *more).stdout.splitlines() if line.startswith("cases"))
        for more in ((), ("--guideline", "scs-iaas"))
    )
    assert 0 < int(needed.split()[1].strip(",")) < int(every.split()[1].strip(",")) / 5


def test_it_says_what_a_guideline_needs_and_whether_there_is_room(cloud):
    lines = doctor(cloud, "--guideline", "scs-iaas").stdout.splitlines()
    summed = lines[lines.index("scs-iaas 1.0.0:") + 1 :]
    assert summed[-1] == "room                  enough, as far as the cloud shows its limits"
    assert summed[0].startswith("needs ")


def test_a_server_that_cannot_be_made_is_told(cloud):
    cloud.routes["POST", "/v2.1/servers"] = (403, {"forbidden": {"code": 403, "message": "Quota exceeded"}})
    result = doctor(cloud, "--boot")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"conformance: {FULL}: ")
    assert "image 'small', flavor 'tiny'" in result.stderr
    assert "Quota exceeded" in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_kind_that_nobody_knows_is_refused(cloud):
    assert "gadget=x cannot be used: --use knows" in doctor(cloud, "--use", "gadget=x").stderr


@pytest.mark.parametrize("use", ["image", "=x", "image=", ""])
def test_what_is_no_pair_is_refused(use):
    with pytest.raises(Trouble, match="is not of the form KIND=NAME"):
        choose({"use": [use]})


def test_one_kind_is_named_once():
    with pytest.raises(Trouble, match="given twice"):
        choose({"use": ["image=a", "image=b"]})


def test_a_name_may_hold_what_separates_and_commas_separate_in_the_environment():
    assert choose({"use": ["image=a=b"]}).use == {"image": "a=b"}
    assert from_environment({"CONFORMANCE_USE": "image=a, flavor=b"}).use == {"image": "a", "flavor": "b"}


@pytest.fixture
def two(cloud, monkeypatch):
    """A cloud of two services, and the lines about them; the second is at an address of the fake, or is lacking."""

    def run(*more, path=None):
        def opened(choices, directory, services):
            assert list(services) == ["compute", "placement"]
            targets = {"compute": Target(url=cloud.url, tokens={Role.MEMBER: "t"})}
            if path is None:
                return Endpoint(targets, lacking={"placement": "the cloud has no placement service"})
            return Endpoint(targets | {"placement": Target(url=cloud.url + path, tokens={Role.MEMBER: "t"})})

        monkeypatch.setattr(plugin_doctor, "open_endpoint", opened)
        more = ("--spec", SPEC, "--service", "placement", *more)
        return CliRunner().invoke(main, ["doctor", "--os-cloud", "mine", *more])

    return run


def test_it_examines_each_service(two):
    result = two()
    assert (result.exit_code, result.stderr) == (0, "")
    compute, _, placement = result.stdout.partition("placement:\n")
    assert compute.startswith("\ncompute:\n")
    assert "A run can start, unless" in compute
    left_out, _, together = placement.partition("\nAll services:\n")
    assert left_out == "left out              the cloud has no placement service\n"
    assert [line.split()[0] for line in together.splitlines()] == ["about", "room"]


def test_2_if_one_of_several_services_cannot_be_tested(two):
    result = two(path="/placement")
    assert result.exit_code == 2
    assert "A run can start, unless" in result.stdout
    assert result.stderr.startswith("conformance: placement: ")


def test_2_for_a_kind_that_none_of_several_services_knows(two):
    result = two("--use", "gadget=x")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--use gadget=... cannot be used: --use knows availability-zone, flavor" in result.stderr


def test_without_a_description_some_lists_show_whether_a_role_is_let_in(tmp_path):
    words = "x requires a scope of ['system'], request was made with project scope."
    with fake_cloud() as fake:
        fake.routes["GET", "/"] = (300, {"versions": [VERSION]})
        fake.default = (500, {"error": {"message": words}})
        target = Target(url=fake.url, tokens={Role.MEMBER: TOKEN})
        session = Session(Settings(target, tmp_path), SPECS, SPECS, lambda _: None)
        assert session.hints == ()
        plugin_doctor._ask_first(session)
        (hint,) = session.hints
        assert hint.startswith("GET /boats and its like want system scope")
        assert {"kind": "scope", "text": hint} in session.notes()
        assert [asked.path for asked in fake.asked].count("/v1/boats") == 1
        session.close()
