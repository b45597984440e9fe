"""Lists of a real Nova: pages, orders and filters are decided, and only what is known of this release fails."""

import subprocess
import sys
from collections import Counter
from importlib import metadata

import pytest

from conformance.plugin.expected import expected_of
from specs.record import RunRecord

SELECTION = "/list/ and (servers.list-servers/ or flavors.list-flavors or os-keypairs or os-instance-actions or os-ser)"


@pytest.fixture(scope="module")
def record(tmp_path_factory, sandbox):
    path = tmp_path_factory.mktemp("lists")
    command = [sys.executable, "-m", "conformance", "run", "-k", SELECTION, f"--url={sandbox.url}", "--default-policy"]
    roles = {"": "member", "admin-": "admin", "reader-": "reader", "alt-": "member2"}
    command += [f"--{option}token={sandbox.tokens[role]}" for option, role in roles.items()]
    done = subprocess.run(command, cwd=path, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return RunRecord.read(path / "runs" / "latest")


def test_pages_orders_and_filters_are_decided(record):
    verdicts = {result.case: result.verdict for result in record.results}
    assert len(verdicts) > 80
    assert not {"inconclusive", "error"} & set(verdicts.values())
    for case in (
        "servers.list-servers/list/limit",
        "servers.list-servers/list/limit[next]",
        "servers.list-servers/list/marker",
        "servers.list-servers/list/name",
        "servers.list-servers/list/not-tags",
        "servers.list-servers/list/sort_key[display_name]",
        "flavors.list-flavors-with-details/list/minRam",
        "os-instance-actions.list-actions-for-server/list/marker",
        "os-keypairs.list-keypairs/list/limit[next]",
        "os-server-groups.list-server-groups/list/offset",
        "os-services.list-compute-services/list/binary",
    ):
        assert verdicts[case] == "pass", case
    assert Counter(verdicts.values())["pass"] > 50


def test_nothing_fails_that_is_not_known(record):
    known = expected_of("nova", metadata.version("nova"))
    if known is None:
        pytest.skip("nobody has examined this release")
    failed = {result.deviation.id for result in record.results if result.deviation is not None}
    assert failed <= set(known.by_id)


def test_what_was_made_to_be_listed_is_removed(record):
    assert not [note for note in record.info.notes if note["kind"] == "left-behind"]


def test_the_tried_request_stands_before_the_controls(record):
    for result in record.results:
        if result.case == "servers.list-servers/list/limit":
            assert "limit=1" in result.exchanges[0].request.url
            assert [one.request.url for one in result.exchanges[1:] if "limit=" not in one.request.url]
            return
    pytest.fail("the case was not tried")
