"""What the registry says of the properties of a type."""

import pytest

from assembly.errors import AssemblyError
from assembly.schema import TypeSchema, _folder, _types, registry_version, schema_of

ENDPOINT = "AWS::EC2::VPCEndpoint"


def effect(type, path, before="a", after="b", **resource):
    return schema_of(type).effect(path.split("/"), before, after, {"Type": type, **resource})


@pytest.mark.parametrize(
    "type, path, expected",
    [
        ("AWS::EC2::VPC", "CidrBlock", "replacement"),
        ("AWS::EC2::VPC", "EnableDnsSupport", "in-place"),
        ("AWS::EC2::Subnet", "VpcId", "replacement"),
        ("AWS::RDS::DBCluster", "DBClusterIdentifier", "replacement"),
        ("AWS::RDS::DBCluster", "VpcSecurityGroupIds/*", "in-place"),
        ("AWS::DynamoDB::Table", "TableName", "replacement"),
        ("AWS::Lambda::Function", "Code/S3Key", "in-place"),
        ("AWS::ECS::TaskDefinition", "ContainerDefinitions/*/Image", "replacement"),
        ("AWS::ECS::Service", "NetworkConfiguration/AwsvpcConfiguration/Subnets/*", "in-place"),
        ("AWS::ElasticLoadBalancingV2::TargetGroup", "Port", "replacement"),
        ("AWS::ECS::Service", "ServiceName", "replacement"),
        ("AWS::S3::Bucket", "Tags/*/Value", "in-place"),
        ("AWS::S3::Bucket", "NoSuchProperty", "in-place"),
        ("Custom::Migration", "Image", "in-place"),
        ("AWS::FutureLake::Lake", "Depth", "in-place"),
    ],
)
def test_a_change_does_what_the_registry_says(type, path, expected):
    assert effect(type, path) == expected


def test_a_conditional_property_may_replace():
    schema = TypeSchema("AWS::Some::Type", known=True, create_only=("Name",), conditional=("Version",))

    assert schema.effect(("Version",), 1, 2, {}) == "conditional"
    assert schema.effect(("Name",), 1, 2, {}) == "replacement"


def test_what_always_replaces_wins_over_what_may_replace():
    schema = TypeSchema("AWS::Some::Type", known=True, create_only=("Version",), conditional=("Version",))

    assert schema.effect(("Version",), 1, 2, {}) == "replacement"


@pytest.mark.parametrize(
    "name, path, before, after, expected",
    [
        ("the nested property itself", "Options/Zone", "a", "b", "replacement"),
        ("a value inside of the nested property", "Options/Zone/Name", "a", "b", "replacement"),
        ("a neighbour of the nested property", "Options/Mode", "a", "b", "in-place"),
        ("another property of that name", "Zone", "a", "b", "in-place"),
        ("a property whose name starts alike", "Options/Zones", "a", "b", "in-place"),
        ("the whole that brings the nested property", "Options", None, {"Zone": "a"}, "replacement"),
        ("the whole that takes it away", "Options", {"Zone": "a"}, None, "replacement"),
        ("the whole that comes without it", "Options", None, {"Mode": "a"}, "in-place"),
        ("the whole in which it stays", "Options", {"Zone": "a", "Mode": "b"}, {"Zone": "a"}, "in-place"),
        ("the property of an item", "Rules/*/Port", 1, 2, "replacement"),
        ("the property of an item that has a name", "Rules/api/Port", 1, 2, "replacement"),
        ("another property of an item", "Rules/*/Name", "a", "b", "in-place"),
        ("an item that brings it", "Rules/*", None, {"Port": 1}, "replacement"),
        ("an item without it", "Rules/*", None, {"Name": "a"}, "in-place"),
        ("all items", "Rules", [{"Port": 1}], [{"Port": 1}, {"Port": 2}], "replacement"),
        ("all items, of which none has it", "Rules", [{"Name": 1}], [], "in-place"),
        ("a list that is no list", "Rules", {"Port": 1}, "text", "in-place"),
    ],
)
def test_a_nested_property_is_touched_by_what_changes_it(name, path, before, after, expected):
    schema = TypeSchema("AWS::Some::Type", known=True, create_only=("Options/Zone", "Rules/*/Port"))

    assert schema.effect(path.split("/"), before, after, {}) == expected


def test_a_real_nested_property_is_found():
    assert effect(ENDPOINT, "DnsOptions/PrivateDnsPreference") == effect(ENDPOINT, "VpcId") == "replacement"


@pytest.mark.parametrize(
    "type, path, is_set",
    [
        ("AWS::EC2::SecurityGroup", "SecurityGroupIngress", True),
        ("AWS::EC2::SecurityGroup", "Tags", True),
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", "Subnets", True),
        ("AWS::CloudFront::Distribution", "DistributionConfig/CacheBehaviors", False),
        ("AWS::Lambda::Function", "Layers", False),
        ("AWS::Lambda::Function", "VpcConfig/SubnetIds", False),
        ("AWS::S3::Bucket", "NoSuchProperty", False),
        ("AWS::ECS::TaskDefinition", "ContainerDefinitions/*/Environment", True),
        ("AWS::ECS::TaskDefinition", "ContainerDefinitions/*/Command", False),
        ("AWS::ECS::TaskDefinition", "ContainerDefinitions/*/Environment/*", False),
        ("AWS::CodePipeline::Pipeline", "Stages", False),
        ("AWS::S3::Bucket", "BucketName", False),
        ("AWS::S3::Bucket", "", False),
        ("AWS::FutureLake::Lake", "Depths", False),
        ("Custom::Migration", "Tags", True),
    ],
)
def test_the_schema_says_whether_a_list_has_an_order(type, path, is_set):
    assert schema_of(type).unordered(path.split("/") if path else ()) is is_set


@pytest.mark.parametrize(
    "type, known, custom",
    [
        ("AWS::S3::Bucket", True, False),
        ("Custom::Migration", True, True),
        ("AWS::CloudFormation::CustomResource", True, True),
        ("AWS::FutureLake::Lake", False, False),
        ("AWS::CDK::Metadata", True, False),
        ("../../etc/passwd", False, False),
        ("", False, False),
    ],
)
def test_a_type_is_known_or_custom_or_too_new(type, known, custom):
    schema = schema_of(type)

    assert (schema.known, schema.custom) == (known, custom)


@pytest.mark.parametrize(
    "type, name",
    [
        ("AWS::DynamoDB::Table", "TableName"),
        ("AWS::EC2::SecurityGroup", "GroupName"),
        ("AWS::IAM::Role", "RoleName"),
        ("AWS::Lambda::Function", "FunctionName"),
        ("AWS::S3::Bucket", "BucketName"),
        ("AWS::SecretsManager::Secret", "Name"),
        ("AWS::SSM::Parameter", "Name"),
        ("AWS::EC2::VPC", ""),
        ("AWS::Route53::RecordSet", ""),
        ("AWS::ApplicationAutoScaling::ScalingPolicy", ""),
        ("AWS::FutureLake::Lake", ""),
    ],
)
def test_the_property_that_names_a_resource_is_its_own_noun(type, name):
    assert schema_of(type).name_property == name


def test_every_pointer_of_every_type_became_a_path():
    for type in _types():
        schema = schema_of(type)
        for pointer in (*schema.create_only, *schema.conditional):
            steps = pointer.split("/")
            assert "properties" not in steps and "items" not in steps and all(steps), (type, pointer)


def test_a_schema_is_read_once():
    assert schema_of("AWS::S3::Bucket") is schema_of("AWS::S3::Bucket")


def test_the_registry_has_a_name_with_a_version():
    assert registry_version().startswith("cfn-lint 1.")


def test_a_missing_schema_is_told(monkeypatch, tmp_path):
    assert _types()
    monkeypatch.setattr("assembly.schema._folder", lambda: tmp_path)

    with pytest.raises(AssemblyError, match="missing"):
        schema_of.__wrapped__("AWS::S3::Bucket")


def test_without_cfn_lint_the_error_says_what_to_do(monkeypatch):
    monkeypatch.setattr("assembly.schema.find_spec", lambda name: None)
    _folder.cache_clear()

    with pytest.raises(AssemblyError, match="cfn-lint is not installed") as error:
        _folder()

    _folder.cache_clear()
    assert error.value.hint == "make setup"


def test_what_a_function_puts_together_may_hold_a_property_that_cannot_change() -> None:
    schema = schema_of("AWS::EC2::VPCEndpoint")
    before, after = {"Fn::If": ["C", {"PrivateDnsPreference": "ALL_DOMAINS"}, {}]}, {"PrivateDnsPreference": "VERIFIED"}

    assert schema.effect(["DnsOptions"], before, after, {}) == "replacement"
