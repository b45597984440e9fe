"""The wheel: all packages and data, nothing else, and it works beside somebody else's folders of the same names."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from checkout import ROOT

ROOMS = ("conformance", "parsers", "reports", "specs")

pytestmark = pytest.mark.slow  # a wheel is built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from the checkout as it is."""
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)],
        check=True,
        capture_output=True,
    )
    return next(out.glob("*.whl"))


def test_holds_every_package_and_no_test(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    top = {name.partition("/")[0] for name in names if ".dist-info/" not in name}
    assert top == set(ROOMS)
    for room in ROOMS:
        for source in (ROOT / room).rglob("*.py"):
            assert source.relative_to(ROOT).as_posix() in names, f"add the package of {source} to pyproject.toml"


def test_holds_the_data(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for pattern in (
        "specs/compute/*.yaml",
        "specs/block-storage/*.yaml",
        "specs/identity/*.yaml",
        "specs/image/*.yaml",
        "specs/network/*.yaml",
        "specs/placement/*.yaml",
        "specs/schemas/*.json",
        "conformance/sandbox/cloud/constraints.txt",
        "conformance/guidelines/*.yaml",
        "conformance/services/**/*.yaml",
        "conformance/services/*.json",
        "parsers/prose/*.yaml",
        "reports/templates/*",
    ):
        found = [path for path in ROOT.glob(pattern) if path.is_file()]
        assert found
        assert {path.relative_to(ROOT).as_posix() for path in found} <= names


def test_works_in_a_folder_with_other_specs_and_reports(wheel: Path, tmp_path: Path) -> None:
    installed, folder = tmp_path / "installed", tmp_path / "folder"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    for name in ("specs", "reports"):
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").write_text("raise RuntimeError('somebody else')\n")
    (folder / "specs" / "other.yaml").write_text("not: ours\n")
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    code = "from conformance.cli import main; main()"
    program = ["-P", "-c", code, "list", "--operation", "servers-actions.lock"]
    done = subprocess.run(
        [sys.executable, *program], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "servers-actions.lock/normal/202" in done.stdout
    where = subprocess.run(
        [sys.executable, "-P", "-c", "import specs; print(specs.__file__)"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert where.stdout.startswith(str(installed))
