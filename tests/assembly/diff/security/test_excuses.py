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
