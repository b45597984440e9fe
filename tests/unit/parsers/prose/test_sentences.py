"""Where sentences end, and what the words of a sentence are."""

import time

import pytest
from prose_forms import read, row, within

from parsers.document import Block
from parsers.prose.clauses import environment, refusal, version_range, without_versions
from parsers.prose.descriptions import blocks_of
from parsers.prose.rules import resources_of
from parsers.prose.sentences import in_blocks, split
from parsers.prose.words import attribute, last_noun, normalised, noun, singular, values


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Grows a share. Changes its size.", 2),
        ("Set ``share.size. Now`` to a value. It grows.", 2),
        ("Use a newer version, e.g. 2.10 or later. It works.", 2),
        ("Before 2.10 it was 2.9. Later it is 2.11.", 2),
        ("See https://example.org/a.html. It says more.", 2),
        ("Pools, shares, etc. are kept", 1),
        ("Pools, shares, etc. They are kept.", 2),
        ("It ends (here.) Another begins.", 2),
        ("It is said i.e. `Not an end`", 1),
        ("Really? Yes! Good.", 3),
        ("no capital follows. so it is one", 1),
        ("It is ``ACTIVE``. ``ERROR`` is another.", 2),
        ("", 0),
    ],
)
def test_split(text, count):
    assert len(split(text)) == count


def test_split_keeps_every_word_and_drops_invisible_characters():
    assert split("One\n  two.\nThree ``GET /a/\u200b{b}``.") == ("One two.", "Three ``GET /a/{b}``.")


def test_a_sentence_with_a_colon_carries_the_list_below():
    blocks = (
        Block("It is so. One of:", 1),
        Block("``A``", 2, "item", parent=0, depth=1),
        Block("``B``", 3, "item", parent=0, depth=1),
        Block("Other.", 4),
    )
    found = in_blocks(blocks)
    assert [len(s.items) for s in found] == [0, 2, 0, 0, 0]
    assert [(s.first, s.last) for s in found[:2]] == [(True, False), (False, True)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("``A``, ``B`` or ``C``", ["A", "B", "C"]),
        ("``A``, ``B``, or ``C``", ["A", "B", "C"]),
        ("ACTIVE, PAUSED and SHUTOFF", ["ACTIVE", "PAUSED", "SHUTOFF"]),
        ("``in-use`` and/or ``error_deleting``", ["in-use", "error_deleting"]),
        ("'up' or \"down\"", ["up", "down"]),
        ("**online** or `offline`", ["online", "offline"]),
        ("no value", []),
    ],
)
def test_values(text, found):
    assert [v.text for v in values(text)] == found


def test_a_note_qualifies_a_value():
    assert [(v.text, v.note) for v in values("``A`` or ``B`` (only for thin shares)")] == [
        ("A", None),
        ("B", "only for thin shares"),
    ]


def test_statuses_are_normalised_and_kept_as_written():
    assert normalised(("ACTIVE", "STOPPED")) == (("ACTIVE", "SHUTOFF"), ("ACTIVE", "STOPPED"))
    assert normalised(("available",)) == (("available",), ())


@pytest.mark.parametrize(
    ("phrase", "name"),
    [
        ("the newly created images", "image"),
        ("its share network subnets", "share network subnet"),
        ("a share", "share"),
        ("The parent load balancer", "load balancer"),
        ("the weather", None),
        ("backup policies", None),
    ],
)
def test_noun(phrase, name):
    assert noun(phrase) == name


def test_the_last_noun_of_a_phrase():
    assert last_noun("add an image to the share quickly") == "share"
    assert last_noun("do it") is None


def test_singular():
    assert [singular(w) for w in ("policies", "shares", "boxes", "status", "class")] == [
        "policy", "share", "box", "status", "class",
    ]  # fmt: skip


def test_attribute():
    assert attribute("status") is None
    assert attribute("power state") == "power_state"
    assert attribute("``OS-X:task``") == "OS-X:task"


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/shares/{share_id}/action", ("share",)),
        ("/v2/{project_id}/share-networks/{id}", ("share network",)),
        ("/servers/{server_id}/os-volume_attachments", ("server", "volume attachment")),
        ("/images/{image_id}/file", ("image",)),
        ("/backups/detail", ("backup",)),
        ("/", ("resource",)),
    ],
)
def test_resources_of_a_path(path, names):
    assert resources_of(path) == names


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("Starting with microversion 3.5, it is kept.", ("3.5", None)),
        ("Starting from the version 3.5 it is kept.", ("3.5", None)),
        ("As of ``microversion 3.5``, it is kept.", ("3.5", None)),
        ("From v3.5 it is kept.", ("3.5", None)),
        ("Since API version 3.5 it is kept.", ("3.5", None)),
        ("Up to microversion 3.5 it is kept.", (None, "3.5")),
        ("Before microversion 3.5 it is kept.", (None, "3.4")),
        ("Until microversion 3.5, it is kept.", (None, "3.4")),
        ("Prior to version 3.5 it is kept.", (None, "3.4")),
        ("For microversion < 3.5, it is kept.", (None, "3.4")),
        ("For microversion <= 3.5, it is kept.", (None, "3.5")),
        ("With microversion 3.5 or greater, it is kept.", ("3.5", None)),
        ("Requests with microversion >= 3.5 are kept.", ("3.5", None)),
        ("For microversions from 3.5 to 3.10 it is kept.", ("3.5", "3.10")),
        ("Before version 3.0 it is kept.", (None, None)),
        ("It is kept.", None),
        ("Since 3.5 one, since 3.7 another.", None),
    ],
)
def test_version_range(text, bounds):
    assert version_range(text) == bounds


def test_version_numbers_are_numbers():
    assert version_range("Before microversion 2.10 it is kept.") == (None, "2.9")
    assert version_range("Up to microversion 2.100 it is kept.") == (None, "2.100")


def test_without_versions():
    assert without_versions("Prior to version 3.5 the share is kept (since version 3.1).") == "the share is kept."


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("It must be so, otherwise an HTTP 409 conflict is returned.", 409),
        ("It must be so, or a notFound(404) error will be returned.", 404),
        ("A 409 is returned if it is so.", None),
        ("It must be 400 bytes or more.", None),
    ],
)
def test_refusal(text, code):
    assert refusal(text) == code


@pytest.mark.parametrize(
    ("text", "trait"),
    [
        ("volume-backed servers", "volume-backed"),
        ("you boot the server from volumes", "volume-backed"),
        ("you set the ``grow_delay`` option to 0", "grow_delay"),
        ("you set a size", None),
    ],
)
def test_environment(text, trait):
    assert environment(text) == trait


def test_blocks_of_a_description():
    found = blocks_of(
        "Kind of share. One of:\n- ``a``\n- ``b``,\n  the other\n\n.. note:: Mind it.\n\nLast::\n\n  code\n\nEnd.", 7
    )
    assert [(b.kind, b.text, b.line) for b in found] == [
        ("paragraph", "Kind of share. One of:", 7),
        ("item", "``a``", 8),
        ("item", "``b``,\nthe other", 9),
        ("admonition:note", "Mind it.", 12),
        ("paragraph", "Last:", 14),
        ("paragraph", "End.", 18),
    ]
    assert [b.parent for b in found] == [None, 0, 0, None, None, None]


def test_a_dash_within_a_paragraph_is_no_item():
    assert [b.kind for b in blocks_of("A share\n- or so -\nis kept")] == ["paragraph"]


@pytest.mark.parametrize(
    "text",
    [
        "a" * 300_000,
        "``A``, " * 40_000,
        "It is. " * 8_000,
        "The the " * 40_000,
        "`" * 100_000,
        "must be " * 50_000,
        "1.2 " * 50_000,
    ],
)
def test_hostile_texts_take_bounded_time(text):
    started = time.process_time()
    read(text, within("preconditions", text, 20), rows=(row("a", text),))
    assert time.process_time() - started < 5
