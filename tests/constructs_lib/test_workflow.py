"""A workflow of several steps."""

import json

import pytest
from aws_cdk import aws_stepfunctions as sfn

from constructs_lib.specs.workflow import WorkflowSpec
from constructs_lib.workflow import Workflow
from tests.constructs_lib.sample_data import SampleData, findings, properties


def build(sample):
    workflow = Workflow(
        sample.data,
        "Import",
        description="Imports a file",
        definition=sfn.Pass(sample.data, "Validate").next(sfn.Succeed(sample.data, "Loaded")),
        spec=WorkflowSpec(timeout_minutes=30),
        log_key=sample.log_key,
    )
    workflow.monitor(sample.facade())
    workflow.grant_start(sample.reader)


@pytest.fixture(scope="module")
def sample():
    sample = SampleData()
    build(sample)
    sample.template()
    return sample


@pytest.fixture(scope="module")
def machine(sample):
    return properties(sample.template(), "AWS::StepFunctions::StateMachine")


def test_every_step_is_logged_without_its_data_and_traced(machine):
    assert machine["LoggingConfiguration"]["Level"] == "ALL"
    assert machine["LoggingConfiguration"]["IncludeExecutionData"] is False
    assert machine["TracingConfiguration"] == {"Enabled": True}


def test_a_run_that_takes_too_long_fails(machine):
    definition = machine["DefinitionString"]
    text = definition if isinstance(definition, str) else "".join(map(str, definition["Fn::Join"][1]))

    assert json.loads(text)["TimeoutSeconds"] == 30 * 60


def test_failed_and_late_runs_raise_alarms(sample):
    alarms = sample.template().find_resources("AWS::CloudWatch::Alarm").values()

    assert {alarm["Properties"]["AlarmName"] for alarm in alarms} == {
        "Data-Import-Failure-Count-Warning",
        "Data-Import-TimedOut-Count-Warning",
    }


def test_who_starts_runs_can_do_nothing_else(sample):
    assert {action for action in sample.allowed() if action.startswith("states:")} == {"states:StartExecution"}


def test_the_checks_find_nothing_that_is_not_excused(tmp_path):
    assert findings(tmp_path, build) == []
