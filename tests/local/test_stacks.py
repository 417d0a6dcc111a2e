"""The stack engine: outputs of other stacks, stack policies, recorded types, conditions, events."""

import json
import urllib.request

import pytest
from botocore.exceptions import ClientError

from tests.local.conftest import Local

ACCOUNT = "222222222222"
OTHER_ACCOUNT = "333333333333"


def template(outputs: dict[str, object] | None = None, /, **resources: object) -> str:
    made: dict[str, object] = {"Resources": resources}
    if outputs:
        made["Outputs"] = {name: {"Value": value} for name, value in outputs.items()}
    return json.dumps(made)


def parameter(value: object) -> dict[str, object]:
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": value}}


def queue(**properties: object) -> dict[str, object]:
    return {"Type": "AWS::SQS::Queue", "Properties": properties}


class Stacks:
    """CloudFormation of one account and region."""

    def __init__(self, local: Local, account: str = ACCOUNT, region: str = "eu-west-1") -> None:
        self.client = local.session(account, region).client("cloudformation", endpoint_url=local.server.endpoint)

    def create(self, name: str, body: str, **options: object) -> str:
        self.client.create_stack(StackName=name, TemplateBody=body, Capabilities=["CAPABILITY_NAMED_IAM"], **options)
        return self.status(name)

    def update(self, name: str, body: str, **options: object) -> str:
        self.client.update_stack(StackName=name, TemplateBody=body, **options)
        return self.status(name)

    def change_set(self, name: str, change_set: str, body: str) -> dict[str, object]:
        self.client.create_change_set(StackName=name, ChangeSetName=change_set, TemplateBody=body)
        return dict(self.client.describe_change_set(StackName=name, ChangeSetName=change_set))

    def status(self, name: str) -> str:
        return str(self.client.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])

    def physical_id(self, name: str, logical_id: str) -> str:
        found = self.client.describe_stack_resource(StackName=name, LogicalResourceId=logical_id)
        return str(found["StackResourceDetail"]["PhysicalResourceId"])

    def reasons(self, name: str) -> str:
        events = self.client.describe_stack_events(StackName=name)["StackEvents"]
        return "\n".join(event.get("ResourceStatusReason", "") for event in events)


def test_an_output_is_read_from_another_region(local: Local) -> None:
    home, edge = Stacks(local), Stacks(local, region="us-east-1")
    home.create("regional", template({"Name": "from-ireland"}, Value=parameter("x")))
    edge.create("regional", template({"Name": "from-virginia"}, Value=parameter("x")))
    reference = {"Fn::GetStackOutput": {"StackName": "regional", "Region": "eu-west-1", "OutputName": "Name"}}

    assert edge.create("consumer", template(Value=parameter(reference))) == "CREATE_COMPLETE"

    ssm = local.session(ACCOUNT, "us-east-1").client("ssm", endpoint_url=local.server.endpoint)
    value = ssm.get_parameter(Name=edge.physical_id("consumer", "Value"))["Parameter"]["Value"]
    assert value == "from-ireland"


def test_an_output_is_read_from_another_account_through_its_role(local: Local) -> None:
    producer = template(
        {"Name": "theirs"},
        Reader={
            "Type": "AWS::IAM::Role",
            "Properties": {"RoleName": "output-reader", "AssumeRolePolicyDocument": {"Statement": []}},
        },
    )
    Stacks(local, OTHER_ACCOUNT).create("theirs", producer)
    reference = {
        "StackName": "theirs",
        "Region": "eu-west-1",
        "OutputName": "Name",
        "RoleArn": {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::{OTHER_ACCOUNT}:role/output-reader"},
    }

    status = Stacks(local).create("ours", template(Value=parameter({"Fn::GetStackOutput": reference})))

    assert status == "CREATE_COMPLETE"


@pytest.mark.parametrize(
    ("case", "reference", "reason"),
    [
        ("no stack", {"StackName": "nowhere", "OutputName": "Name"}, "Output 'Name' not found in stack 'nowhere'"),
        (
            "no role",
            {
                "StackName": "theirs",
                "OutputName": "Name",
                "RoleArn": f"arn:aws:iam::{OTHER_ACCOUNT}:role/no-such-role",
            },
            "cannot assume role",
        ),
    ],
)
def test_fails_to_create_what_reads_a_missing_output(
    local: Local, case: str, reference: dict[str, str], reason: str
) -> None:
    stacks = Stacks(local)

    status = stacks.create(
        case.replace(" ", "-"), template(Value=parameter({"Fn::GetStackOutput": {"Region": "eu-west-1", **reference}}))
    )

    assert status == "ROLLBACK_COMPLETE"
    assert reason in stacks.reasons(case.replace(" ", "-"))


def test_a_change_set_sees_that_an_output_has_changed_though_the_template_has_not(local: Local) -> None:
    stacks = Stacks(local)
    reference = {"Fn::GetStackOutput": {"StackName": "moving", "Region": "eu-west-1", "OutputName": "Name"}}
    joined = {"Fn::Join": ["-", ["is", reference]]}
    consumer = template(Moves=parameter(joined), Stays=parameter("same"))
    stacks.create("moving", template({"Name": "one"}, Value=parameter("x")))
    stacks.create("following", consumer)

    same = stacks.change_set("following", "same", consumer)
    stacks.update("moving", template({"Name": "two"}, Value=parameter("y")))
    changed = stacks.change_set("following", "changed", consumer)
    stacks.client.execute_change_set(StackName="following", ChangeSetName="changed")

    ssm = local.session(ACCOUNT).client("ssm", endpoint_url=local.server.endpoint)
    value = ssm.get_parameter(Name=stacks.physical_id("following", "Moves"))["Parameter"]["Value"]
    assert same["Status"] == "FAILED"
    assert [change["ResourceChange"]["LogicalResourceId"] for change in changed["Changes"]] == ["Moves"]
    assert value == "is-two"


def test_a_change_set_of_outputs_alone_is_executed_and_one_of_nothing_is_not(local: Local) -> None:
    stacks = Stacks(local)
    stacks.create("said", template({"Word": "one"}, Queue=queue()))

    same = stacks.change_set("said", "nothing", template({"Word": "one"}, Queue=queue()))
    other = stacks.change_set("said", "outputs", template({"Word": "two"}, Queue=queue()))
    stacks.client.execute_change_set(StackName="said", ChangeSetName="outputs")
    stacks.client.get_waiter("stack_update_complete").wait(StackName="said", WaiterConfig={"Delay": 1})

    assert (same["Status"], same["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert (other["Status"], other["ExecutionStatus"], other["Changes"]) == ("CREATE_COMPLETE", "AVAILABLE", [])
    [stack] = stacks.client.describe_stacks(StackName="said")["Stacks"]
    assert [one["OutputValue"] for one in stack["Outputs"]] == ["two"]


def test_an_update_that_the_stack_policy_denies_is_rolled_back(local: Local) -> None:
    stacks = Stacks(local)
    policy = {
        "Statement": [
            {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"},
            {
                "Effect": "Deny",
                "Action": ["Update:Replace", "Update:Delete"],
                "Principal": "*",
                "Resource": "*",
                "Condition": {"StringLike": {"ResourceType": ["AWS::SQS::*"]}},
            },
        ]
    }
    stacks.create("guarded", template(A=queue(QueueName="first"), B=queue()), StackPolicyBody=json.dumps(policy))
    first = stacks.physical_id("guarded", "A")

    replaced = stacks.update("guarded", template(A=queue(QueueName="second"), B=queue()))
    deleted = stacks.update("guarded", template(A=queue(QueueName="first")))
    modified = stacks.update("guarded", template(A=queue(QueueName="first", DelaySeconds=5), B=queue()))

    assert (replaced, deleted, modified) == ("UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_COMPLETE")
    assert stacks.physical_id("guarded", "A") == first
    assert "does not allow [Update:Replace] for resource [LogicalResourceId/A]" in stacks.reasons("guarded")
    assert "does not allow [Update:Delete] for resource [LogicalResourceId/B]" in stacks.reasons("guarded")


def test_an_update_reports_what_it_does_and_nothing_else(local: Local) -> None:
    stacks = Stacks(local)
    stacks.create("quiet", template(A=queue(), B=queue(), Gone=queue()))
    before = len(stacks.client.describe_stack_events(StackName="quiet")["StackEvents"])

    stacks.update("quiet", template(A=queue(DelaySeconds=1), B=queue(), New=queue()))

    events = stacks.client.describe_stack_events(StackName="quiet")["StackEvents"][:-before]
    assert [(item["LogicalResourceId"], item["ResourceStatus"]) for item in reversed(events)] == [
        ("quiet", "UPDATE_IN_PROGRESS"),
        ("A", "UPDATE_IN_PROGRESS"),
        ("A", "UPDATE_COMPLETE"),
        ("New", "CREATE_IN_PROGRESS"),
        ("New", "CREATE_COMPLETE"),
        ("Gone", "DELETE_IN_PROGRESS"),
        ("Gone", "DELETE_COMPLETE"),
        ("quiet", "UPDATE_COMPLETE"),
    ]


def test_a_policy_for_one_update_wins_once(local: Local) -> None:
    stacks = Stacks(local)
    deny = {"Statement": [{"Effect": "Deny", "Action": "Update:*", "Principal": "*", "Resource": "*"}]}
    allow = {"Statement": [{"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}]}
    stacks.create("closed", template(A=queue()), StackPolicyBody=json.dumps(deny))

    opened = stacks.update("closed", template(A=queue(DelaySeconds=1)), StackPolicyDuringUpdateBody=json.dumps(allow))
    closed = stacks.update("closed", template(A=queue(DelaySeconds=2)))

    assert (opened, closed) == ("UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")


def test_a_type_without_a_handler_is_recorded_with_its_attributes(local: Local) -> None:
    stacks = Stacks(local)
    analyzer = {"Type": "AWS::AccessAnalyzer::Analyzer", "Properties": {"Type": "ACCOUNT"}}
    body = template({"Arn": {"Fn::GetAtt": ["Analyzer", "Arn"]}}, Analyzer=analyzer)

    assert stacks.create("recorded", body) == "CREATE_COMPLETE"

    outputs = stacks.client.describe_stacks(StackName="recorded")["Stacks"][0]["Outputs"]
    with urllib.request.urlopen(f"{local.server.endpoint}/_local/recorded") as answer:
        types = json.load(answer)["types"]
    assert outputs[0]["OutputValue"].startswith(f"arn:aws:accessanalyzer:eu-west-1:{ACCOUNT}:")
    assert types["AWS::AccessAnalyzer::Analyzer"] == 1


def test_a_recorded_type_needs_its_required_properties(local: Local) -> None:
    stacks = Stacks(local)

    status = stacks.create("incomplete", template(Analyzer={"Type": "AWS::AccessAnalyzer::Analyzer"}))

    assert status == "ROLLBACK_COMPLETE"
    assert "required key [Type] not found" in stacks.reasons("incomplete")


def test_a_create_only_property_replaces_a_recorded_resource(local: Local) -> None:
    stacks = Stacks(local)

    def analyzer(name: str) -> str:
        properties = {"Type": "ACCOUNT", "AnalyzerName": name}
        return template(Analyzer={"Type": "AWS::AccessAnalyzer::Analyzer", "Properties": properties})

    stacks.create("replacing", analyzer("one"))
    first = stacks.physical_id("replacing", "Analyzer")

    assert stacks.update("replacing", analyzer("two")) == "UPDATE_COMPLETE"

    assert stacks.physical_id("replacing", "Analyzer") != first


def test_a_type_that_aws_does_not_know_is_refused(local: Local) -> None:
    with pytest.raises(ClientError, match=r"Unrecognized resource types: \[AWS::Cell::Thing\]"):
        Stacks(local).create("unknown", template(Thing={"Type": "AWS::Cell::Thing"}))


def test_an_empty_list_parameter_is_empty(local: Local) -> None:
    """The bootstrap template asks whether a list is empty; the emulator underneath takes it for one empty string."""
    body = {
        "Parameters": {"Trusted": {"Type": "CommaDelimitedList", "Default": ""}},
        "Conditions": {"HasTrusted": {"Fn::Not": [{"Fn::Equals": ["", {"Fn::Join": ["", {"Ref": "Trusted"}]}]}]}},
        "Resources": {
            "Value": parameter({"Fn::If": ["HasTrusted", "trusted", "nobody"]}),
            "Only": {**parameter("x"), "Condition": "HasTrusted"},
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {"AssumeRolePolicyDocument": {"Statement": []}, "ManagedPolicyArns": {"Ref": "Trusted"}},
            },
        },
    }
    policies = "arn:aws:iam::aws:policy/ReadOnlyAccess,arn:aws:iam::aws:policy/AdministratorAccess"
    stacks = Stacks(local)
    stacks.create("empty", json.dumps(body))
    stacks.create("full", json.dumps(body), Parameters=[{"ParameterKey": "Trusted", "ParameterValue": policies}])

    ssm = local.session(ACCOUNT).client("ssm", endpoint_url=local.server.endpoint)
    values = {
        name: ssm.get_parameter(Name=stacks.physical_id(name, "Value"))["Parameter"]["Value"]
        for name in ("empty", "full")
    }
    iam = local.session(ACCOUNT).client("iam", endpoint_url=local.server.endpoint)
    attached = {
        name: len(iam.list_attached_role_policies(RoleName=stacks.physical_id(name, "Role"))["AttachedPolicies"])
        for name in ("empty", "full")
    }
    assert values == {"empty": "nobody", "full": "trusted"}
    assert attached == {"empty": 0, "full": 2}
    assert len(stacks.client.describe_stack_resources(StackName="full")["StackResources"]) == 3


def test_a_secret_is_referred_to_by_its_arn(local: Local) -> None:
    stacks = Stacks(local)
    secret = {"Type": "AWS::SecretsManager::Secret", "Properties": {"SecretString": "one"}}
    stacks.create("secret", template(Secret=secret))
    arn = stacks.physical_id("secret", "Secret")

    stacks.update("secret", template(Secret={**secret, "Properties": {"SecretString": "two"}}))

    secrets = local.session(ACCOUNT).client("secretsmanager", endpoint_url=local.server.endpoint)
    assert arn.startswith(f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:")
    assert stacks.physical_id("secret", "Secret") == arn
    assert secrets.get_secret_value(SecretId=arn)["SecretString"] == "two"


def test_a_bucket_with_objects_is_not_deleted(local: Local) -> None:
    stacks = Stacks(local)
    stacks.create("bucket", template(Bucket={"Type": "AWS::S3::Bucket"}))
    s3 = local.session(ACCOUNT).client("s3", endpoint_url=local.server.endpoint)
    bucket = stacks.physical_id("bucket", "Bucket")
    s3.put_object(Bucket=bucket, Key="one", Body=b"one")

    stacks.client.delete_stack(StackName="bucket")
    refused = stacks.status("bucket")
    s3.delete_object(Bucket=bucket, Key="one")
    stack_id = stacks.client.describe_stacks(StackName="bucket")["Stacks"][0]["StackId"]
    stacks.client.delete_stack(StackName="bucket")

    assert refused == "DELETE_FAILED"
    assert stacks.status(stack_id) == "DELETE_COMPLETE"


def test_a_vpc_origin_in_use_cannot_be_changed(local: Local) -> None:
    stacks = Stacks(local, region="us-east-1")
    subnet = {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.0.0/24"}}
    balancer = {"Subnets": [{"Ref": "Subnet"}], "Scheme": "internal"}

    def body(name: str) -> str:
        endpoint = {
            "Name": name,
            "Arn": {"Ref": "Balancer"},
            "HTTPPort": 80,
            "HTTPSPort": 443,
            "OriginProtocolPolicy": "https-only",
        }
        origin = {"Id": "o", "DomainName": "a.example.com", "VpcOriginConfig": {"VpcOriginId": {"Ref": "Origin"}}}
        behavior = {
            "TargetOriginId": "o",
            "ViewerProtocolPolicy": "https-only",
            "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
        }
        configuration = {"Enabled": True, "Origins": [origin], "DefaultCacheBehavior": behavior}
        return template(
            Vpc={"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
            Subnet=subnet,
            Balancer={"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": balancer},
            Origin={"Type": "AWS::CloudFront::VpcOrigin", "Properties": {"VpcOriginEndpointConfig": endpoint}},
            Distribution={
                "Type": "AWS::CloudFront::Distribution",
                "Properties": {"DistributionConfig": configuration},
            },
        )

    assert stacks.create("origin", body("one")) == "CREATE_COMPLETE", stacks.reasons("origin")

    assert stacks.update("origin", body("two")) == "UPDATE_ROLLBACK_COMPLETE"
    assert "Status Code: 409" in stacks.reasons("origin")


def test_a_custom_resource_whose_function_breaks_fails_at_once(local: Local) -> None:
    stacks = Stacks(local)
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "x"}]}
    function = {
        "Runtime": "python3.13",
        "Handler": "index.handler",
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "Code": {"ZipFile": "def handler(event, context):\n    raise RuntimeError('broken on purpose')"},
    }
    body = template(
        Role={"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust}},
        Function={"Type": "AWS::Lambda::Function", "Properties": function},
        Broken={"Type": "Custom::Broken", "Properties": {"ServiceToken": {"Fn::GetAtt": ["Function", "Arn"]}}},
    )

    assert stacks.create("broken", body) == "ROLLBACK_COMPLETE"
    assert "broken on purpose" in stacks.reasons("broken")


def test_a_rule_keeps_its_prefix_list(local: Local) -> None:
    stacks = Stacks(local)
    rule = {
        "GroupId": {"Fn::GetAtt": ["Group", "GroupId"]},
        "IpProtocol": "tcp",
        "FromPort": 443,
        "ToPort": 443,
        "SourcePrefixListId": "pl-4fa04526",
    }
    body = template(
        Vpc={"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        Group={
            "Type": "AWS::EC2::SecurityGroup",
            "Properties": {"GroupDescription": "door", "VpcId": {"Ref": "Vpc"}},
        },
        Rule={"Type": "AWS::EC2::SecurityGroupIngress", "Properties": rule},
    )
    assert stacks.create("prefix-list", body) == "CREATE_COMPLETE", stacks.reasons("prefix-list")

    ec2 = local.session(ACCOUNT).client("ec2", endpoint_url=local.server.endpoint)
    group = stacks.physical_id("prefix-list", "Group")
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])["SecurityGroupRules"]

    assert [item["PrefixListId"] for item in rules if not item["IsEgress"]] == ["pl-4fa04526"]
    assert rules[0]["SecurityGroupRuleId"].startswith("sgr-")
