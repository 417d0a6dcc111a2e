"""Access logs get from a cell into the log archive: the cell's role, its boundary and the archive agree."""

import pytest

from assembly.load import CloudAssembly
from assembly.policy.document import parse
from assembly.policy.evaluate import evaluate
from assembly.policy.policies import Policies
from assembly.policy.principal import Account, role
from assembly.policy.request import Context, Request, Resource
from constructs_lib.specs.landing import ACCESS_LOG_ROLE_PATH, EXECUTION_POLICY_NAME, PERMISSION_BOUNDARY_NAME
from tests.accounts.conftest import resolved

CELL = Account("111122223333", "o-exampleorgid")
OUTSIDE = Account("999999999999", "o-another")
ARCHIVE = Account("333333333333", "o-exampleorgid")
NAME = "example-access-logs-333333333333-eu-west-1"
BUCKET = f"arn:aws:s3:::{NAME}"
KEY = "arn:aws:kms:eu-west-1:333333333333:key/1"
COPYING = ("s3:ReplicateObject", "s3:ReplicateTags", "s3:ObjectOwnerOverrideToBucketOwner")
LAYERS = {"ProductCell-Foundation": "LogBucketReplica", "ProductCell-Edge": "FrontDoorLogsReplica"}


@pytest.fixture(scope="module")
def archive(ground):
    """The bucket's policy and the key's, as the evaluator reads them."""
    template = ground.template("LogArchive")
    ((bucket, _),) = template.find_resources("AWS::S3::Bucket", {"Properties": {"BucketName": NAME}}).items()
    (policy,) = template.find_resources("AWS::S3::BucketPolicy", {"Properties": {"Bucket": {"Ref": bucket}}}).values()
    (key,) = template.find_resources("AWS::KMS::Key").values()
    arns = {"Fn::GetAtt": [bucket, "Arn"]}
    document = _with(resolved(_with(policy["Properties"]["PolicyDocument"], arns, BUCKET)), None, None)
    return {
        "bucket": parse(document, "resource", "bucket policy"),
        "key": parse(resolved(key["Properties"]["KeyPolicy"]), "resource", "key policy"),
    }


def _with(value, what, by):
    if what is not None and value == what:
        return by
    if isinstance(value, dict):
        return {key: _with(one, what, by) for key, one in value.items()}
    return [_with(one, what, by) for one in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def copier(cell):
    """The policy of the role that copies in a layer; its own bucket and key are those of the test."""
    assembly = CloudAssembly.load(cell("dev"))

    def of(layer):
        (document,) = (
            resource["Properties"]["PolicyDocument"]
            for id, resource in assembly.stack(layer).resources.items()
            if assembly.stack(layer).resource_type(id) == "AWS::IAM::Policy" and id.startswith(LAYERS[layer])
        )
        return parse(resolved(_named(document)), "identity", layer)

    return of


def _named(value):
    if isinstance(value, dict) and "Fn::GetAtt" in value:
        service = "kms:us-east-1:111122223333:key/own" if "Key" in value["Fn::GetAtt"][0] else "s3:::own-logs"
        return f"arn:aws:{service}"
    if isinstance(value, dict):
        return {key: _named(one) for key, one in value.items()}
    return [_named(one) for one in value] if isinstance(value, list) else value


def decide(ground, archive, identity, action, *, account=CELL, path=ACCESS_LOG_ROLE_PATH, on=f"{BUCKET}/site/1"):
    boundary = parse(ground.policy("BaselineGlobal", PERMISSION_BOUNDARY_NAME), "boundary", "boundary")
    is_key = action.startswith("kms:")
    context = {"aws:RequestedRegion": "eu-west-1", "aws:SecureTransport": True}
    if is_key:
        context |= {"kms:ViaService": "s3.eu-west-1.amazonaws.com", "kms:EncryptionContext:aws:s3:arn": on}
    request = Request(
        role(account, "acme-crm-dev-Replica", path=path),
        action,
        Resource(KEY if is_key else on, ARCHIVE),
        Context.of(context, absent=("s3:TlsVersion",)),
        "eu-west-1",
    )
    resource = archive["key" if is_key else "bucket"]
    return evaluate(request, Policies(identity=(identity,), boundary=boundary, resource=resource))


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("action", COPYING)
def test_a_cell_copies_its_access_logs_into_the_archive(ground, archive, copier, layer, action):
    assert decide(ground, archive, copier(layer), action).allowed


@pytest.mark.parametrize("on", [BUCKET, f"{BUCKET}/AWSLogs/1"])
@pytest.mark.parametrize("action", ["kms:Encrypt", "kms:GenerateDataKey"])
def test_copies_of_what_cloudfront_logged_are_encrypted_by_the_archives_key(ground, archive, copier, action, on):
    assert decide(ground, archive, copier("ProductCell-Edge"), action, on=on).allowed


def test_the_archives_key_encrypts_nothing_else_for_a_cell(ground, archive, copier):
    other = "arn:aws:s3:::example-trail-333333333333-eu-west-1/1"

    assert not decide(ground, archive, copier("ProductCell-Edge"), "kms:Encrypt", on=other).allowed


@pytest.mark.parametrize("action", ["s3:GetObject", "s3:PutObject", "s3:ReplicateDelete", "s3:DeleteObjectVersion"])
def test_the_role_that_copies_can_do_nothing_else_in_the_archive(ground, archive, copier, action):
    everything = parse(
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}, "identity", "all"
    )

    assert not decide(ground, archive, copier("ProductCell-Foundation"), action).allowed
    assert not decide(ground, archive, everything, action).allowed


@pytest.mark.parametrize("changed", [{"account": OUTSIDE}, {"path": "/"}], ids=["an outsider", "another role"])
def test_nobody_else_writes_to_the_archive(ground, archive, copier, changed):
    assert not decide(ground, archive, copier("ProductCell-Foundation"), COPYING[0], **changed).allowed


def test_cloudformation_may_hand_the_role_to_s3(ground):
    policy = ground.policy("BaselineGlobal", EXECUTION_POLICY_NAME)
    (statement,) = [one for one in policy["Statement"] if one.get("Sid") == "PassRoles"]

    assert "s3.amazonaws.com" in statement["Condition"]["StringEquals"]["iam:PassedToService"]
