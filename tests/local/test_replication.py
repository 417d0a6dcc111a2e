"""Replication of buckets, which the CloudFormation of the emulator underneath drops."""

import json

from tests.local.conftest import Local

ACCOUNT = "222222222222"
RULE = {
    "Status": "Enabled",
    "Priority": 1,
    "Filter": {"Prefix": ""},
    "DeleteMarkerReplication": {"Status": "Disabled"},
    "SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}},
    "Destination": {
        "Bucket": "arn:aws:s3:::archive",
        "Account": "333333333333",
        "AccessControlTranslation": {"Owner": "Destination"},
        "EncryptionConfiguration": {"ReplicaKmsKeyID": "arn:aws:kms:eu-west-1:333333333333:alias/archive"},
        "Metrics": {"Status": "Enabled"},
    },
}


def test_a_bucket_replicates_as_its_template_says(local: Local) -> None:
    session = local.session(ACCOUNT)
    cloudformation, s3 = (session.client(name, endpoint_url=local.server.endpoint) for name in ("cloudformation", "s3"))
    role = f"arn:aws:iam::{ACCOUNT}:role/cells/access-logs/copier"
    logs = {
        "Type": "AWS::S3::Bucket",
        "Properties": {
            "BucketName": "replicated-logs",
            "VersioningConfiguration": {"Status": "Enabled"},
            "ReplicationConfiguration": {"Role": role, "Rules": [{"Id": "to-archive", **RULE}]},
        },
    }

    cloudformation.create_stack(StackName="replication", TemplateBody=json.dumps({"Resources": {"Logs": logs}}))

    found = s3.get_bucket_replication(Bucket="replicated-logs")["ReplicationConfiguration"]
    assert found["Role"] == role
    (rule,) = found["Rules"]
    assert rule["ID"] == "to-archive"
    assert rule["Destination"]["Bucket"] == RULE["Destination"]["Bucket"]
    assert rule["DeleteMarkerReplication"] == RULE["DeleteMarkerReplication"]
