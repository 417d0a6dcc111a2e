"""The bucket of the site: private, and CloudFront of this account reads it."""

import pytest

from tests.constructs_lib.sample_data import DESTROY, RETAIN, SNAPSHOT
from tests.constructs_lib.sample_edge import SampleEdge, properties


@pytest.fixture(scope="module")
def site():
    return SampleEdge().home()


def bucket(template):
    (found,) = template.find_resources("AWS::S3::Bucket").values()
    return found


def statements(template):
    found = properties(template, "AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
    return {statement["Sid"]: statement for statement in found if "Sid" in statement}


def denials(template):
    found = properties(template, "AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
    return [statement for statement in found if statement["Effect"] == "Deny"]


def test_nothing_makes_it_public(site):
    assert bucket(site)["Properties"]["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    }
    assert bucket(site)["Properties"]["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


def test_s3_encrypts_it_because_its_content_is_public_anyway(site):
    (rule,) = bucket(site)["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"]

    assert rule == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    assert {"Key": "data-classification", "Value": "public"} in bucket(site)["Properties"]["Tags"]


def test_it_keeps_old_releases_for_thirty_days(site):
    (rule,) = bucket(site)["Properties"]["LifecycleConfiguration"]["Rules"]

    assert bucket(site)["Properties"]["VersioningConfiguration"] == {"Status": "Enabled"}
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}
    assert "ExpirationInDays" not in rule


def test_its_access_is_logged_to_the_log_bucket_of_another_stack(site):
    logging = bucket(site)["Properties"]["LoggingConfiguration"]

    assert logging["LogFilePrefix"] == "site/"
    assert logging["DestinationBucketName"]["Fn::GetStackOutput"]["StackName"] == "acme-crm-prod-foundation"


def test_it_has_no_name_of_ours(site):
    assert "BucketName" not in bucket(site)["Properties"]


def test_requests_without_tls_1_2_are_denied(site):
    conditions = [denial["Condition"] for denial in denials(site)]

    assert {"Bool": {"aws:SecureTransport": "false"}} in conditions
    assert {"NumericLessThan": {"s3:TlsVersion": 1.2}} in conditions


@pytest.mark.parametrize(
    ("sid", "action"), [("CloudFrontReads", "s3:GetObject"), ("CloudFrontKnowsWhatIsMissing", "s3:ListBucket")]
)
def test_only_distributions_of_this_account_read_it(site, sid, action):
    statement = statements(site)[sid]

    assert statement["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert statement["Action"] == action
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": "111122223333"}
    arn = statement["Condition"]["ArnLike"]["aws:SourceArn"]["Fn::Join"][1]
    assert arn[-1] == ":cloudfront::111122223333:distribution/*"


def test_cloudfront_is_the_only_reader_where_data_is_retained(site):
    allowed = [
        statement["Principal"]
        for statement in properties(site, "AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]

    assert allowed == [{"Service": "cloudfront.amazonaws.com"}] * 2


@pytest.mark.parametrize("protection", [RETAIN, SNAPSHOT, DESTROY], ids=["retain", "snapshot", "destroy"])
def test_it_goes_with_its_stack_because_a_release_brings_it_back(protection):
    assert bucket(SampleEdge(protection=protection).home())["DeletionPolicy"] == "Delete"


@pytest.mark.parametrize(
    ("protection", "emptied"),
    [(RETAIN, False), (SNAPSHOT, True), (DESTROY, True)],
    ids=["retain", "snapshot", "destroy"],
)
def test_the_stack_empties_it_where_nothing_is_retained(protection, emptied):
    found = SampleEdge(protection=protection).home().find_resources("Custom::S3AutoDeleteObjects")

    assert bool(found) is emptied


def test_bucket_and_distribution_do_not_need_each_other():
    sample = SampleEdge()
    sample.app.synth()

    assert sample.edge not in sample.service.dependencies
    assert sample.service in sample.edge.dependencies
