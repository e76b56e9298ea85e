"""What is installed works away from the checkout: templates, static files, migrations and stories come along."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built here and unpacked somewhere else."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def _run(installed: Path, data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    code = f"import sys; sys.argv = ['cop', *{list(arguments)!r}]; from cop.start import main; main()"
    environ = os.environ | {"PYTHONPATH": str(installed), "COP_DATA": str(data)}
    return subprocess.run(
        [sys.executable, "-P", "-c", code], env=environ, cwd=data.parent, capture_output=True, text=True, timeout=120
    )


def test_the_installed_package_makes_its_tables_and_finds_itself_healthy(installed: Path, tmp_path: Path) -> None:
    begun = _run(installed, tmp_path / "data", "init")
    checked = _run(installed, tmp_path / "data", "check")

    assert begun.returncode == 0, begun.stderr
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_installed_package_answers_with_a_page(installed: Path, tmp_path: Path) -> None:
    _run(installed, tmp_path / "data", "init")
    code = (
        "import cop; from cop.app import create_app; from pathlib import Path;"
        "answer = create_app().test_client().get('/', base_url='http://127.0.0.1:8000');"
        "print(answer.status_code, Path(cop.__file__).parent, 'No administrator yet' in answer.text)"
    )
    environ = os.environ | {"PYTHONPATH": str(installed), "COP_DATA": str(tmp_path / "data")}
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], env=environ, cwd=tmp_path, capture_output=True, text=True, timeout=120
    )

    assert done.stdout.split() == ["200", str(installed / "cop"), "True"], done.stderr
