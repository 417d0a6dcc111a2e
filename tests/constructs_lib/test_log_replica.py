"""Copies of access logs in the log archive: which, by whom, and what happens when one fails."""

import json
from datetime import date

import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Template
from cdk_monitoring_constructs import AlarmFactoryDefaults, MonitoringFacade

from assembly.check import check
from assembly.load import CloudAssembly
from constructs_lib.log_replica import LogReplica
from constructs_lib.specs.errors import CellsError
from tests.constructs_lib.sample_data import ARCHIVE

WITH_KEY = ARCHIVE.model_copy(update={"key_alias": "alias/example-log-archive"})
BUCKET = "arn:aws:s3:::example-access-logs-333333333333-eu-west-1"


def resolved(value):
    """The template as one text, with the partition filled in."""
    return json.loads(json.dumps(_join(value)))


def _join(value):
    if isinstance(value, list):
        return [_join(one) for one in value]
    if not isinstance(value, dict):
        return value
    if "Fn::Join" in value:
        return "".join(part if isinstance(part, str) else _reference(part) for part in value["Fn::Join"][1])
    if value.keys() == {"Ref"} or value.keys() == {"Fn::GetAtt"}:
        return _reference(value)
    return {key: _join(one) for key, one in value.items()}


def _reference(value):
    if value == {"Ref": "AWS::Partition"}:
        return "aws"
    return f"<{'.'.join(value['Fn::GetAtt']) if 'Fn::GetAtt' in value else value['Ref']}>"


def replicated(stack, *, key=None, archive=ARCHIVE):
    bucket = s3.Bucket(stack, "Logs", versioned=True)
    replica = LogReplica(stack, "Replica", bucket=bucket, archive=archive, key=key)
    replica.monitor(
        MonitoringFacade(
            stack,
            "Monitoring",
            alarm_factory_defaults=AlarmFactoryDefaults(alarm_name_prefix="cell-foundation", actions_enabled=True),
        )
    )
    return Template.from_stack(stack)


@pytest.fixture(scope="module")
def plain(new_stack):
    return replicated(new_stack())


@pytest.fixture(scope="module")
def encrypted(new_stack):
    stack = new_stack(region="us-east-1")
    return replicated(stack, key=kms.Key(stack, "Key"), archive=WITH_KEY)


def rule(template):
    (bucket,) = template.find_resources("AWS::S3::Bucket").values()
    (found,) = bucket["Properties"]["ReplicationConfiguration"]["Rules"]
    return resolved(found)


def statements(template):
    (policy,) = template.find_resources("AWS::IAM::Policy").values()
    return resolved(policy["Properties"]["PolicyDocument"]["Statement"])


def test_everything_goes_to_the_archives_bucket_and_belongs_to_the_archive(plain):
    found = rule(plain)

    assert found["Status"] == "Enabled"
    assert found["Filter"] == {"Prefix": ""}
    assert found["Destination"]["Bucket"] == BUCKET
    assert found["Destination"]["Account"] == "333333333333"
    assert found["Destination"]["AccessControlTranslation"] == {"Owner": "Destination"}


def test_deletions_are_not_copied(plain):
    assert rule(plain)["DeleteMarkerReplication"] == {"Status": "Disabled"}
    assert "s3:ReplicateDelete" not in json.dumps(statements(plain))


def test_the_role_is_where_the_archive_looks_for_it_and_only_s3_becomes_it(plain):
    (role,) = plain.find_resources("AWS::IAM::Role").values()
    (bucket,) = plain.find_resources("AWS::S3::Bucket").values()

    assert role["Properties"]["Path"] == "/cells/access-logs/"
    assert "RoleName" not in role["Properties"]
    (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "s3.amazonaws.com"}
    assert "Role" in bucket["Properties"]["ReplicationConfiguration"]["Role"]["Fn::GetAtt"][0]


def test_the_role_writes_copies_to_the_one_bucket_of_the_archive(plain):
    outside = [one for one in statements(plain) if "example-access-logs" in str(one["Resource"])]

    assert outside == [
        {
            "Effect": "Allow",
            "Action": ["s3:ObjectOwnerOverrideToBucketOwner", "s3:ReplicateObject", "s3:ReplicateTags"],
            "Resource": f"{BUCKET}/*",
        }
    ]


def test_the_role_reads_the_bucket_that_it_copies_and_no_other(plain):
    (bucket,) = plain.find_resources("AWS::S3::Bucket")
    inside = [one for one in statements(plain) if "example-access-logs" not in str(one["Resource"])]

    assert {str(one["Resource"]) for one in inside} == {f"<{bucket}.Arn>", f"<{bucket}.Arn>/*"}
    actions = {action for one in inside for action in one["Action"]}
    assert not {action for action in actions if action.startswith("s3:Put") or "Delete" in action}


def test_what_a_key_encrypts_is_copied_to_the_archives_key(encrypted):
    found = rule(encrypted)

    assert found["SourceSelectionCriteria"] == {"SseKmsEncryptedObjects": {"Status": "Enabled"}}
    assert found["Destination"]["EncryptionConfiguration"] == {
        "ReplicaKmsKeyID": "arn:aws:kms:eu-west-1:333333333333:alias/example-log-archive"
    }


def test_without_a_key_there_is_none_to_use(plain):
    assert "SourceSelectionCriteria" not in rule(plain)
    assert "kms" not in json.dumps(statements(plain))


def test_each_key_is_used_through_s3_for_one_bucket(encrypted):
    (bucket,) = encrypted.find_resources("AWS::S3::Bucket")
    used = {str(one["Action"]): one["Condition"] for one in statements(encrypted) if "kms" in str(one["Action"])}

    own = f"<{bucket}.Arn>"
    assert used == {
        "kms:Decrypt": {
            "StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"},
            "StringLike": {"kms:EncryptionContext:aws:s3:arn": [own, f"{own}/*"]},
        },
        "['kms:Encrypt', 'kms:GenerateDataKey']": {
            "StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"},
            "StringLike": {"kms:EncryptionContext:aws:s3:arn": [BUCKET, f"{BUCKET}/*"]},
        },
    }


def test_an_archive_without_a_key_cannot_take_what_a_key_encrypts(new_stack):
    stack = new_stack()

    with pytest.raises(CellsError, match="copies what a key encrypts"):
        replicated(stack, key=kms.Key(stack, "Key"))


def test_pending_accounts_which_share_one_id_can_be_synthesized(new_stack):
    template = replicated(new_stack(account="333333333333"))

    assert rule(template)["Destination"]["Account"] == "333333333333"


def test_a_log_that_is_not_copied_sets_off_an_alarm(plain):
    (alarm,) = plain.find_resources("AWS::CloudWatch::Alarm").values()
    properties = alarm["Properties"]

    assert rule(plain)["Destination"]["Metrics"] == {"Status": "Enabled"}
    assert properties["Threshold"] == 0
    assert properties["ComparisonOperator"] == "GreaterThanThreshold"
    assert properties["TreatMissingData"] == "notBreaching"
    (measured,) = [one["MetricStat"]["Metric"] for one in properties["Metrics"]]
    dimensions = {one["Name"]: one["Value"] for one in measured["Dimensions"]}
    assert measured["MetricName"] == "OperationsFailedReplication"
    assert dimensions["RuleId"] == rule(plain)["Id"]
    assert dimensions["DestinationBucket"] == "example-access-logs-333333333333-eu-west-1"


@pytest.mark.parametrize("account", ["111122223333", "333333333333"])
@pytest.mark.parametrize("region", ["eu-west-1", "us-east-1"])
def test_wildcards_are_excused_one_by_one(new_app, new_stack, account, region):
    app = new_app()
    stack = new_stack(app=app, account=account, region=region)
    replicated(stack, key=kms.Key(stack, "Key"), archive=WITH_KEY)

    judgement = check(CloudAssembly.load(app.synth().directory), on=date(2026, 11, 27), app=app).judgement

    assert [str(one) for one in judgement.unexcused if "IAM5" in one.rule] == []
    assert [one.rule for one in judgement.unused] == []
