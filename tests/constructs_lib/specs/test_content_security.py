"""The Content-Security-Policy header: what is added to what pages may load and call."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.specs.content_security import with_sources

BUCKET = "https://bucket.s3.eu-west-1.amazonaws.com"


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("default-src 'self'; connect-src 'self'", f"default-src 'self'; connect-src 'self' {BUCKET}"),
        ("connect-src 'none'; object-src 'none'", f"connect-src {BUCKET}; object-src 'none'"),
        ("default-src 'self' data:", f"default-src 'self' data:; connect-src 'self' data: {BUCKET}"),
        ("object-src 'none';", f"object-src 'none'; connect-src 'self' {BUCKET}"),
    ],
)
def test_an_origin_comes_to_what_scripts_could_call_before(policy: str, expected: str) -> None:
    assert with_sources(policy, "connect-src", [BUCKET]) == expected


def test_pictures_have_a_directive_of_their_own() -> None:
    policy = "default-src 'self'; img-src 'self' data:; connect-src 'self'"

    assert with_sources(policy, "img-src", [BUCKET]) == (
        f"default-src 'self'; img-src 'self' data: {BUCKET}; connect-src 'self'"
    )


@given(st.text())
def test_a_policy_that_nobody_adds_to_stays_as_it_is(policy: str) -> None:
    assert with_sources(policy, "connect-src", []) == policy


@given(
    st.lists(
        st.sampled_from(["img-src 'self'", "script-src 'none'", "connect-src 'self'", "form-action 'self'"]),
        unique=True,
    )
)
def test_no_other_directive_changes(directives: list[str]) -> None:
    added = with_sources("; ".join(directives), "connect-src", [BUCKET]).split("; ")

    assert [one for one in added if not one.startswith("connect-src")] == [
        one for one in directives if not one.startswith("connect-src")
    ]
