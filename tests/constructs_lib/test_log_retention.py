"""How long CloudWatch Logs keeps log events."""

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_logs as logs
from aws_cdk.assertions import Template

from constructs_lib import log_retention as module
from constructs_lib.log_retention import log_retention
from constructs_lib.specs.errors import InputError


@pytest.fixture(scope="module")
def rendered():
    """Days that were asked for, to days in the template."""
    stack = Stack(App(analytics_reporting=False, builtin_cloud_formation_validation=False), "Logs")
    asked = {f"Kept{days}": days for days in module._RETENTION}
    for id, days in asked.items():
        logs.LogGroup(stack, id, retention=log_retention(days))
    found = Template.from_stack(stack).find_resources("AWS::Logs::LogGroup").items()
    days_of = {id: group["Properties"]["RetentionInDays"] for id, group in found}
    return {asked[name]: days for name in asked for id, days in days_of.items() if id[:-8] == name}


@pytest.mark.parametrize("days", [1, 7, 30, 90, 365, 731, 3653])
def test_the_template_says_as_many_days_as_were_asked_for(rendered, days):
    assert rendered[days] == days


def test_no_number_of_days_is_mistaken_for_another(rendered):
    assert {asked: days for asked, days in rendered.items() if asked != days} == {}


def test_a_number_that_cloudwatch_does_not_know_is_refused_with_those_that_it_knows():
    with pytest.raises(InputError, match="logs cannot be kept for 100 days") as error:
        log_retention(100)
    assert "90, 120" in error.value.hint
