"""Services that join the sandbox cloud: how they are chosen, addressed and configured."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from conformance.cli import main
from conformance.sandbox.child import SandboxError
from conformance.sandbox.cloud import children, further, running
from conformance.sandbox.cloud.layout import SERVICES, Layout
from conformance.sandbox.cloud.settings import further as settings

PORTS = {service.name: 5000 + number for number, service in enumerate((*SERVICES, *further.FURTHER))}


@pytest.fixture
def layout(tmp_path):
    etc = tmp_path / "installed"
    for service, name in settings.PASTE.items():
        (etc / service).mkdir(parents=True)
        (etc / service / name).write_text("[app:main]\n")
    return further.Extended(root=tmp_path, logs=tmp_path, ports=PORTS, password="word", etc=etc)


def test_services_are_named_by_their_types_and_once():
    assert [one.name for one in further.named(["key-manager", "baremetal", "key-manager"])] == ["barbican", "ironic"]
    assert running.joining(["compute", "baremetal"]) == ["baremetal"]
    assert running.release("shared-file-system") == "manila 23.0.1"
    with pytest.raises(
        SandboxError, match="the sandbox cloud has no service compute; those that can join are baremetal"
    ):
        further.named(["compute"])


def test_the_option_needs_the_cloud():
    done = CliRunner().invoke(main, ["sandbox", "--with", "baremetal"])
    assert (done.exit_code, "--with needs --cloud: add --cloud, or leave --with out" in done.output) == (2, True)


def test_the_environment_has_the_joining_services_and_the_constraints_of_the_six():
    plan = further.plan()
    assert {f"{one.distribution}=={one.release}" for one in further.FURTHER} <= set(plan.packages)
    assert {"sqlalchemy==", "sushy=="} <= {line.split("==")[0] + "==" for line in (plan.constraints or "").split()}


def test_the_url_of_a_joining_service_has_its_path(layout):
    assert layout.url("manila") == f"http://127.0.0.1:{PORTS['manila']}/v2"
    assert layout.url("keystone") == f"http://127.0.0.1:{PORTS['keystone']}/v3"


@pytest.mark.parametrize("service", further.FURTHER, ids=lambda one: one.type)
def test_each_has_a_configuration_that_names_its_type_and_database(service, layout):
    sections = settings.sections(layout, service)
    assert sections["keystone_authtoken"]["service_type"] == service.type
    assert str(layout.database(service.name)) in str(sections["database"]["connection"])
    settings.write(layout, service)
    folder = layout.configuration(service.name)
    assert {path.name for path in folder.iterdir()} == {
        f"{service.name}.conf",
        *settings.PASTE.get(service.name, "").split(),
    }


def test_credentials_that_a_service_defines_itself_stand_in_another_section(layout):
    sections = settings.sections(layout, further.BY_TYPE["shared-file-system"])
    assert "auth_url" not in sections["keystone_authtoken"]
    assert sections[str(sections["keystone_authtoken"]["auth_section"])]["username"] == "manila"


def test_quotas_are_roomy_unless_the_cloud_is_as_installed(layout):
    as_installed = further.Extended(**{**vars(layout), "as_installed": True})
    service = further.BY_TYPE["shared-file-system"]
    assert settings.sections(layout, service)["quota"]
    assert not settings.sections(as_installed, service)["quota"]


def test_a_taken_port_is_refused_in_one_sentence():
    with children.listener(0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SandboxError, match=f"cannot listen on 127.0.0.1:{port}: Address already in use; choose"):
            children.listener(port)


def test_a_layout_of_the_six_knows_no_other(tmp_path):
    plain = Layout(root=tmp_path, logs=tmp_path, ports=PORTS, password="word", etc=Path("/etc"))
    with pytest.raises(KeyError):
        plain.url("manila")
