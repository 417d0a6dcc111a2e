"""The fast reader reads what the full one reads, or gives up."""

import io
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from constructs_lib.specs.document import _read_yaml
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.plain_yaml import NotPlainError, read_plain

ROOT = Path(__file__).parents[3]

FRAGMENTS = (
    *("a", "b: ", "key", ": ", ":", "- ", "-", "? ", "\n", "\n  ", "\n    ", " ", "  ", "#", " # c", ", ", ","),
    *("[", "]", "{", "}", "'", '"', "|", "|-", ">", ">-", "&a ", "*a", "<<", "---\n", "...\n", "\\n", "\r\n", "@", "`"),
    *("0", "1", "010", "0o7", "0x1f", "1_000", "1e3", "1.5", ".5", "-.inf", ".nan", "+3", "12:30", "1.2.3", "="),
    *(
        "true",
        "True",
        "no",
        "yes",
        "on",
        "off",
        "null",
        "~",
        "Null",
        "2026-11-21",
        "10.0.0.0/10",
        "é",
        "\u2028",
        "\x85",
    ),
)

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")))
)
documents = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
)


def as_the_full_reader(text):
    try:
        return _read_yaml(Path("some.yaml"), text)[0]
    except InputError as error:
        return error


def agree(text):
    try:
        plain = read_plain(text)
    except NotPlainError:
        return
    full = as_the_full_reader(text)
    assert repr(plain) == repr(full)


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=14).map("".join))
@example("{a:1}")
@example("|#")
@example("---\n...\n...\n")
@example("a: b: c")
@example("? a\n: b")
@example("'it''s'")
@example("- |\n  a\n   b\n\n- >-\n  c\n  d\n")
@example("a: 1\nA: 2\n'1': 3\n")
@example("a: +1\nb: -0\nc: 00\nd: -0.0\n")
def test_whatever_is_written_both_read_the_same(text):
    agree(text)


@settings(max_examples=150, deadline=None)
@given(documents)
def test_what_a_writer_writes_both_read_the_same(data):
    written = io.StringIO()
    YAML(typ="safe", pure=True).dump(data, written)
    agree(written.getvalue())


@pytest.mark.parametrize(
    "path", ["accounts/organization.yaml", "cells/products/acme-crm.yaml"], ids=["organization", "product"]
)
def test_the_files_of_the_project_are_plain(path):
    text = (ROOT / path).read_text()

    assert read_plain(text) == as_the_full_reader(text)


@pytest.mark.parametrize(
    "text",
    [
        "a: !!str 1",
        "%YAML 1.1\n---\na: yes",
        "a: &x 1\nb: *x",
        "<<: {a: 1}",
        "a: 1\na: 2",
        "a: 1\n---\nb: 2",
        "1: a",
        "a: 010",
        "a: 1e3",
        "a: 2026-11-21",
        "a: [",
        "a:\tb",
        "[a]: b",
    ],
)
def test_what_is_not_plain_is_left_to_the_full_reader(text):
    with pytest.raises(NotPlainError):
        read_plain(text)


def test_an_empty_document_is_nothing():
    assert read_plain("# only a comment\n") is None


@pytest.mark.parametrize("folder", ["accounts", "cells/products"])
def test_the_documents_of_this_repository_are_plain(folder):
    for path in (ROOT / folder).glob("*.yaml"):
        read_plain(path.read_text())
