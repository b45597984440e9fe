"""What the sandbox cloud writes down: the plan of its environment, configurations, clouds.yaml, kept content."""

from __future__ import annotations

import configparser
import json
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement

from conformance.sandbox.child import SandboxError
from conformance.sandbox.cloud import clouds_file, environment, settings, store
from conformance.sandbox.cloud.children import listen
from conformance.sandbox.cloud.contents import USERS
from conformance.sandbox.cloud.layout import SERVICES, Layout
from conformance.sandbox.cloud.settings.compute import RICHER


def layout_in(folder: Path, **changed) -> Layout:
    ports = {service.name: 20000 + number for number, service in enumerate(SERVICES)}
    layout = Layout(folder, folder / "log", ports, "pa$$word", folder / "shipped")
    return replace(layout, **changed)


def read(text: str) -> configparser.ConfigParser:
    # oslo.config's [DEFAULT] is a section like any other.
    found = configparser.ConfigParser(default_section="none", interpolation=None, strict=True)
    found.read_string(text)
    return found


def configuration(layout: Layout, service: str) -> configparser.ConfigParser:
    name = "glance-api" if service == "glance" else service
    return read(settings.files(layout)[layout.configuration(service) / f"{name}.conf"])


# The environment.


def test_every_release_is_one_that_the_constraints_pin():
    pinned = {
        Requirement(line).name: Requirement(line)
        for line in environment.CONSTRAINTS.read_text().splitlines()
        if not line.startswith("#")
    }
    for service in SERVICES:
        assert str(pinned[service.distribution].specifier) == f"=={service.release}"
    assert environment.SERVER in pinned
    assert all(str(one.specifier).startswith("==") for one in pinned.values())


class Installer:
    """Stands for pip, and notes what it is asked."""

    def __init__(self, fails: str = "") -> None:
        self.fails = fails
        self.installs: list[list[str]] = []
        self.constraints = ""

    def __call__(self, command):
        if command[0] == "uv":
            raise FileNotFoundError("uv")
        if "venv" in command:
            made = Path(command[-1]) / "bin" / "python"
            made.parent.mkdir(parents=True)
            made.touch()
        if "install" in command:
            self.installs.append(command)
            self.constraints = Path(command[command.index("--constraint") + 1]).read_text()
            return subprocess.CompletedProcess(command, 1 if self.fails else 0, "", self.fails)
        return subprocess.CompletedProcess(command, 0, "", "")


def test_pip_is_enough_and_is_held_to_the_constraints(tmp_path):
    run, told = Installer(), []
    python = environment.interpreter(where=tmp_path, run=run, tell=told.append)
    assert python.exists()
    assert {"nova==34.0.0", "keystone==30.0.0", "waitress"} <= set(run.installs[0])
    assert run.constraints == environment.CONSTRAINTS.read_text()
    assert len(told) == 1
    again = Installer()
    assert environment.interpreter(where=tmp_path, run=again) == python
    assert again.installs == []


def test_other_constraints_make_another_environment(tmp_path, monkeypatch):
    environment.interpreter(where=tmp_path, run=Installer())
    other = tmp_path / "other.txt"
    other.write_text(environment.CONSTRAINTS.read_text() + "\n")
    monkeypatch.setattr(environment, "CONSTRAINTS", other)
    run = Installer()
    environment.interpreter(where=tmp_path, run=run)
    assert run.installs


def test_a_library_that_is_not_there_is_named(tmp_path):
    run = Installer(fails="ERROR: No matching distribution found for oslo.log==8.3.2")
    with pytest.raises(SandboxError) as error:
        environment.interpreter(where=tmp_path, run=run)
    assert str(error.value) == (
        "the sandbox of OpenStack 2026.2 cannot be made: ERROR: No matching distribution found for oslo.log==8.3.2"
    )


# Configurations.


def test_every_service_has_its_files(tmp_path):
    written = {path.relative_to(tmp_path).as_posix() for path in settings.files(layout_in(tmp_path))}
    assert {f"etc/{name}/{name}.conf" for name in ("keystone", "placement", "cinder", "neutron", "nova")} <= written
    assert {"etc/glance/glance-api.conf", "etc/neutron/plugins/ml2/ml2_conf.ini", "etc/nova/policy.json"} <= written


@pytest.mark.parametrize("service", [service.name for service in SERVICES])
def test_nothing_listens_but_the_service_and_nothing_ends_by_the_clock(tmp_path, service):
    found = configuration(layout_in(tmp_path), service)
    assert found["DEFAULT"]["transport_url"] == "fake://"
    databases = [name for name in found.sections() if "connection" in found[name]]
    assert "database" in databases
    for name in databases:
        assert found[name]["connection"].startswith(f"sqlite:///{tmp_path}/state/")
        assert found[name]["connection_recycle_time"] == "-1"


@pytest.mark.parametrize("service", [s.name for s in SERVICES if s.name != "keystone"])
def test_tokens_are_checked_by_keystone(tmp_path, service):
    layout = layout_in(tmp_path)
    found = configuration(layout, service)["keystone_authtoken"]
    assert found["auth_url"] == layout.url("keystone") == "http://127.0.0.1:20000/v3"
    assert (found["username"], found["project_name"]) == (service, "service")
    # A dollar begins the name of an option.
    assert found["password"] == "pa$$$$word"


def test_the_two_forms(tmp_path):
    layout = layout_in(tmp_path)
    richer = configuration(layout, "nova")
    assert richer["DEFAULT"]["shelved_offload_time"] == "-1"
    assert int(richer["DEFAULT"]["reclaim_instance_interval"]) > 24 * 3600
    plain = configuration(replace(layout, as_installed=True), "nova")
    for section, options in RICHER.items():
        assert not set(options) & set(plain[section] if plain.has_section(section) else ())
    assert "oslo_policy" not in plain
    assert not dict(configuration(replace(layout, as_installed=True), "neutron")["quotas"])


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), st.text("ab$c %#=:;[]\"'", max_size=12)))
def test_what_is_written_is_what_is_read(options):
    text = settings.render({"DEFAULT": options})
    assert {name: value.replace("$$", "$") for name, value in read(text)["DEFAULT"].items()} == {
        name: value.strip() for name, value in options.items()
    }


# clouds.yaml.


def test_clouds_yaml_has_every_role(tmp_path):
    layout = layout_in(tmp_path)
    clouds = yaml.safe_load(clouds_file.text(clouds_file.clouds(layout)))["clouds"]
    assert {"member", "admin", "reader", "alt", "visitor"} <= set(clouds)
    assert clouds["member"]["auth"]["project_name"] == clouds["reader"]["auth"]["project_name"]
    assert clouds["alt"]["auth"]["project_name"] != clouds["member"]["auth"]["project_name"]
    assert clouds["system"]["auth"]["system_scope"] == "all"
    assert {one["auth"]["auth_url"] for one in clouds.values()} == {layout.url("keystone")}
    assert {one["auth"]["password"] for one in clouds.values()} == {"pa$$word"}


def test_no_two_users_have_the_same_rights():
    assert len(set(USERS.values())) == len(USERS)


# Ports.


def test_ports_are_free_ones_and_are_held():
    first, second = listen(), listen()
    try:
        ports = [one.getsockname()[1] for one in (*first.values(), *second.values())]
        assert len(set(ports)) == 2 * len(SERVICES)
        with pytest.raises(SandboxError, match=r"cannot listen on 127\.0\.0\.1:\d+: Address already in use; choose"):
            listen(ports[0])
    finally:
        for one in (*first.values(), *second.values()):
            one.close()


# Kept content.


@pytest.fixture
def made(tmp_path) -> Layout:
    """The content of a new cloud, as far as a copy changes it."""
    layout = layout_in(tmp_path / "made")
    (layout.state / "files" / "glance").mkdir(parents=True)
    (layout.state / "files" / "glance" / "image").write_text("bytes")
    tables = {
        "keystone": "service (id, type); CREATE TABLE endpoint (service_id, url)",
        "glance": "image_locations (value)",
        "nova_api": "cell_mappings (database_connection)",
        "nova": "services (created_at, updated_at, last_seen_up, host, binary, topic, report_count, disabled, deleted,"
        " forced_down, version, uuid)",
    }
    for service in SERVICES:
        for name in service.databases:
            with closing(sqlite3.connect(layout.database(name))) as database:
                database.executescript(f"CREATE TABLE {tables.get(name, 'some (x)')}")
    execute(
        layout.database("keystone"),
        *(f"INSERT INTO service VALUES ('{one.type}', '{one.type}')" for one in SERVICES),
        *(f"INSERT INTO endpoint VALUES ('{one.type}', '{layout.url(one.name)}')" for one in SERVICES),
    )
    execute(layout.database("glance"), f"INSERT INTO image_locations VALUES ('file://{layout.root}/x')")
    execute(layout.database("nova_api"), f"INSERT INTO cell_mappings VALUES ('sqlite:///{layout.root}/y')")
    execute(layout.database("nova"), "INSERT INTO services (host, version) VALUES ('host1', 70)")
    return layout


def execute(path: Path, *statements: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as database, database:
        return [row for one in statements for row in database.execute(one).fetchall()]


def test_a_copy_has_the_folder_and_the_ports_of_its_cloud(made, tmp_path):
    store.keep(made, tmp_path / "kept")
    kept = store.read(tmp_path / "kept")
    assert kept is not None
    # Each port is the old one of another service.
    ports = {one.name: 20000 + (number + 1) % len(SERVICES) for number, one in enumerate(SERVICES)}
    layout = layout_in(tmp_path / "copy", ports=ports, password=kept.password)
    store.use(kept, tmp_path / "kept", layout)
    found = dict(execute(layout.database("keystone"), "SELECT service_id, url FROM endpoint"))
    assert found == {one.type: layout.url(one.name) for one in SERVICES}
    for name, statement in (
        ("glance", "SELECT value FROM image_locations"),
        ("nova_api", "SELECT database_connection FROM cell_mappings"),
    ):
        ((value,),) = execute(layout.database(name), statement)
        assert str(layout.root) in str(value)
    assert (layout.state / "files" / "glance" / "image").read_text() == "bytes"
    assert kept.password == "pa$$word"


def test_retired_services_stand_beside_those_that_run(made):
    store.add_retired_services(made)
    shown = "host, version, uuid, updated_at"  # they have reported once
    rows = execute(made.database("nova"), f"SELECT {shown} FROM services WHERE host LIKE 'retired%'")
    assert len(rows) == store.RETIRED == len({row[2] for row in rows})
    assert {row[1] for row in rows} == {70}
    assert all(row[3] for row in rows)


def test_what_other_code_has_made_is_not_used(made, tmp_path, monkeypatch):
    store.keep(made, tmp_path / "kept")
    monkeypatch.setattr(store, "fingerprint", lambda: "another")
    assert store.read(tmp_path / "kept") is None


@pytest.mark.parametrize("left", [None, "", "{", "{}", json.dumps({"fingerprint": "x"})])
def test_what_is_not_whole_is_not_used(tmp_path, left):
    (tmp_path / "kept").mkdir()
    if left is not None:
        (tmp_path / "kept" / "cloud.json").write_text(left)
    assert store.read(tmp_path / "kept") is None


def test_keeping_replaces_what_was_kept_before(made, tmp_path):
    store.keep(made, tmp_path / "kept")
    (tmp_path / "kept" / "old").touch()
    store.keep(made, tmp_path / "kept")
    assert not (tmp_path / "kept" / "old").exists()
