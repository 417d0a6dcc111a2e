"""The register of exceptions, as an auditor reads it in a template."""

from datetime import date

import pytest

from assembly.exceptions import METADATA_KEY, declared
from assembly.structural import STRUCTURAL

ENTRY = {"rule": "AwsSolutions-S1", "reason": "it is the log bucket", "owner": "platform", "expires": "2027-06-30"}


def template(*entries, **more):
    resource = {"Type": "AWS::S3::Bucket", "Metadata": {METADATA_KEY: list(entries)}}
    return {"Resources": {"Files": resource, **more}}


def test_an_exception_is_read_from_its_resource(writer):
    (exception,), problems = declared(writer.stack("Data", template(ENTRY)).load())

    assert problems == ()
    assert (exception.rule, exception.reason, exception.owner) == (ENTRY["rule"], ENTRY["reason"], ENTRY["owner"])
    assert exception.expires == date(2027, 6, 30)
    assert (exception.stack, exception.resource) == ("Data", "Files")
    assert exception.logical_ids == {"Files"}


def test_one_declared_over_several_resources_is_one_exception(writer):
    entry = {**ENTRY, "covers": "Role"}
    second = {"Type": "AWS::IAM::Policy", "Metadata": {METADATA_KEY: [entry]}}

    (exception,), _ = declared(writer.stack("Data", template(entry, Policy=second)).load())

    assert exception.logical_ids == {"Files", "Policy"}
    assert exception.resource == "Role"


def test_the_same_exception_in_two_stacks_is_two(writer):
    writer.stack("Data", template(ENTRY))
    writer.stack("Service", template(ENTRY))

    exceptions, _ = declared(writer.load())

    assert [exception.stack for exception in exceptions] == ["Data", "Service"]


@pytest.mark.parametrize(
    "name, change, message",
    [
        ("an empty reason", {"reason": " "}, "the exception 'AwsSolutions-S1' has no reason"),
        ("an empty owner", {"owner": ""}, "the exception 'AwsSolutions-S1' has no owner"),
        ("no day", {"expires": None}, "the exception 'AwsSolutions-S1' has no expires"),
        ("a number for a reason", {"reason": 7}, "the exception 'AwsSolutions-S1' has no reason"),
        (
            "a day that is none",
            {"expires": "2027-02-30"},
            "the exception 'AwsSolutions-S1' expires on '2027-02-30', which is not a date like 2027-06-30",
        ),
        ("a wildcard for a rule", {"rule": "AwsSolutions-*"}, "'AwsSolutions-*' is not the id of a rule"),
        ("any rule", {"rule": "*"}, "'*' is not the id of a rule"),
        ("an unknown field", {"scope": "stack"}, "the exception 'AwsSolutions-S1' has the unknown field 'scope'"),
    ],
)
def test_fails_on_an_entry_that_is_not_proper(writer, name, change, message):
    exceptions, (problem,) = declared(writer.stack("Data", template({**ENTRY, **change})).load())

    assert exceptions == ()
    assert (problem.message, problem.logical_id, problem.rule) == (message, "Files", "cells-exception")


def test_fails_on_an_entry_that_is_no_object(writer):
    _, (problem,) = declared(writer.stack("Data", template("AwsSolutions-S1")).load())

    assert problem.message == "the exception '' has no rule"


def test_fails_on_a_register_that_is_no_list(writer):
    broken = template()
    broken["Resources"]["Files"]["Metadata"][METADATA_KEY] = ENTRY

    _, (problem,) = declared(writer.stack("Data", broken).load())

    assert problem.message == "the exception '' has no rule"


def test_fails_on_an_exception_for_a_whole_template(writer):
    whole = {**template(), "Metadata": {METADATA_KEY: [ENTRY]}}
    del whole["Resources"]["Files"]["Metadata"]

    exceptions, (problem,) = declared(writer.stack("Data", whole).load())

    assert exceptions == ()
    assert problem.message == "an exception belongs on a resource, not on the whole template"


@pytest.mark.parametrize("exception", STRUCTURAL, ids=lambda exception: exception.rule)
def test_a_structural_exception_says_why_who_and_for_which_types(exception):
    assert len(exception.reason) > 40
    assert exception.owner
    assert exception.resource_types
    assert not exception.stack and not exception.logical_ids


def test_the_written_and_the_read_metadata_key_are_one():
    from constructs_lib import exception

    assert exception.METADATA_KEY == METADATA_KEY
