"""Secrets: where they may be given, where they never stand."""

import pytest

from conformance.engine.cloud.redact import masked
from conformance.engine.cloud.roles import Role
from conformance.plugin.choices import choose, from_environment, with_tokens
from conformance.plugin.trouble import Trouble, shown

pytest_plugins = ["pytester", "plugin_project"]
pytestmark = pytest.mark.slow  # each runs a session of pytest

URL = "http://127.0.0.1:9/v2.1"
LOCK = "servers-actions.lock/normal"


@pytest.mark.parametrize(
    "url",
    [
        "http://user:hunter22@127.0.0.1:9/v2.1",
        "https://user@cloud.example",
        "user:hunter22@cloud.example",
        "http:/user:hunter22@cloud.example",
    ],
)
def test_a_user_in_the_url_is_refused_and_not_repeated(project, url):
    result = project.refused("--url", url, "--token", "x", endpoint=())
    assert result.ret == 2
    assert len(result.errlines) == 1
    result.stderr.fnmatch_lines(["conformance: --url holds an @, *CONFORMANCE_TOKEN*"])
    assert "hunter22" not in result.stderr.str() + result.stdout.str()
    assert not (project.path / "runs").exists()


def test_tokens_come_from_the_environment(project, monkeypatch):
    monkeypatch.setenv("CONFORMANCE_TOKEN", "the-members-token")
    monkeypatch.setenv("CONFORMANCE_ADMIN_TOKEN", "the-admins-token")
    assert project.run("-k", LOCK, endpoint=("--url", URL)).ret == 0
    assert "token" not in project.record.info.options


def test_a_token_of_the_environment_counts_with_a_url_only():
    environment = {"CONFORMANCE_TOKEN": "t", "CONFORMANCE_READER_TOKEN": "r"}
    assert choose(with_tokens({"os-cloud": "mine"}, environment)).tokens == {}
    assert choose(with_tokens({}, environment)).sandbox
    chosen = choose(with_tokens({"url": URL, "reader-token": "given"}, environment))
    assert chosen.tokens == {Role.MEMBER: "t", Role.READER: "given"}
    assert from_environment({"CONFORMANCE_URL": URL, **environment}).tokens[Role.READER] == "r"


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("CONFORMANCE_OS_CLOUD", "CONFORMANCE_CLOUD"),
        ("CONFORMANCE_OS_CLOUD_ADMIN", "CONFORMANCE_CLOUD_ADMIN"),
        ("CONFORMANCE_ALOW_DISRUPTIVE", "CONFORMANCE_ALLOW_DISRUPTIVE"),
    ],
)
def test_a_variable_that_is_none_does_not_turn_a_run_to_the_sandbox(variable, meant):
    with pytest.raises(
        Trouble, match=f"^{variable} is no variable of this suite: {meant} is; set that one, or unset both$"
    ):
        from_environment({variable: "mine"})


def test_variables_of_others_are_left_alone():
    beside = {
        "CONFORMANCE_SPEC": "x",
        **{f"CONFORMANCE_{one}": "theirs" for one in ("TESTS_IMAGE", "DIR", "HOME", "IMAGE", "LOG", "CI", "MODE")},
        "CONFORMANCE_READONLY": "1",
        "CONFORMANCE_TRACEBACK": "1",
        "OS_CLOUD": "mine",
    }
    assert from_environment(beside).sandbox


def test_a_token_in_a_file(tmp_path):
    file = tmp_path / "token"
    file.write_text("gAAAA-secret\n")
    chosen = choose({"url": URL, "token": f"@{file}"})
    assert chosen.tokens == {Role.MEMBER: "gAAAA-secret"}
    assert "gAAAA-secret" not in repr(chosen)
    assert f"@{file}" not in str(chosen.given)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "--token: .* cannot be read: No such file or directory"),
        (b"", "--token is not a token: a token is one line of visible characters"),
        (b"one\ntwo\n", "--token is not a token"),
        (b"a\x1bb", "--token is not a token"),
        (b"\xff\xfe", "--token: .* is not a text file: a token is one line"),
    ],
)
def test_a_file_that_holds_no_token(tmp_path, content, sentence):
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(Trouble, match=sentence) as caught:
        choose({"url": URL, "token": f"@{file}"})
    assert "two" not in str(caught.value)


def test_no_token_is_needed_for_a_plan(project):
    result = project.run("--dry-run", endpoint=("--url", URL))
    assert result.ret == 0
    result.stdout.fnmatch_lines(["*cases in * trials*"])
    with pytest.raises(
        Trouble, match="needs the token of a member of a project: give it in CONFORMANCE_TOKEN, or with"
    ):
        choose({"url": URL})


def test_a_secret_that_was_given_is_in_no_sentence():
    choose({"url": URL, "token": "a-token-that-was-given"})
    assert shown("401: a-token-that-was-given\nis wrong") == "401: *** is wrong"
    assert shown("see http://user:hunter22@proxy.example/x") == "see http://user:***@proxy.example/x"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("wrong password 'pw' for pwned", "wrong password '***' for pwned"),
        ("no: a+b/c%", "no: ***"),
        ("no: a%2Bb%2Fc%25", "no: ***"),
        ("nothing", "nothing"),
    ],
)
def test_a_password_that_an_identity_service_repeats_is_masked_however_short(text, said):
    assert masked(text, ["pw", "a+b/c%", ""]) == said


def test_a_command_to_try_again_holds_no_token(project):
    project.decide_parts({project.matching(LOCK)[0]: "fail"})
    result = project.run("-k", LOCK)
    assert result.ret == 1
    result.stdout.fnmatch_lines(["Try again    conformance run -k * --url http://127.0.0.1:9/v2.1 *"])
    assert "a-secret" not in result.stdout.str()
