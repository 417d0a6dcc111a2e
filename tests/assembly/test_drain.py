from assembly.document import JsonObject
from assembly.drain import without_data
from assembly.stateful import stateful

TEMPLATE: JsonObject = {
    "Resources": {
        "Bucket": {"Type": "AWS::S3::Bucket"},
        "Policy": {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": {"Ref": "Bucket"}}},
        "Function": {"Type": "AWS::Lambda::Function", "DependsOn": ["Policy"]},
        "Text": {"Type": "AWS::SSM::Parameter", "Properties": {"Value": {"Fn::Sub": "${Bucket.Arn}/x"}}},
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"Name": {"Fn::GetAtt": ["Group", "Name"]}}},
        "Group": {"Type": "AWS::Logs::LogGroup"},
    },
    "Outputs": {
        "One": {"Value": {"Fn::GetAtt": ["Bucket", "Arn"]}},
        "Two": {"Value": {"Ref": "Role"}},
    },
}


def test_what_holds_data_goes_with_everything_that_refers_to_it() -> None:
    left = without_data(TEMPLATE)

    assert set(left["Resources"]) == {"Role", "Group"}
    assert set(left["Outputs"]) == {"Two"}
    assert not stateful(left)


def test_a_template_without_data_stays_as_it_is() -> None:
    template: JsonObject = {"Resources": {"Role": {"Type": "AWS::IAM::Role"}}}

    assert without_data(template) == template


def test_a_stack_that_is_nothing_but_data_keeps_a_resource_that_is_nothing() -> None:
    left = without_data({"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}}})

    assert [resource["Type"] for resource in left["Resources"].values()] == ["AWS::CloudFormation::WaitConditionHandle"]
