"""The page of sentences: every message of an error of the project, once, with braces for its changing parts."""

from sentence_list import AREAS, sentences

SOURCE = """
raise Trouble("nothing was selected: give another -k")
raise Trouble(f"{path} cannot be read: {error.strerror or error}" f" ({self.count} tries)")
raise EndpointError("one: " + f"{name} is no URL")
raise EndpointError(f"{url}")
raise ValueError("an error of the interpreter is none")
raise Trouble(str(error))
raise Trouble("nothing was selected: give another -k")
"""


def test_messages_are_read_from_the_source(tmp_path):
    (tmp_path / "conformance" / "plugin").mkdir(parents=True)
    (tmp_path / "conformance" / "plugin" / "choices.py").write_text(SOURCE)
    assert sentences(tmp_path) == {
        "Options": [
            "nothing was selected: give another -k",
            "{path} cannot be read: {...} ({count} tries)",
            "one: {name} is no URL",
        ]
    }


def test_every_area_has_sentences():
    found = sentences()
    assert list(found) == list(AREAS)
    assert sum(map(len, found.values())) > 100
    assert all(one == " ".join(one.split()) for those in found.values() for one in those)
