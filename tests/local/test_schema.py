"""What the registry's schemas say of a type."""

from local.properties import Properties
from local.schema import resource_types, schema_of


def test_a_schema_names_what_is_required_computed_and_fixed() -> None:
    schema = schema_of("AWS::ElastiCache::ReplicationGroup")

    assert schema is not None
    assert schema.required == ("ReplicationGroupDescription",)
    assert "PrimaryEndPoint.Address" in schema.read_only
    assert "KmsKeyId" in schema.create_only
    assert "CacheNodeType" not in schema.create_only
    assert "AuthToken" in schema.conditional
    assert schema.kinds["ReadEndPoint.AddressesList"] == "array"


def test_missing_required_properties_are_named() -> None:
    schema = schema_of("AWS::WAFv2::WebACLAssociation")

    assert schema is not None
    assert schema.missing(Properties({"ResourceArn": "x"})) == ["WebACLArn"]


def test_a_type_outside_the_registry_has_no_schema() -> None:
    assert schema_of("AWS::Cell::Thing") is None
    assert "AWS::CloudFormation::GuardHook" in resource_types()
