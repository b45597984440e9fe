"""Where a reference lies in a directory, and a single document in its reference."""

from __future__ import annotations

from pathlib import Path

import pytest
from reference_files import write

from parsers.errors import NotFoundError
from parsers.layout import find_layout
from parsers.source import open_source


@pytest.mark.parametrize("inner", ["", "api-ref", "api-ref/source"])
def test_a_reference_is_found_from_every_level(tmp_path: Path, inner: str) -> None:
    layout = find_layout(write(tmp_path) / inner)
    assert layout.documents[0].endswith("index.rst")
    if inner != "api-ref":
        assert layout.root.directory == tmp_path.resolve()


def test_a_directory_without_a_reference(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="contains no API reference"):
        find_layout(tmp_path)
    with pytest.raises(NotFoundError, match="the directory does not exist"):
        find_layout(tmp_path / "none")


def test_the_service_comes_from_the_list_of_services(tmp_path: Path) -> None:
    assert find_layout(write(tmp_path)).service is None
    write(tmp_path, {"conf.py": "openstackdocs_repo_name = 'openstack/nova'\n"})
    assert find_layout(tmp_path).service == "compute"


def test_a_document_inside_of_a_reference_finds_its_parameters(tmp_path: Path) -> None:
    layout, given = open_source(str(write(tmp_path) / "api-ref/source/index.rst"))
    assert (layout.documents, layout.bare, given) == (("api-ref/source/index.rst",), False, None)


def test_a_document_alone(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text("T\n=\n\n.. rest_method:: GET /x\n")
    layout, _ = open_source(str(tmp_path / "page.txt"))
    assert layout.bare
    (tmp_path / "page.txt").write_text("T\n=\n")
    with pytest.raises(NotFoundError, match="the document contains no operation"):
        open_source(str(tmp_path / "page.txt"))
    with pytest.raises(NotFoundError, match="the parameter file does not exist"):
        open_source(str(tmp_path / "page.txt"), parameters="none.yaml")
