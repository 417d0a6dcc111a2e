"""Where the spans of a cell go."""

import pytest

from constructs_lib.specs.tracing import TracingSpec
from constructs_lib.tracing import Tracing
from tests.constructs_lib.sample_data import SampleData, findings, properties

SPEC = TracingSpec(enabled=True, sampling_percent=5, indexed_percent=1)


def build(sample):
    tracing = Tracing(sample.data, "Tracing", spec=SPEC)
    tracing.grant_send(sample.reader)
    return tracing


@pytest.fixture(scope="module")
def sample():
    sample = SampleData()
    build(sample)
    sample.template()
    return sample


@pytest.fixture(scope="module")
def environment():
    return build(SampleData()).environment_of("acme-crm-prod-api")


def test_the_part_of_the_traces_that_is_indexed_is_the_spec(sample):
    assert properties(sample.template(), "AWS::XRay::TransactionSearchConfig") == {"IndexingPercentage": 1}


def test_nobody_but_x_ray_of_this_account_writes_spans(sample):
    policy = properties(sample.template(), "AWS::Logs::ResourcePolicy")["PolicyDocument"]

    assert "xray.amazonaws.com" in str(policy)
    assert "aws:SourceAccount" in str(policy)
    assert "log-group:aws/spans:*" in str(policy)


def test_a_role_may_send_spans_and_nothing_else_of_x_ray(sample):
    assert [action for action in sample.allowed() if action.startswith("xray:")] == ["xray:PutTraceSegments"]


def test_an_sdk_is_told_the_endpoint_of_the_region(environment):
    endpoint = environment["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"]

    assert endpoint.startswith("https://xray.eu-west-1.")
    assert endpoint.endswith("/v1/traces")


def test_the_sampler_takes_the_percentage_as_a_ratio(environment):
    assert environment["OTEL_TRACES_SAMPLER_ARG"] == "0.05"


def test_the_trace_map_shows_the_name_of_the_service(environment):
    assert environment["OTEL_SERVICE_NAME"] == "acme-crm-prod-api"


def test_it_passes_every_check(tmp_path):
    assert findings(tmp_path, build) == []
