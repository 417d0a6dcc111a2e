"""The image `permissions`: what can be said without building it, and its program's own tests where there is Go."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from cells.images import contract, openfga, placeholder
from constructs_lib.specs.permission_service import OPENFGA

FOLDER = Path(openfga.__file__).parent
SET_BY_ECS = {"AWS_REGION"}
SET_BY_THE_TASK = {"CELL", "PORT", "DATABASE_HOST", "DATABASE_NAME", "DATABASE_USER", "PERMISSIONS_KEY_ARN", *OPENFGA}


def source(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def test_the_program_needs_no_variable_that_the_task_does_not_have() -> None:
    needed = set(re.findall(r'^\t\t"([A-Z_]+)": +&found', source("main.go"), re.MULTILINE))

    assert "PERMISSIONS_KEY_ARN" in needed
    assert needed - SET_BY_ECS <= SET_BY_THE_TASK


def test_the_first_openfga_listens_where_the_task_says() -> None:
    assert f'{{"{OPENFGA["OPENFGA_HTTP_ADDR"]}", "{OPENFGA["OPENFGA_GRPC_ADDR"]}"}}' in source("server.go")


def test_the_program_answers_on_the_path_that_the_load_balancer_asks() -> None:
    assert f'"GET {contract.HEALTH_PATH}"' in source("server.go")


def test_the_image_runs_as_the_user_of_all_containers_with_the_health_check_of_ecs() -> None:
    text = source("Dockerfile")

    assert f"USER {contract.USER}" in text
    assert f"/image/bin/{contract.API_HEALTH_COMMAND[1]}" in text


def test_nothing_in_the_image_has_a_tag_that_moves() -> None:
    text = source("Dockerfile")

    assert re.findall(r"^FROM (\S+)", text, re.MULTILINE) == ["${GO}", "${OPENFGA}"]
    assert re.findall(r"^ADD (\S+)", text, re.MULTILINE) == ["--checksum=${AUTHORITIES}"]


def test_the_program_finds_the_authorities_where_the_image_has_them() -> None:
    (path,) = re.findall(r'authorities += "(\S+)"', source("database.go"))

    assert f" {path}\n" in source("Dockerfile")


def test_its_certificate_is_made_as_that_of_the_placeholder() -> None:
    theirs = Path(placeholder.__file__).parent / "certificate.go"

    assert source("certificate.go") == theirs.read_text(encoding="utf-8")


@pytest.mark.skipif("PLACEHOLDER_GO" not in os.environ, reason="PLACEHOLDER_GO does not name a Go compiler")
@pytest.mark.parametrize("command", ["vet", "test"])
def test_the_program_passes_its_own_tests(command: str) -> None:
    go = shutil.which(os.environ["PLACEHOLDER_GO"])
    assert go is not None
    settings = {"GOPROXY": "off", "GOTOOLCHAIN": "local", "CGO_ENABLED": "0"}
    done = subprocess.run(
        [str(Path(go).absolute()), command, "./..."], cwd=FOLDER, env={**os.environ, **settings}, capture_output=True
    )

    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
