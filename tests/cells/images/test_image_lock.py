"""The image lock: what it reads, what it refuses and what it writes."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cells.images.lock import ImageLock, load_lock, lock_path, write_lock
from cells.images.placeholder import PLACEHOLDER_DIGEST
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.identity import Environment
from constructs_lib.specs.image import CONTAINERS, Container, repository_name

A = "sha256:" + "a" * 64
B = "sha256:" + "b" * 64

_ENVIRONMENTS: tuple[Environment, ...] = ("dev", "staging", "prod", "sandbox")
_LOCKS = st.dictionaries(
    st.sampled_from(_ENVIRONMENTS),
    st.dictionaries(st.sampled_from(CONTAINERS), st.from_regex(r"sha256:[0-9a-f]{64}", fullmatch=True)),
)


def _refusal(directory: Path, text: str) -> InputError:
    lock_path("acme-crm", directory).write_text(text)
    with pytest.raises(InputError) as error:
        load_lock("acme-crm", directory)
    return error.value


def test_product_without_a_lock_runs_the_placeholder(tmp_path: Path) -> None:
    lock = load_lock("acme-crm", tmp_path)

    assert {lock.digest("prod", container) for container in CONTAINERS} == {PLACEHOLDER_DIGEST}
    assert lock.seeded("prod") == CONTAINERS


def test_recorded_digest_is_the_one_that_runs(tmp_path: Path) -> None:
    lock_path("acme-crm", tmp_path).write_text(json.dumps({"dev": {"api": A, "worker": B}}))

    lock = load_lock("acme-crm", tmp_path)

    assert (lock.digest("dev", "api"), lock.digest("dev", "worker")) == (A, B)
    assert lock.seeded("dev") == ("migrations",)
    assert lock.seeded("prod") == CONTAINERS


def test_recorded_placeholder_counts_as_seeded() -> None:
    assert ImageLock(product="acme-crm").with_digest("dev", "api", PLACEHOLDER_DIGEST).seeded("dev") == CONTAINERS


def test_references_name_the_repository_of_each_container() -> None:
    references = ImageLock(product="acme-crm").with_digest("dev", "worker", A).references("dev")

    assert [(each.repository, each.digest) for each in references] == [
        ("acme-crm/api", PLACEHOLDER_DIGEST),
        ("acme-crm/worker", A),
        ("acme-crm/migrations", PLACEHOLDER_DIGEST),
    ]


def test_repository_is_product_and_container() -> None:
    assert repository_name("acme-crm", "migrations") == "acme-crm/migrations"


def test_setting_a_digest_leaves_the_others_and_the_lock_before_alone() -> None:
    before = ImageLock(product="acme-crm", environments={"dev": {"api": A}, "prod": {"api": A}})

    after = before.with_digest("dev", "api", B)

    assert (after.digest("dev", "api"), after.digest("prod", "api")) == (B, A)
    assert before.digest("dev", "api") == A


@pytest.mark.parametrize(
    ("what", "environment", "container", "digest", "message", "hint"),
    [
        ("a tag", "dev", "api", "latest", "dev.api must be 'sha256:' and 64", "a tag is no digest"),
        ("a short digest", "dev", "api", "sha256:abc", "got 'sha256:abc'", "push of the image"),
        ("an upper-case digest", "dev", "api", A.upper(), "lower-case hexadecimal", "push of the image"),
        ("a digest with a line end", "dev", "api", A + "\n", "dev.api must be", "push of the image"),
        ("a misspelt environment", "prd", "api", A, "unknown environment 'prd'", "did you mean 'prod'?"),
        ("a misspelt container", "dev", "workers", A, "unknown container 'workers'", "did you mean 'worker'?"),
        ("another container", "dev", "x", A, "unknown container 'x'", "one of api, worker, migrations"),
    ],
)
def test_refuses_to_set(what: str, environment: str, container: str, digest: str, message: str, hint: str) -> None:
    with pytest.raises(InputError) as error:
        ImageLock(product="acme-crm").with_digest(environment, container, digest)

    assert message in error.value.message, what
    assert hint in error.value.hint, what


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
@pytest.mark.parametrize("container", CONTAINERS)
def test_bad_digest_in_a_file_is_named_with_its_line(tmp_path: Path, environment: str, container: str) -> None:
    orders = {"prod": reversed(CONTAINERS), "dev": CONTAINERS, "staging": CONTAINERS}
    digests: dict[str, dict[str, str]] = {name: dict.fromkeys(order, A) for name, order in orders.items()}
    digests[environment][container] = "latest"
    text = json.dumps(digests, indent=2)
    line = next(number for number, line in enumerate(text.splitlines(), start=1) if "latest" in line)

    error = _refusal(tmp_path, text)

    assert error.message.startswith(f"{tmp_path / 'acme-crm.json'}:{line}: {environment}.{container} must be")


def test_unknown_environment_in_a_file_is_named_with_its_line(tmp_path: Path) -> None:
    error = _refusal(tmp_path, '{\n  "dev": {},\n  "stage": {}\n}')

    assert error.message == f"{tmp_path / 'acme-crm.json'}:3: unknown environment 'stage'"
    assert error.hint == "did you mean 'staging'?"


def test_broken_json_is_named_with_its_line(tmp_path: Path) -> None:
    error = _refusal(tmp_path, '{\n  "dev": {\n    "api": \n  }\n}')

    assert error.message.startswith(f"{tmp_path / 'acme-crm.json'}:4: not JSON")


def test_name_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    error = _refusal(tmp_path, f'{{\n "dev": {{"api": "{A}"}},\n "dev": {{"api": "{B}"}}\n}}')

    assert error.message == f"{tmp_path / 'acme-crm.json'}:3: 'dev' is there twice"


@pytest.mark.parametrize("text", ["[]", "3", "null", '{"dev": []}', '{"dev": {"api": 3}}', '{"dev": {"api": null}}'])
def test_other_json_is_refused_with_the_form_that_is_wanted(tmp_path: Path, text: str) -> None:
    error = _refusal(tmp_path, text)

    assert f"{tmp_path / 'acme-crm.json'}:1: " in error.message
    assert "the form is" in error.hint


def test_bad_product_name_is_wrong_input(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="product must be lower-case"):
        load_lock("Acme CRM", tmp_path)


@given(_LOCKS)
def test_what_was_written_is_what_is_read(environments: dict[Environment, dict[Container, str]]) -> None:
    lock = ImageLock(product="acme-crm", environments=environments)

    assert ImageLock(product="acme-crm", environments=json.loads(lock.text())) == lock


@given(_LOCKS)
def test_file_does_not_depend_on_the_order_of_setting(environments: dict[Environment, dict[Container, str]]) -> None:
    entries = [(name, part, digest) for name, images in environments.items() for part, digest in images.items()]
    forward = backward = ImageLock(product="acme-crm")

    for entry in entries:
        forward = forward.with_digest(*entry)
    for entry in reversed(entries):
        backward = backward.with_digest(*entry)

    assert forward.text() == backward.text()


def test_written_lock_is_read_back(tmp_path: Path) -> None:
    lock = ImageLock(product="acme-crm").with_digest("dev", "api", A)

    path = write_lock(lock, tmp_path / "locks")

    assert load_lock("acme-crm", tmp_path / "locks") == lock
    assert path.read_text().splitlines()[2] == f'    "api": "{A}"'


def test_failed_write_leaves_the_old_lock_and_no_debris(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_lock(ImageLock(product="acme-crm").with_digest("dev", "api", A), tmp_path)

    def full(self: Path, target: Path) -> Path:
        raise OSError("no space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="no space"):
        write_lock(ImageLock(product="acme-crm").with_digest("dev", "api", B), tmp_path)

    assert load_lock("acme-crm", tmp_path).digest("dev", "api") == A
    assert [path.name for path in tmp_path.iterdir()] == ["acme-crm.json"]
