"""Aurora PostgreSQL Serverless v2."""

import pytest
from aws_cdk.assertions import Match
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_lib.database import Database
from constructs_lib.specs.database import DatabaseSpec
from tests.constructs_lib.sample_data import DESTROY, RETAIN, SNAPSHOT, SampleData, findings, only, properties

PROD = DatabaseSpec(
    min_acu=0.5,
    max_acu=128,
    auto_pause_minutes=None,
    readers=2,
    max_readers=4,
    reader_cpu_target_percent=60,
    backup_retention_days=35,
    deploy_snapshots=5,
    insights="advanced",
    log_retention_days=365,
)
DEV = DatabaseSpec(
    min_acu=0,
    max_acu=4,
    auto_pause_minutes=10,
    readers=0,
    max_readers=0,
    reader_cpu_target_percent=60,
    backup_retention_days=1,
    deploy_snapshots=5,
    insights="standard",
    log_retention_days=7,
)


def database_in(sample, spec, protection):
    """A database in the Data stack, and nothing that uses it."""
    return Database(
        sample.data,
        "Database",
        spec=spec,
        network_vpc=sample.vpc,
        subnets=sample.subnets,
        key=sample.key,
        log_key=sample.log_key,
        protection=protection,
    )


def build(sample, spec=PROD, protection=RETAIN):
    database = database_in(sample, spec, protection)
    database.add_application_user()
    database.grant_connect(sample.reader)
    sample.client.connections.allow_to_default_port(database)
    database.monitor(sample.facade())
    return database


@pytest.fixture(scope="module")
def prod():
    sample = SampleData()
    build(sample)
    sample.template()
    return sample


@pytest.fixture(scope="module")
def dev():
    sample = SampleData()
    build(sample, DEV, DESTROY)
    sample.template()
    return sample


def cluster(sample):
    return properties(sample.template(), "AWS::RDS::DBCluster")


def instances(sample):
    return sample.template().find_resources("AWS::RDS::DBInstance")


def test_the_cluster_has_no_name_of_ours(prod):
    assert "DBClusterIdentifier" not in cluster(prod)


def test_storage_insights_and_master_secret_are_encrypted_with_the_data_key(prod):
    key = cluster(prod)["KmsKeyId"]

    assert cluster(prod)["StorageEncrypted"] is True
    assert "Key961B73FD" in str(key)
    assert cluster(prod)["PerformanceInsightsKmsKeyId"] == key
    assert cluster(prod)["MasterUserSecret"] == {"KmsKeyId": key}


def test_rds_makes_the_master_password_and_rotates_it_every_30_days(prod):
    assert cluster(prod)["ManageMasterUserPassword"] is True
    assert "MasterUserPassword" not in cluster(prod)
    prod.template().has_resource_properties(
        "AWS::SecretsManager::RotationSchedule",
        {
            "RotateImmediatelyOnUpdate": False,
            "RotationRules": {"AutomaticallyAfterDays": 30},
            "RotationLambdaARN": Match.absent(),
        },
    )


def test_connections_without_tls_are_refused(prod):
    parameters = properties(prod.template(), "AWS::RDS::DBClusterParameterGroup")["Parameters"]

    assert parameters["rds.force_ssl"] == "1"
    assert parameters["ssl_min_protocol_version"] == "TLSv1.2"


def test_changes_of_schema_and_rights_are_audited(prod):
    parameters = properties(prod.template(), "AWS::RDS::DBClusterParameterGroup")["Parameters"]

    assert "pgaudit" in parameters["shared_preload_libraries"].split(",")
    assert parameters["pgaudit.log"] == "ddl,role"


def test_no_instance_is_public_and_all_are_serverless_with_the_current_authority(prod):
    for instance in instances(prod).values():
        assert instance["Properties"]["PubliclyAccessible"] is False
        assert instance["Properties"]["DBInstanceClass"] == "db.serverless"
        assert instance["Properties"]["CACertificateIdentifier"] == "rds-ca-rsa2048-g1"


def test_the_first_reader_scales_with_the_writer_and_takes_over(prod):
    tiers = [instance["Properties"]["PromotionTier"] for instance in instances(prod).values()]

    assert sorted(tiers) == [0, 1, 2]


def test_an_idle_development_cluster_pauses(dev):
    assert cluster(dev)["ServerlessV2ScalingConfiguration"] == {
        "MinCapacity": 0,
        "MaxCapacity": 4,
        "SecondsUntilAutoPause": 600,
    }


def test_a_cluster_that_never_pauses_says_nothing_about_pausing(prod):
    assert cluster(prod)["ServerlessV2ScalingConfiguration"] == {"MinCapacity": 0.5, "MaxCapacity": 128}


def test_advanced_insights_keep_465_days(prod):
    assert cluster(prod)["DatabaseInsightsMode"] == "advanced"
    assert cluster(prod)["PerformanceInsightsRetentionPeriod"] == 465


def test_standard_insights_keep_7_days(dev):
    assert cluster(dev)["DatabaseInsightsMode"] == "standard"
    assert cluster(dev)["PerformanceInsightsRetentionPeriod"] == 7


def test_an_old_major_version_is_not_billed_by_the_hour(prod):
    assert cluster(prod)["EngineLifecycleSupport"] == "open-source-rds-extended-support-disabled"


def test_backups_are_kept_and_tagged(prod):
    assert cluster(prod)["BackupRetentionPeriod"] == 35
    assert cluster(prod)["CopyTagsToSnapshot"] is True
    assert cluster(prod)["DeleteAutomatedBackups"] is False


def test_instances_wait_for_the_log_group_that_they_would_create_without_key_and_retention(prod):
    ((log_group_id, log_group),) = (
        item
        for item in prod.template().find_resources("AWS::Logs::LogGroup").items()
        if "LogGroupName" in item[1]["Properties"]
    )
    (cluster_id,) = prod.template().find_resources("AWS::RDS::DBCluster")

    assert log_group["Properties"]["LogGroupName"] == {
        "Fn::Join": ["", ["/aws/rds/cluster/", {"Ref": cluster_id}, "/postgresql"]]
    }
    assert log_group["Properties"]["RetentionInDays"] == 365
    assert "LogKey" in str(log_group["Properties"]["KmsKeyId"])
    for instance in instances(prod).values():
        assert log_group_id in instance["DependsOn"]


def test_readers_are_added_when_they_are_busy(prod):
    target = properties(prod.template(), "AWS::ApplicationAutoScaling::ScalableTarget")
    policy = properties(prod.template(), "AWS::ApplicationAutoScaling::ScalingPolicy")

    assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 4)
    assert target["ScalableDimension"] == "rds:cluster:ReadReplicaCount"
    assert "AWSServiceRoleForApplicationAutoScaling_RDSCluster" in str(target["RoleARN"])
    configuration = policy["TargetTrackingScalingPolicyConfiguration"]
    assert configuration["TargetValue"] == 60
    assert configuration["PredefinedMetricSpecification"] == {"PredefinedMetricType": "RDSReaderAverageCPUUtilization"}


def test_a_cluster_with_a_fixed_number_of_readers_is_not_scaled(dev):
    dev.template().resource_count_is("AWS::ApplicationAutoScaling::ScalableTarget", 0)


def test_retained_data_stays_with_everything_that_it_needs(prod):
    for type in (
        "AWS::RDS::DBCluster",
        "AWS::RDS::DBInstance",
        "AWS::RDS::DBSubnetGroup",
        "AWS::RDS::DBClusterParameterGroup",
        "AWS::EC2::SecurityGroup",
    ):
        for resource in prod.template().find_resources(type).values():
            assert resource["DeletionPolicy"] == "RetainExceptOnCreate", type
            assert resource["UpdateReplacePolicy"] == "Retain", type
    assert cluster(prod)["DeletionProtection"] is True


def test_a_development_cluster_goes_and_leaves_nothing(dev):
    resource = only(dev.template().find_resources("AWS::RDS::DBCluster"))

    assert resource["DeletionPolicy"] == "Delete"
    assert resource["Properties"]["DeletionProtection"] is False
    assert resource["Properties"]["DeleteAutomatedBackups"] is True


def test_a_snapshot_is_what_stays_when_the_protection_says_so():
    sample = SampleData()
    build(sample, DEV, SNAPSHOT)

    assert only(sample.template().find_resources("AWS::RDS::DBCluster"))["DeletionPolicy"] == "Snapshot"


def test_a_service_may_sign_in_as_the_application_user_and_as_no_other(prod):
    (statement,) = prod.allowed()["rds-db:connect"]

    assert "DBClusterResourceId" in str(statement["Resource"])
    assert str(statement["Resource"]).count("dbuser:") == 1
    assert "/app'" in str(statement["Resource"])
    assert "secretsmanager:GetSecretValue" not in prod.allowed()


def test_the_door_is_opened_in_the_consumers_stack(prod):
    prod.readers().has_resource_properties("AWS::EC2::SecurityGroupIngress", {"FromPort": 5432, "ToPort": 5432})
    prod.template().resource_count_is("AWS::EC2::SecurityGroupIngress", 0)


def test_migrations_may_read_the_master_secret_and_decrypt_nothing_else():
    sample = SampleData()
    build(sample).grant_read_master_secret(sample.reader)

    (statement,) = sample.allowed()["kms:Decrypt"]
    assert "kms:EncryptionContext:SecretARN" in statement["Condition"]["StringEquals"]
    assert "secretsmanager:GetSecretValue" in sample.allowed()


def test_the_cluster_is_tagged_as_restricted(prod):
    assert {"Key": "data-classification", "Value": "restricted"} in cluster(prod)["Tags"]


def test_alarms_watch_capacity_deadlocks_and_readers(prod):
    watched = {
        alarm["Properties"]["MetricName"] for alarm in prod.template().find_resources("AWS::CloudWatch::Alarm").values()
    }

    assert watched == {
        "CPUUtilization",
        "ACUUtilization",
        "DatabaseConnections",
        "Deadlocks",
        "AuroraReplicaLagMaximum",
    }


@pytest.mark.parametrize(
    ("min_acu", "max_acu", "most"),
    [
        (1, 1, 189),
        (1, 4, 823),
        (1, 8, 1669),
        (1, 16, 3360),
        (1, 32, 5000),
        (1, 256, 5000),
        (0.5, 8, 1669),
        (0.5, 16, 2000),
        (0.5, 128, 2000),
    ],
)
def test_an_instance_takes_the_connections_that_aws_says(min_acu, max_acu, most):
    assert PROD.model_copy(update={"min_acu": min_acu, "max_acu": max_acu}).max_connections == most


def test_the_alarm_on_connections_leaves_room_before_the_last(prod):
    (alarm,) = (
        alarm["Properties"]
        for alarm in prod.template().find_resources("AWS::CloudWatch::Alarm").values()
        if alarm["Properties"]["MetricName"] == "DatabaseConnections"
    )

    assert (alarm["Threshold"], alarm["Statistic"]) == (1600, "Maximum")


def test_a_paused_cluster_raises_no_alarm(dev):
    for alarm in dev.template().find_resources("AWS::CloudWatch::Alarm").values():
        assert alarm["Properties"]["TreatMissingData"] == "notBreaching"


@pytest.mark.parametrize(("spec", "protection"), [(PROD, RETAIN), (DEV, DESTROY), (DEV, SNAPSHOT)])
def test_the_checks_find_nothing_that_is_not_excused(tmp_path, spec, protection):
    assert findings(tmp_path, lambda sample: build(sample, spec, protection)) == []


@settings(max_examples=8, deadline=None)
@given(readers=st.integers(0, 4), more=st.integers(0, 3))
def test_there_is_one_instance_more_than_readers_and_scaling_never_goes_below_them(readers, more):
    sample = SampleData()
    spec = PROD.model_copy(update={"readers": readers, "max_readers": readers + more})
    build(sample, spec)

    assert len(instances(sample)) == readers + 1
    targets = sample.template().find_resources("AWS::ApplicationAutoScaling::ScalableTarget").values()
    assert [target["Properties"]["MinCapacity"] for target in targets] == ([readers] if more else [])
