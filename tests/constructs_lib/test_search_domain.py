"""A search domain: closed, encrypted, administered by a role."""

import pytest

from constructs_lib.search_domain import SearchDomain
from constructs_lib.specs.search import SearchDomainSpec
from tests.constructs_lib.sample_data import DESTROY, RETAIN, SampleData, findings, properties


def build(sample, *, nodes=3, protection=RETAIN):
    domain = SearchDomain(
        sample.data,
        "Search",
        spec=SearchDomainSpec(nodes=nodes, instance_type="m7g.medium.search", volume_gib=20),
        network_vpc=sample.vpc,
        subnets=sample.subnets,
        key=sample.key,
        log_key=sample.log_key,
        protection=protection,
        callers=("layer", "service"),
    )
    domain.monitor(sample.facade())
    domain.grant_use(sample.reader)
    sample.client.connections.allow_to_default_port(domain, "The service reaches the search domain")
    return sample


@pytest.fixture(scope="module")
def sample():
    return build(SampleData())


@pytest.fixture(scope="module")
def domain(sample):
    return properties(sample.template(), "AWS::OpenSearchService::Domain")


def test_everything_is_encrypted(domain):
    assert domain["EncryptionAtRestOptions"]["Enabled"] is True
    assert "KmsKeyId" in domain["EncryptionAtRestOptions"]
    assert domain["NodeToNodeEncryptionOptions"] == {"Enabled": True}
    assert domain["DomainEndpointOptions"] == {
        "EnforceHTTPS": True,
        "TLSSecurityPolicy": "Policy-Min-TLS-1-2-PFS-2023-10",
    }


def test_its_administrator_is_a_role_and_nobody_keeps_a_password(sample, domain):
    options = domain["AdvancedSecurityOptions"]

    assert options["Enabled"] is True
    assert options["InternalUserDatabaseEnabled"] is False
    assert list(options["MasterUserOptions"]) == ["MasterUserARN"]
    sample.template().resource_count_is("AWS::SecretsManager::Secret", 0)


def test_only_tagged_roles_of_the_account_become_the_administrator(sample):
    role = next(
        one["Properties"]
        for id, one in sample.template().find_resources("AWS::IAM::Role").items()
        if "SearchRole" in id
    )
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]

    assert role["Path"] == "/cells/search/"
    assert trust["Condition"] == {"StringEquals": {"aws:PrincipalTag/layer": "service"}}


def test_the_role_calls_this_domain_and_no_other(sample):
    policy = next(
        one["Properties"]["PolicyDocument"]["Statement"]
        for id, one in sample.template().find_resources("AWS::IAM::Policy").items()
        if "SearchRole" in id
    )

    (statement,) = policy
    assert all(action.startswith("es:ESHttp") and "*" not in action for action in statement["Action"])
    assert statement["Resource"]["Fn::Join"][1][0]["Fn::GetAtt"][1] == "Arn"


def test_a_container_may_become_that_role_and_do_nothing_else(sample):
    assert list(sample.allowed()) == ["sts:AssumeRole"]


@pytest.mark.parametrize(("nodes", "zones"), [(1, 1), (2, 2), (3, 3), (4, 2), (5, 1), (6, 3)])
def test_nodes_are_spread_over_as_many_zones_as_they_fill_evenly(nodes, zones):
    found = properties(build(SampleData(), nodes=nodes).template(), "AWS::OpenSearchService::Domain")

    assert len(found["VPCOptions"]["SubnetIds"]) == zones
    assert found["ClusterConfig"]["ZoneAwarenessEnabled"] is (zones > 1)
    assert found["ClusterConfig"]["DedicatedMasterEnabled"] is False


def test_it_logs_slow_calls_errors_and_who_did_what(sample, domain):
    assert set(domain["LogPublishingOptions"]) == {
        "SEARCH_SLOW_LOGS",
        "INDEX_SLOW_LOGS",
        "ES_APPLICATION_LOGS",
        "AUDIT_LOGS",
    }
    for group in sample.template().find_resources("AWS::Logs::LogGroup").values():
        assert group["Properties"]["RetentionInDays"] == 90
        assert "KmsKeyId" in group["Properties"]


def test_the_linked_role_is_left_to_the_account_which_has_it_once(sample):
    sample.template().resource_count_is("AWS::IAM::ServiceLinkedRole", 0)


def test_aws_keeps_its_software_current(domain):
    assert domain["SoftwareUpdateOptions"] == {"AutoSoftwareUpdateEnabled": True}
    assert domain["OffPeakWindowOptions"]["Enabled"] is True


def test_somebody_hears_of_missing_shards_full_disks_and_failed_snapshots(sample):
    alarms = {
        one["Properties"]["AlarmName"] for one in sample.template().find_resources("AWS::CloudWatch::Alarm").values()
    }

    assert alarms == {
        "Data-Search-Cluster-ClusterStatus-Warning",
        "Data-Search-Cluster-ClusterStatus-Critical",
        "Data-Search-Disk-Usage-Warning",
        "Data-Search-Memory-Usage-Warning",
        "Data-Search-Cluster-ClusterIndexWritesBlocked-Critical",
        "Data-Search-Cluster-AutomatedSnapshotFailure-Warning",
    }


@pytest.mark.parametrize(("protection", "policy"), [(RETAIN, "RetainExceptOnCreate"), (DESTROY, "Delete")])
def test_it_stays_where_data_stays(protection, policy):
    (found,) = (
        build(SampleData(), protection=protection).template().find_resources("AWS::OpenSearchService::Domain").values()
    )

    assert found["DeletionPolicy"] == policy


def test_passes_every_check(tmp_path):
    assert findings(tmp_path, build) == []
