"""Feature flags and configuration that change without a deployment."""

import json

import pytest

from constructs_lib.feature_flags import FeatureFlags
from tests.constructs_lib.sample_data import DESTROY, RETAIN, SampleData, findings, properties


def build(sample, *, name="acme-prod", protection=RETAIN):
    flags = FeatureFlags(sample.data, "Flags", name=name, key=sample.key, protection=protection)
    flags.grant_read(sample.reader)


@pytest.fixture(scope="module")
def sample():
    sample = SampleData()
    build(sample)
    sample.template()
    return sample


def test_it_starts_without_a_flag_and_encrypted(sample):
    version = properties(sample.template(), "AWS::AppConfig::HostedConfigurationVersion")
    profile = properties(sample.template(), "AWS::AppConfig::ConfigurationProfile")

    assert json.loads(version["Content"]) == {"version": "1", "flags": {}, "values": {}}
    assert profile["Type"] == "AWS.AppConfig.FeatureFlags"
    assert "Key961B73FD" in str(profile["KmsKeyIdentifier"])


def test_the_first_version_is_there_at_once_and_a_change_rolls_out_in_fifths(sample):
    strategies = {
        item["Properties"]["Name"]: item["Properties"]
        for item in sample.template().find_resources("AWS::AppConfig::DeploymentStrategy").values()
    }

    once, gradual = strategies["acme-prod-at-once"], strategies["acme-prod-gradual"]
    assert (once["GrowthFactor"], once["DeploymentDurationInMinutes"]) == (100, 0)
    assert (gradual["GrowthFactor"], gradual["DeploymentDurationInMinutes"]) == (20, 10)
    assert gradual["FinalBakeTimeInMinutes"] == 5


def test_who_reads_may_read_this_profile_only(sample):
    (statement,) = sample.allowed()["appconfig:GetLatestConfiguration"]

    assert ":appconfig:" in str(statement["Resource"])
    assert "configuration/" in str(statement["Resource"])
    assert "*" not in str(statement["Resource"])


def test_two_cells_have_the_same_logical_ids():
    one, other = SampleData(), SampleData()
    build(one, name="acme-prod")
    build(other, name="other-dev")

    assert one.template().to_json()["Resources"].keys() == other.template().to_json()["Resources"].keys()


def test_where_data_is_thrown_away_no_version_is_left_behind():
    sample = SampleData()
    build(sample, protection=DESTROY)
    (version,) = sample.template().find_resources("AWS::AppConfig::HostedConfigurationVersion").values()

    assert version["DeletionPolicy"] == "Delete"


def test_the_checks_find_nothing_that_is_not_excused(tmp_path):
    assert findings(tmp_path, build) == []
