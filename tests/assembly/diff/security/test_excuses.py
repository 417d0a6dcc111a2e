"""Rules that are excused, before and after."""

import pytest


def excused(*entries, **resources):
    found = [
        {"rule": "W3010", "reason": "why", "owner": "platform", "expires": "2027-11-30", **entry} for entry in entries
    ]
    return {"Files": {"Type": "X", "Metadata": {"cells:exceptions": found}}, **resources}


@pytest.mark.parametrize(
    "name, before, after, expected",
    [
        (
            "a new exception",
            excused(),
            excused({}),
            ["wider: the rule W3010 is now excused on Storage/Files until 2027-11-30: why"],
        ),
        ("it goes", excused({}), excused(), ["narrower: the rule W3010 is no longer excused on Storage/Files"]),
        (
            "it lasts longer",
            excused({}),
            excused({"expires": "2028-01-31"}),
            ["wider: the rule W3010 is excused on Storage/Files until 2028-01-31 (was 2027-11-30)"],
        ),
        (
            "it ends sooner",
            excused({}),
            excused({"expires": "2027-01-31"}),
            ["narrower: the rule W3010 is excused on Storage/Files until 2027-01-31 (was 2027-11-30)"],
        ),
        (
            "another reason",
            excused({}),
            excused({"reason": "because"}),
            ["changed: the rule W3010 is excused on Storage/Files for another reason: because"],
        ),
        ("another owner", excused({}), excused({"owner": "security"}), []),
        ("another order", excused({}, {"rule": "W1"}), excused({"rule": "W1"}, {}), []),
        (
            "on a new resource",
            {},
            excused({"covers": "Storage"}),
            ["wider: the rule W3010 is now excused on Storage until 2027-11-30: why"],
        ),
    ],
)
def test_exceptions_that_change(said, name, before, after, expected):
    assert said(before, after) == expected


def test_an_exception_of_many_resources_is_one(changes):
    covered = {"cells:exceptions": [{"rule": "R", "reason": "why", "expires": "2027-11-30", "covers": "Storage"}]}
    one, two = ({name: {"Type": "X", "Metadata": covered}} for name in "AB")

    (change,) = changes({}, {**one, **two})

    assert change.text == "the rule R is now excused on Storage until 2027-11-30: why"
    assert change.logical_ids == ("A", "B")
    assert changes(one, {**one, **two}) == ()


def test_of_one_exception_on_many_resources_the_latest_expiry_counts(said):
    def on(*dates):
        entry = {"rule": "R", "reason": "why", "covers": "Storage"}
        return {
            f"X{number}": {"Type": "X", "Metadata": {"cells:exceptions": [{**entry, "expires": expires}]}}
            for number, expires in enumerate(dates)
        }

    assert said(on("2028-01-31", "2027-01-31"), on("2028-01-31", "2026-01-31")) == []
    assert said(on("2028-01-31", "2027-01-31"), on("2027-01-31", "2027-01-31")) == [
        "narrower: the rule R is excused on Storage until 2027-01-31 (was 2028-01-31)"
    ]


def test_an_exception_of_a_resource_that_is_not_looked_at_says_nothing(said):
    assert said(excused(), excused({}), changed=set()) == []
