"""What keeps data from being lost, before and after."""

import pytest

DATABASE = "AWS::RDS::DBCluster"
BUCKET = "AWS::S3::Bucket"
TABLE = "AWS::DynamoDB::Table"
LOGS = "AWS::Logs::LogGroup"


def it(type, policy=None, replace=None, **properties):
    found = {"Type": type, "Properties": properties}
    if policy:
        found["DeletionPolicy"] = policy
    if replace:
        found["UpdateReplacePolicy"] = replace
    return {"It": found}


@pytest.mark.parametrize(
    "name, type, properties, without, gone, back",
    [
        (
            "deletion protection",
            DATABASE,
            {"DeletionProtection": True},
            {},
            "It is no longer protected against deletion",
            "It is now protected against deletion",
        ),
        (
            "deletion protection that is off",
            DATABASE,
            {"DeletionProtection": "true"},
            {"DeletionProtection": False},
            "It is no longer protected against deletion",
            "It is now protected against deletion",
        ),
        (
            "a table",
            TABLE,
            {"DeletionProtectionEnabled": True},
            {},
            "It is no longer protected against deletion",
            "It is now protected against deletion",
        ),
        (
            "users",
            "AWS::Cognito::UserPool",
            {"DeletionProtection": "ACTIVE"},
            {"DeletionProtection": "INACTIVE"},
            "It is no longer protected against deletion",
            "It is now protected against deletion",
        ),
        (
            "restore",
            TABLE,
            {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}},
            {},
            "It can no longer be restored to any point in time",
            "It can now be restored to any point in time",
        ),
        (
            "versions",
            BUCKET,
            {"VersioningConfiguration": {"Status": "Enabled"}},
            {"VersioningConfiguration": {"Status": "Suspended"}},
            "It no longer keeps the versions of its objects",
            "It now keeps the versions of its objects",
        ),
        (
            "locks",
            BUCKET,
            {"ObjectLockEnabled": True},
            {},
            "objects of It can no longer be locked",
            "objects of It can now be locked",
        ),
        (
            "encryption",
            DATABASE,
            {"StorageEncrypted": True},
            {"StorageEncrypted": False},
            "It is no longer encrypted at rest",
            "It is now encrypted at rest",
        ),
        ("rotation", "AWS::KMS::Key", {"EnableKeyRotation": True}, {}, "It is no longer rotated", "It is now rotated"),
        (
            "tags of images",
            "AWS::ECR::Repository",
            {"ImageTagMutability": "IMMUTABLE"},
            {},
            "a tag of It can now be moved to another image",
            "a tag of It can no longer be moved to another image",
        ),
        (
            "backups that outlive",
            DATABASE,
            {"DeleteAutomatedBackups": False},
            {},
            "automatic backups of It are now deleted with it",
            "automatic backups of It now outlive it",
        ),
        (
            "a load balancer",
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            {"Scheme": "internal", "LoadBalancerAttributes": [{"Key": "deletion_protection.enabled", "Value": "true"}]},
            {
                "Scheme": "internal",
                "LoadBalancerAttributes": [{"Key": "deletion_protection.enabled", "Value": "false"}],
            },
            "It is no longer protected against deletion",
            "It is now protected against deletion",
        ),
    ],
)
def test_protection_that_is_on_or_off(said, name, type, properties, without, gone, back):
    on, off = it(type, **properties), it(type, **without)

    assert said(on, off) == [f"wider: {gone}"]
    assert said(off, on) == [f"narrower: {back}"]
    assert said({}, on) == []
    assert said(on, {}) == []


@pytest.mark.parametrize(
    "name, type, path, more, less, expected",
    [
        ("backups", DATABASE, "BackupRetentionPeriod", 35, 7, "automatic backups of It are kept for 7 days (was 35)"),
        (
            "backups, if it does not say",
            DATABASE,
            "BackupRetentionPeriod",
            2,
            None,
            "automatic backups of It are kept for 1 day (was 2)",
        ),
        (
            "no backups of a cache",
            "AWS::ElastiCache::ReplicationGroup",
            "SnapshotRetentionLimit",
            7,
            0,
            "no automatic backups of It are kept (was 7)",
        ),
        ("logs", LOGS, "RetentionInDays", 365, 30, "log events of It older than 30 days are deleted (was 365)"),
        (
            "logs as text",
            LOGS,
            "RetentionInDays",
            "365",
            "30",
            "log events of It older than 30 days are deleted (was 365)",
        ),
        (
            "logs that were kept for ever",
            LOGS,
            "RetentionInDays",
            None,
            30,
            "log events of It older than 30 days are deleted (were kept for ever)",
        ),
        (
            "messages",
            "AWS::SQS::Queue",
            "MessageRetentionPeriod",
            1209600,
            None,
            "messages of It older than 345600 seconds are deleted (was 1209600)",
        ),
        (
            "the deletion of a key",
            "AWS::KMS::Key",
            "PendingWindowInDays",
            None,
            7,
            "It is lost 7 days after its deletion (was 30)",
        ),
    ],
)
def test_how_long_something_is_kept(said, name, type, path, more, less, expected):
    one, other = (it(type, **({} if value is None else {path: value})) for value in (more, less))

    assert said(one, other) == [f"wider: {expected}"]
    assert [text.partition(":")[0] for text in said(other, one)] == ["narrower"]


def test_logs_that_are_kept_for_ever_again(said):
    assert said(it(LOGS, RetentionInDays=30), it(LOGS)) == ["narrower: log events of It are kept for ever (was 30)"]


def test_a_period_that_is_not_known_is_a_change(said):
    assert said(it(LOGS, RetentionInDays={"Ref": "A"}), it(LOGS, RetentionInDays={"Ref": "B"})) == [
        "changed: log events of It older than B are deleted (was A)"
    ]


@pytest.mark.parametrize(
    "name, before, after, expected",
    [
        (
            "both policies",
            it(BUCKET, "RetainExceptOnCreate", "Retain"),
            it(BUCKET, "Delete", "Delete"),
            "wider: It is now deleted when it leaves the stack or is replaced (was kept)",
        ),
        (
            "one policy",
            it(BUCKET, "Retain", "Retain"),
            it(BUCKET, "Delete", "Retain"),
            "wider: It is now deleted when it leaves the stack, and kept when it is replaced (was kept)",
        ),
        (
            "a snapshot",
            it(DATABASE, "Retain", "Snapshot"),
            it(DATABASE, "Snapshot", "Snapshot"),
            "wider: It is now kept as a snapshot when it leaves the stack or is replaced (was kept and "
            "kept as a snapshot)",
        ),
        (
            "a database without a policy leaves a snapshot",
            it(DATABASE, "Delete", "Delete"),
            it(DATABASE),
            "narrower: It is now kept as a snapshot when it leaves the stack, and deleted when it is "
            "replaced (was deleted)",
        ),
        (
            "logs for audit",
            it(LOGS, "Retain", "Retain"),
            it(LOGS),
            "wider: It is now deleted when it leaves the stack or is replaced (was kept)",
        ),
        ("kept in another way", it(BUCKET, "Retain", "Retain"), it(BUCKET, "RetainExceptOnCreate", "Retain"), None),
        ("what holds no data", it("AWS::EC2::SecurityGroup", "Retain"), it("AWS::EC2::SecurityGroup"), None),
    ],
)
def test_what_becomes_of_data(said, name, before, after, expected):
    assert said(before, after) == ([expected] if expected else [])


def bucket(*rules):
    return it(BUCKET, LifecycleConfiguration={"Rules": [{"Status": "Enabled", **rule} for rule in rules]})


@pytest.mark.parametrize(
    "name, before, after, expected",
    [
        (
            "objects expire",
            bucket(),
            bucket({"ExpirationInDays": 30}),
            ["wider: objects of It are deleted after 30 days (were kept)"],
        ),
        (
            "they expire no more",
            bucket({"ExpirationInDays": 30}),
            bucket(),
            ["narrower: objects of It no longer expire (was 30)"],
        ),
        (
            "sooner",
            bucket({"ExpirationInDays": 30}),
            bucket({"ExpirationInDays": 1}),
            ["wider: objects of It are deleted after 1 day (was 30)"],
        ),
        (
            "later",
            bucket({"ExpirationInDays": 30}),
            bucket({"ExpirationInDays": 60}),
            ["narrower: objects of It are deleted after 60 days (was 30)"],
        ),
        (
            "some objects",
            bucket(),
            bucket({"ExpirationInDays": 30, "Prefix": "tmp/"}),
            ["wider: objects of It under tmp/ are deleted after 30 days (were kept)"],
        ),
        (
            "old versions",
            bucket({"NoncurrentVersionExpiration": {"NoncurrentDays": 90}}),
            bucket({"NoncurrentVersionExpiration": {"NoncurrentDays": 30}}),
            ["wider: old versions of objects of It are deleted after 30 days (was 90)"],
        ),
        ("a rule that is off", bucket(), bucket({"ExpirationInDays": 30, "Status": "Disabled"}), []),
        ("another name", bucket({"ExpirationInDays": 30, "Id": "a"}), bucket({"ExpirationInDays": 30, "Id": "b"}), []),
        (
            "the sooner of two rules counts",
            bucket({"ExpirationInDays": 9}),
            bucket({"ExpirationInDays": 99}, {"ExpirationInDays": 9}),
            [],
        ),
        ("a new bucket", {}, bucket({"ExpirationInDays": 30}), []),
    ],
)
def test_the_lifecycle_of_objects(said, name, before, after, expected):
    assert said(before, after) == expected


def locked(**retention):
    return it(BUCKET, ObjectLockConfiguration={"Rule": {"DefaultRetention": retention}})


@pytest.mark.parametrize(
    "name, before, after, expected",
    [
        (
            "shorter",
            {"Mode": "COMPLIANCE", "Days": 365},
            {"Mode": "COMPLIANCE", "Days": 30},
            "wider: new objects of It are locked for 30 days (was 365)",
        ),
        (
            "weaker",
            {"Mode": "COMPLIANCE", "Days": 365},
            {"Mode": "GOVERNANCE", "Days": 365},
            "wider: new objects of It are locked in governance mode (were in compliance mode)",
        ),
        (
            "longer",
            {"Mode": "COMPLIANCE", "Years": 1},
            {"Mode": "COMPLIANCE", "Years": 7},
            "narrower: new objects of It are locked for 7 years (was 1)",
        ),
    ],
)
def test_how_objects_are_locked(said, name, before, after, expected):
    assert said(locked(**before), locked(**after)) == [expected]


def test_items_that_expire(said):
    expiring = it(TABLE, TimeToLiveSpecification={"AttributeName": "ends", "Enabled": True})

    off = it(TABLE, TimeToLiveSpecification={"AttributeName": "ends", "Enabled": False})

    assert said(it(TABLE), off) == []
    assert said(it(TABLE), expiring) == ["wider: items of It are now deleted when the time in ends is over"]
    assert said({}, expiring) == []


@pytest.mark.parametrize(
    "name, before, after, expected",
    [
        (
            "another key",
            {"KmsKeyId": {"Ref": "Key"}},
            {"KmsKeyId": {"Ref": "Other"}},
            "changed: It is now encrypted with the key Other (was Encryption/Key)",
        ),
        (
            "no key",
            {"KmsKeyId": {"Ref": "Key"}},
            {},
            "wider: It is no longer encrypted with a key of the account (was Encryption/Key)",
        ),
        (
            "a key",
            {},
            {"KmsKeyId": {"Ref": "Key"}},
            "narrower: It is now encrypted with the key Encryption/Key (had none)",
        ),
        (
            "the same key in another way",
            {"KmsKeyId": {"Ref": "Key"}},
            {"KmsKeyId": {"Fn::GetAtt": ["Key", "Arn"]}},
            None,
        ),
    ],
)
def test_the_key_of_a_store(said, name, before, after, expected):
    assert said(it(DATABASE, **before), it(DATABASE, **after)) == ([expected] if expected else [])


@pytest.mark.parametrize(
    "name, type, before, after, expected",
    [
        (
            "major",
            DATABASE,
            {"Engine": "aurora-postgresql", "EngineVersion": "16.6"},
            {"Engine": "aurora-postgresql", "EngineVersion": "17.2"},
            "It goes from PostgreSQL 16.6 to 17.2, a major version: there is no way back but a restore",
        ),
        (
            "minor",
            DATABASE,
            {"Engine": "aurora-postgresql", "EngineVersion": "16.6"},
            {"Engine": "aurora-postgresql", "EngineVersion": "16.8"},
            None,
        ),
        (
            "MySQL",
            DATABASE,
            {"Engine": "aurora-mysql", "EngineVersion": "8.0.mysql_aurora.3.08.0"},
            {"Engine": "aurora-mysql", "EngineVersion": "8.4.mysql_aurora.8.4.1"},
            "It goes from MySQL 8.0.mysql_aurora.3.08.0 to 8.4.mysql_aurora.8.4.1, a major version: "
            "there is no way back but a restore",
        ),
        (
            "OpenSearch",
            "AWS::OpenSearchService::Domain",
            {"EngineVersion": "OpenSearch_2.11"},
            {"EngineVersion": "OpenSearch_3.1"},
            "It goes from OpenSearch 2.11 to 3.1, a major version: there is no way back but a restore",
        ),
        (
            "another engine",
            "AWS::ElastiCache::ReplicationGroup",
            {"Engine": "redis", "EngineVersion": "7.1"},
            {"Engine": "valkey", "EngineVersion": "8.2"},
            "It goes from Redis OSS to Valkey: there is no way back but a restore",
        ),
        (
            "a version that comes to be written",
            DATABASE,
            {"Engine": "postgres"},
            {"Engine": "postgres", "EngineVersion": "17.2"},
            None,
        ),
    ],
)
def test_the_version_of_an_engine(said, name, type, before, after, expected):
    assert said(it(type, **before), it(type, **after)) == ([f"changed: {expected}"] if expected else [])


def test_a_secret_that_is_no_longer_rotated(said):
    secret = {"Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {}}}

    def rotated(days):
        properties = {"SecretId": {"Ref": "Secret"}, "RotationRules": {"AutomaticallyAfterDays": days}}
        return {**secret, **it("AWS::SecretsManager::RotationSchedule", **properties)}

    assert said(rotated(30), secret) == ["wider: Secret is no longer rotated (was every 30 days)"]
    assert said(secret, rotated(1)) == ["narrower: Secret is now rotated every 1 day (was not rotated)"]
    assert said(rotated(30), rotated(90)) == ["changed: Secret is now rotated every 90 days (was every 30 days)"]
    assert said(rotated(30), {}) == []


def test_the_traffic_of_a_network_is_no_longer_logged(said):
    network = {"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {}}}

    assert said({**network, **it("AWS::EC2::FlowLog", ResourceId={"Ref": "Vpc"})}, network) == [
        "wider: the traffic of Network/Vpc is no longer logged"
    ]


def test_the_termination_protection_of_a_stack(said, stack):
    on, off = [stack({}, protected=True)], [stack({})]

    assert said(on, off) == ["wider: the stack can now be deleted: it has no termination protection any more"]
    assert said(off, on) == ["narrower: the stack can no longer be deleted: it now has termination protection"]
    assert said(on, on) == []


def test_settings_of_another_type_under_the_same_id_are_not_compared(said):
    assert said(it(LOGS, RetentionInDays=365), it("AWS::SQS::Queue", MessageRetentionPeriod=60)) == []
    assert said(it(LOGS, KmsKeyId={"Ref": "Key"}), it("AWS::SNS::Topic", KmsMasterKeyId={"Ref": "Other"})) == []


def test_images_that_expire(said):
    policy = {"LifecyclePolicyText": '{"rules": []}'}
    without, expiring = it("AWS::ECR::Repository"), it("AWS::ECR::Repository", LifecyclePolicy=policy)

    assert said(without, expiring) == ["wider: images of It now expire by a new lifecycle policy"]
    assert said(expiring, without) == ["narrower: images of It no longer expire"]
