"""The Valkey groups of a cell."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_lib.cache import Cache
from constructs_lib.specs.cache import CacheSpec
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.identity import MAX_PRODUCT_LENGTH
from tests.constructs_lib.sample_data import DESTROY, RETAIN, SNAPSHOT, SampleData, findings, only, properties

PROD = CacheSpec(
    separate_queues=True, node_type="cache.r7g.large", replicas=2, multi_az=True, snapshot_retention_days=7
)
DEV = CacheSpec(
    separate_queues=False, node_type="cache.t4g.micro", replicas=0, multi_az=False, snapshot_retention_days=0
)


def build(sample, spec=PROD, protection=RETAIN, name_prefix="acme-crm-prod"):
    cache = Cache(
        sample.data,
        "Cache",
        spec=spec,
        network_vpc=sample.vpc,
        subnets=sample.subnets,
        key=sample.key,
        log_key=sample.log_key,
        protection=protection,
        name_prefix=name_prefix,
    )
    cache.grant_read_credentials(sample.reader)
    sample.client.connections.allow_to_default_port(cache.queues)
    cache.monitor(sample.facade())
    return cache


@pytest.fixture(scope="module")
def prod():
    sample = SampleData()
    sample.cache = build(sample)
    sample.template()
    return sample


@pytest.fixture(scope="module")
def dev():
    sample = SampleData()
    sample.cache = build(sample, DEV, DESTROY)
    sample.template()
    return sample


def groups(sample):
    found = sample.template().find_resources("AWS::ElastiCache::ReplicationGroup").values()
    return [group["Properties"] for group in found]


def policies(sample):
    found = sample.template().find_resources("AWS::ElastiCache::ParameterGroup").values()
    return [group["Properties"]["Properties"]["maxmemory-policy"] for group in found]


def test_the_cache_evicts_and_the_queues_do_not(prod):
    assert sorted(policies(prod)) == ["allkeys-lru", "noeviction"]
    assert prod.cache.cache is not prod.cache.queues


def test_one_group_for_both_never_evicts(dev):
    assert policies(dev) == ["noeviction"]
    assert dev.cache.groups["cache"] is dev.cache.groups["queues"]


def test_separating_queues_later_keeps_the_group_that_holds_the_jobs(prod, dev):
    (shared,) = dev.template().find_resources("AWS::ElastiCache::ReplicationGroup")

    assert prod.data.resolve(prod.cache.queues.replication_group.ref) == {"Ref": shared}


def test_traffic_and_disk_are_encrypted(prod):
    for group in groups(prod):
        assert group["TransitEncryptionEnabled"] is True
        assert group["TransitEncryptionMode"] == "required"
        assert group["AtRestEncryptionEnabled"] is True
        assert "Key961B73FD" in str(group["KmsKeyId"])


def test_groups_have_no_name_of_ours(prod):
    for group in groups(prod):
        assert "ReplicationGroupId" not in group


def test_a_replica_takes_over_in_another_zone(prod):
    for group in groups(prod):
        assert group["MultiAZEnabled"] is True
        assert group["AutomaticFailoverEnabled"] is True
        assert group["NumCacheClusters"] == 3


def test_a_single_node_does_not_fail_over(dev):
    (group,) = groups(dev)

    assert (group["MultiAZEnabled"], group["AutomaticFailoverEnabled"], group["NumCacheClusters"]) == (False, False, 1)


def test_the_default_user_is_off_and_may_do_nothing(prod):
    users = [user["Properties"] for user in prod.template().find_resources("AWS::ElastiCache::User").values()]
    defaults = [user for user in users if user["UserName"] == "default"]

    assert [user["AccessString"] for user in defaults] == ["off -@all", "off -@all"]
    assert not [user for user in users if user["NoPasswordRequired"]]


def test_the_application_cannot_flush_or_reconfigure(prod):
    users = [user["Properties"] for user in prod.template().find_resources("AWS::ElastiCache::User").values()]
    (access,) = {user["AccessString"] for user in users if user["UserName"] == "app"}

    assert access.split().index("-@dangerous") > access.split().index("+@all")


def test_passwords_are_references_and_never_in_the_template(prod):
    for user in prod.template().find_resources("AWS::ElastiCache::User").values():
        (password,) = user["Properties"]["Passwords"]
        assert password["Fn::Join"][1][0] == "{{resolve:secretsmanager:"
        assert password["Fn::Join"][1][2] == ":SecretString:password::}}"


def test_user_ids_come_from_the_plan_and_are_unique(prod):
    ids = [user["Properties"]["UserId"] for user in prod.template().find_resources("AWS::ElastiCache::User").values()]

    assert sorted(ids) == [
        "acme-crm-prod-cache",
        "acme-crm-prod-cache-off",
        "acme-crm-prod-queues",
        "acme-crm-prod-queues-off",
    ]


def test_a_prefix_that_makes_an_id_too_long_is_refused():
    with pytest.raises(InputError, match="user id a{40}-queues has 47 characters"):
        build(SampleData(), name_prefix="a" * 40)


def test_snapshots_are_taken_at_night(prod):
    for group in groups(prod):
        assert group["SnapshotRetentionLimit"] == 7
        assert group["SnapshotWindow"] == "02:00-03:00"


def test_both_logs_go_to_an_encrypted_log_group(prod):
    for group in groups(prod):
        assert {log["LogType"] for log in group["LogDeliveryConfigurations"]} == {"slow-log", "engine-log"}
    for log_group in prod.template().find_resources("AWS::Logs::LogGroup").values():
        assert "LogKey" in str(log_group["Properties"]["KmsKeyId"])


def test_a_retained_group_keeps_everything_that_it_needs(prod):
    for type in ("ReplicationGroup", "SubnetGroup", "ParameterGroup", "UserGroup", "User"):
        for resource in prod.template().find_resources(f"AWS::ElastiCache::{type}").values():
            assert resource["DeletionPolicy"] == "RetainExceptOnCreate", type


def test_a_snapshot_is_what_stays_when_the_protection_says_so():
    sample = SampleData()
    build(sample, DEV, SNAPSHOT)
    group = only(sample.template().find_resources("AWS::ElastiCache::ReplicationGroup"))

    assert group["DeletionPolicy"] == "Snapshot"
    assert only(sample.template().find_resources("AWS::ElastiCache::UserGroup"))["DeletionPolicy"] == "Delete"


def test_a_reader_of_credentials_decrypts_these_secrets_only(prod):
    decrypts = prod.allowed()["kms:Decrypt"]

    assert len(decrypts) == len(prod.allowed()["secretsmanager:GetSecretValue"]) == 2
    for statement in decrypts:
        assert "kms:EncryptionContext:SecretARN" in statement["Condition"]["StringEquals"]


def test_the_door_is_opened_in_the_consumers_stack(prod):
    prod.readers().has_resource_properties("AWS::EC2::SecurityGroupIngress", {"FromPort": 6379, "ToPort": 6379})
    prod.template().resource_count_is("AWS::EC2::SecurityGroupIngress", 0)


def test_alarms_watch_every_node_because_the_group_itself_has_no_metrics(prod):
    alarms = prod.template().find_resources("AWS::CloudWatch::Alarm").values()
    for alarm in alarms:
        nodes = [
            metric["MetricStat"]["Metric"]["Dimensions"][0]["Value"]["Fn::Join"][1][1]
            for metric in alarm["Properties"]["Metrics"]
            if "MetricStat" in metric
        ]
        assert nodes == ["-001", "-002", "-003"]


def test_memory_is_watched_where_nothing_is_evicted_and_evictions_where_something_is(prod):
    names = [
        alarm["Properties"]["AlarmName"] for alarm in prod.template().find_resources("AWS::CloudWatch::Alarm").values()
    ]

    assert "Data-Queues-Memory-Warning" in names
    assert "Data-Cache-Evictions-Warning" in names
    assert "Data-Cache-Memory-Warning" not in names


@pytest.mark.parametrize(("spec", "protection"), [(PROD, RETAIN), (DEV, DESTROY)])
def test_the_checks_find_nothing_that_is_not_excused(tmp_path, spec, protection):
    assert findings(tmp_path, lambda sample: build(sample, spec, protection)) == []


def test_the_longest_product_name_fits():
    sample = SampleData()
    build(sample, name_prefix=f"{'a' * MAX_PRODUCT_LENGTH}-staging")

    assert properties(sample.template(), "AWS::ElastiCache::SubnetGroup")["SubnetIds"]


@settings(max_examples=6, deadline=None)
@given(first=st.from_regex(r"[a-z]{3,20}-(dev|prod)", fullmatch=True), second=st.just("acme-crm-dev"))
def test_two_cells_of_one_shape_differ_in_their_prefix_only(first, second):
    def rendered(prefix):
        sample = SampleData()
        build(sample, name_prefix=prefix)
        return str(sample.template().to_json()).replace(prefix, "<prefix>")

    assert rendered(first) == rendered(second)
