"""organization.yaml, changed and written by a program."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.spec import OrganizationSpec
from accounts.vending import declaring
from cells.cli.organization_file import OrganizationFile
from cells.cli.organization_text import organization_text
from constructs_lib.specs.document import load_spec
from constructs_lib.specs.errors import InputError

TEXT = """\
# The head.
name: example  # the name
email: aws+{account}@example.com
home_region: eu-west-1
governed_regions: [eu-west-1, us-east-1]
base_domain: example.com
address_pools:
  eu-west-1: 10.0.0.0/10  # ours
log_archive: {lock_mode: GOVERNANCE, lock_days: 1}

# Our own units.
units:
  # of the data people
  - name: Data
    accounts:
      - name: lake  # the big one
      - name: pond
trusted_services:
  - fms.amazonaws.com  # firewalls
"""


@pytest.fixture
def file(tmp_path: Path) -> OrganizationFile:
    path = tmp_path / "organization.yaml"
    path.write_text(TEXT)
    return OrganizationFile(path)


def test_nothing_changes_when_nothing_changed(file: OrganizationFile) -> None:
    assert file.with_spec(file.spec) == TEXT
    assert file.lines(file.spec) == []


CHANGES = [
    (lambda spec: declaring.with_service(spec, "macie.amazonaws.com"), ["+  - macie.amazonaws.com"]),
    (lambda spec: declaring.with_unit(spec, ("Data", "Raw")), ["+    units:", "+      - name: Raw"]),
    (lambda spec: declaring.without_account(spec, "pond"), ["-      - name: pond"]),
    (lambda spec: declaring.with_email(spec, "ci-cd", "x@example.com"), ["+emails:", "+  ci-cd: x@example.com"]),
    (
        lambda spec: spec.model_copy(update={"trusted_services": ()}),
        ["-trusted_services:", "-  - fms.amazonaws.com  # firewalls"],
    ),
    (
        lambda spec: spec.model_copy(update={"ignore": spec.ignore.model_copy(update={"accounts": ("333333333333",)})}),
        ["+ignore:", "+  accounts:", '+    - "333333333333"'],
    ),
]


@pytest.mark.parametrize(("change", "lines"), CHANGES)
def test_only_the_lines_of_a_change_change(file: OrganizationFile, change, lines) -> None:
    spec = change(file.spec)

    assert [line for line in file.lines(spec) if line[:1] in "+-"] == lines
    file.write(spec)
    assert load_spec(file.path, OrganizationSpec) == OrganizationSpec.model_validate(spec.model_dump(mode="json"))
    assert "# of the data people" in file.path.read_text()


def test_what_cannot_be_declared_is_not_written(file: OrganizationFile) -> None:
    wrong = file.spec.model_copy(update={"governed_regions": ("eu-west-1",)})

    with pytest.raises(InputError, match="this cannot be declared"):
        file.write(wrong)
    assert file.path.read_text() == TEXT


words = st.text("abc XY019.-", min_size=1, max_size=8).map(str.strip).filter(bool)


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["ci-cd", "log-archive"]), st.dictionaries(words, words, max_size=2)),
    st.lists(words, unique_by=str.lower, max_size=3),
    st.lists(st.from_regex(r"[0-9]{12}", fullmatch=True), max_size=2),
)
def test_a_new_file_says_what_its_declaration_says(tmp_path_factory, tags, units, accounts) -> None:
    path = tmp_path_factory.mktemp("new") / "organization.yaml"
    path.write_text(TEXT)
    base = load_spec(path, OrganizationSpec).model_dump(mode="json")
    extra = [{"name": f"U{name}"} for name in units]
    spec = OrganizationSpec.model_validate(
        {**base, "account_tags": tags, "units": extra, "ignore": {"accounts": accounts}}
    )

    path.write_text(organization_text(spec))

    assert load_spec(path, OrganizationSpec) == spec
    assert organization_text(spec) == path.read_text()
    assert path.read_text().startswith("# yaml-language-server: $schema=")
