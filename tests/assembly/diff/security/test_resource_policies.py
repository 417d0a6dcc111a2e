"""Who may do what with a resource, by the policy of the resource; and who may become a role."""

import json

import pytest

from assembly.diff.security.policies import POLICIES

ROOT = {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":iam::444455556666:root"]]}


def iam(rest):
    return {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, f":iam::444455556666:{rest}"]]}


def trust(principal, action="sts:AssumeRole", **more):
    statement = {"Effect": "Allow", "Action": action, "Principal": principal, **more}
    return {"Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Statement": [statement]}}}}


@pytest.mark.parametrize(
    "principal, who",
    [
        ("*", "anyone"),
        ({"AWS": "*"}, "anyone"),
        ({"Service": "ecs-tasks.amazonaws.com"}, "the service ecs-tasks.amazonaws.com"),
        ({"AWS": ROOT}, "account 444455556666"),
        ({"AWS": "444455556666"}, "account 444455556666"),
        ({"AWS": iam("role/deploy")}, "the role deploy of account 444455556666"),
        ({"AWS": iam("user/ada")}, "the user ada of account 444455556666"),
        ({"AWS": {"Fn::GetAtt": ["OtherRole", "Arn"]}}, "Worker/TaskRole"),
        (
            {"Federated": iam("oidc-provider/token.actions.githubusercontent.com")},
            "identities of token.actions.githubusercontent.com",
        ),
        ({"Federated": iam("saml-provider/Corp")}, "identities of the SAML provider Corp"),
        ({"Federated": "cognito-identity.amazonaws.com"}, "identities of cognito-identity.amazonaws.com"),
        ({"CanonicalUser": "79a5"}, "the canonical user 79a5"),
    ],
)
def test_who_may_assume_a_role(changes, principal, who):
    (change,) = changes({}, trust(principal))

    assert (change.subject, change.direction) == ("trust", "wider")
    assert change.text == f"{who} may now assume Api/TaskRole"


def test_an_account_is_the_same_as_its_root(said):
    assert said(trust({"AWS": ROOT}), trust({"AWS": "444455556666"})) == []


@pytest.mark.parametrize(
    "name, before, after, expected",
    [
        (
            "a service under a condition",
            {},
            trust(
                {"Service": "ecs-tasks.amazonaws.com"},
                Condition={"StringEquals": {"aws:SourceAccount": "111122223333"}},
            ),
            [
                "wider: the service ecs-tasks.amazonaws.com may now assume Api/TaskRole when aws:SourceAccount is "
                "111122223333"
            ],
        ),
        (
            "with a web identity",
            {},
            trust({"Federated": "accounts.example.com"}, "sts:AssumeRoleWithWebIdentity"),
            ["wider: identities of accounts.example.com may now assume Api/TaskRole with a web identity"],
        ),
        (
            "tags of the session as well",
            trust({"AWS": "444455556666"}),
            trust({"AWS": "444455556666"}, ["sts:AssumeRole", "sts:TagSession"]),
            ["wider: account 444455556666 may now call sts:TagSession on Api/TaskRole"],
        ),
        (
            "one service instead of the other",
            trust({"Service": "lambda.amazonaws.com"}),
            trust({"Service": ["ecs-tasks.amazonaws.com"]}),
            [
                "narrower: the service lambda.amazonaws.com may no longer assume Api/TaskRole",
                "wider: the service ecs-tasks.amazonaws.com may now assume Api/TaskRole",
            ],
        ),
        (
            "from anyone to an account",
            trust("*"),
            trust({"AWS": "444455556666"}),
            ["narrower: anyone may no longer assume Api/TaskRole"],
        ),
        (
            "everyone but one",
            {},
            {
                "Role": {
                    "Type": "AWS::IAM::Role",
                    "Properties": {
                        "AssumeRolePolicyDocument": {
                            "Statement": {
                                "Effect": "Deny",
                                "Action": "sts:AssumeRole",
                                "NotPrincipal": {"AWS": iam("role/deploy")},
                            }
                        }
                    },
                }
            },
            [
                "narrower: everyone but the role deploy of account 444455556666 is now denied sts:AssumeRole on "
                "Api/TaskRole"
            ],
        ),
    ],
)
def test_trust_that_changes(said, name, before, after, expected):
    assert said(before, after) == expected


STATEMENT = {"Effect": "Allow", "Action": "x:Do", "Principal": {"AWS": "444455556666"}, "Resource": "*"}
DOCUMENT = {"Version": "2012-10-17", "Statement": [STATEMENT]}


@pytest.mark.parametrize(
    "type, properties, on",
    [
        ("AWS::S3::BucketPolicy", {"PolicyDocument": DOCUMENT, "Bucket": {"Ref": "Files"}}, "Storage/Files"),
        ("AWS::KMS::Key", {"KeyPolicy": DOCUMENT}, "It"),
        ("AWS::SQS::QueuePolicy", {"PolicyDocument": DOCUMENT, "Queues": [{"Ref": "Files"}]}, "Storage/Files"),
        ("AWS::SNS::TopicPolicy", {"PolicyDocument": DOCUMENT, "Topics": [{"Ref": "Files"}]}, "Storage/Files"),
        (
            "AWS::SecretsManager::ResourcePolicy",
            {"ResourcePolicy": DOCUMENT, "SecretId": {"Ref": "Files"}},
            "Storage/Files",
        ),
        ("AWS::ECR::Repository", {"RepositoryPolicyText": DOCUMENT}, "It"),
        ("AWS::Backup::BackupVault", {"AccessPolicy": DOCUMENT}, "It"),
        ("AWS::Events::EventBus", {"Policy": DOCUMENT}, "It"),
        ("AWS::Events::EventBusPolicy", {"Statement": STATEMENT, "EventBusName": "main"}, "the event bus main"),
        (
            "AWS::Events::EventBusPolicy",
            {"Principal": "444455556666", "Action": "x:Do"},
            "the event bus default",
        ),
        ("AWS::Logs::ResourcePolicy", {"PolicyDocument": json.dumps(DOCUMENT)}, "everything"),
        ("AWS::Logs::LogGroup", {"ResourcePolicyDocument": DOCUMENT}, "It"),
        ("AWS::DynamoDB::Table", {"ResourcePolicy": {"PolicyDocument": DOCUMENT}}, "It"),
        ("AWS::EFS::FileSystem", {"FileSystemPolicy": DOCUMENT}, "It"),
        ("AWS::CodeArtifact::Domain", {"PermissionsPolicyDocument": DOCUMENT}, "It"),
        ("AWS::OpenSearchService::Domain", {"AccessPolicies": DOCUMENT}, "It"),
        ("AWS::ApiGateway::RestApi", {"Policy": DOCUMENT}, "It"),
        ("AWS::EC2::VPCEndpoint", {"PolicyDocument": DOCUMENT}, "everything through It"),
    ],
)
def test_a_star_in_the_policy_of_a_resource_is_the_resource(said, type, properties, on):
    assert said({}, {"It": {"Type": type, "Properties": properties}}) == [
        f"wider: account 444455556666 may now call x:Do on {on}"
    ]


def test_an_organization_policy_may_be_text(said):
    content = json.dumps({"Statement": {"Effect": "Deny", "Action": "ec2:*", "Resource": "*"}})

    assert said({}, {"Regions": {"Type": "AWS::Organizations::Policy", "Properties": {"Content": content}}}) == [
        "narrower: every account under Regions is now denied ec2:* on everything"
    ]


def test_a_text_in_which_references_are_joined_is_read(said):
    start, end = (
        '{"Statement":[{"Effect":"Allow","Action":"logs:PutLogEvents","Principal":{"Service":"es.amazonaws.com"},"Resource":"',
        ':*"}]}',
    )  # noqa: E501
    joined = {"Fn::Join": ["", [start, {"Fn::GetAtt": ["Files", "Arn"]}, end]]}

    assert said({}, {"It": {"Type": "AWS::Logs::ResourcePolicy", "Properties": {"PolicyDocument": joined}}}) == [
        "wider: the service es.amazonaws.com may now call logs:PutLogEvents on Storage/Files:*"
    ]


def test_text_that_is_no_policy_says_nothing(said):
    assert said({}, {"It": {"Type": "AWS::Logs::ResourcePolicy", "Properties": {"PolicyDocument": "{oops"}}}) == []


@pytest.mark.parametrize(
    "name, properties, expected",
    [
        (
            "a service",
            {"Principal": "events.amazonaws.com", "SourceArn": {"Ref": "Vpc"}, "Action": "lambda:InvokeFunction"},
            "the service events.amazonaws.com may now call lambda:InvokeFunction on Fn when aws:SourceArn is like "
            "Network/Vpc",
        ),
        (
            "an account",
            {"Principal": "444455556666", "Action": "lambda:InvokeFunction"},
            "account 444455556666 may now call lambda:InvokeFunction on Fn",
        ),
        (
            "anyone by its address",
            {"Principal": "*", "Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE"},
            "anyone may now call lambda:InvokeFunctionUrl on Fn when lambda:FunctionUrlAuthType is NONE",
        ),
        (
            "a role with a dot in its name",
            {"Principal": iam("role/my.role"), "Action": "lambda:InvokeFunction"},
            "the role my.role of account 444455556666 may now call lambda:InvokeFunction on Fn",
        ),
        (
            "an organization",
            {"Principal": "*", "Action": "lambda:InvokeFunction", "PrincipalOrgID": "o-1"},
            "anyone may now call lambda:InvokeFunction on Fn when aws:PrincipalOrgID is o-1",
        ),
    ],
)
def test_a_permission_of_a_function(said, name, properties, expected):
    permission = {"Type": "AWS::Lambda::Permission", "Properties": {"FunctionName": {"Ref": "Fn"}, **properties}}

    assert said({}, {"Permission": permission}) == [f"wider: {expected}"]


@pytest.mark.parametrize(
    "type, path, who, what",
    [
        ("AWS::EC2::VPCEndpoint", "PolicyDocument", "anyone", "every action on everything through It"),
        ("AWS::EFS::FileSystem", "FileSystemPolicy", "anyone who can reach It", "elasticfilesystem:Client* on It"),
        ("AWS::ApiGateway::RestApi", "Policy", "anyone whom the methods of It let in", "execute-api:Invoke on It"),
    ],
)
def test_without_a_policy_some_resources_are_open(said, type, path, who, what):
    deny = {"Statement": {"Effect": "Deny", "Action": "*", "Principal": "*", "Resource": "*"}}
    open, shut = {"Type": type, "Properties": {}}, {"Type": type, "Properties": {path: deny}}

    assert f"narrower: {who} may no longer call {what}" in said({"It": open}, {"It": shut})
    assert f"wider: {who} may now call {what}" in said({"It": shut}, {"It": open})


def test_an_endpoint_without_a_policy_is_one_that_lets_everything_through(said):
    every = {"Statement": {"Effect": "Allow", "Action": "*", "Principal": "*", "Resource": "*"}}
    without, written = (
        {"It": {"Type": "AWS::EC2::VPCEndpoint", "Properties": properties}}
        for properties in ({}, {"PolicyDocument": every})
    )

    assert said(without, written) == []


def test_what_passes_through_one_endpoint_does_not_pass_through_another(said):
    def endpoint(**policy):
        return {"Type": "AWS::EC2::VPCEndpoint", "Properties": policy}

    shut = endpoint(PolicyDocument={"Statement": []})

    assert said({"A": shut, "B": endpoint()}, {"A": endpoint(), "B": shut}) == [
        "narrower: anyone may no longer call every action on everything through B",
        "wider: anyone may now call every action on everything through A",
    ]


def test_moving_a_grant_from_the_role_to_the_bucket_changes_nothing(said, allows):
    objects = {"Fn::Join": ["", [{"Fn::GetAtt": ["Files", "Arn"]}, "/*"]]}
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": objects}
    bucket = {"Statement": {**statement, "Principal": {"AWS": {"Fn::GetAtt": ["Role", "Arn"]}}}}
    policy = {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": {"Ref": "Files"}, "PolicyDocument": bucket}}

    assert said({"A": allows(statement)}, {"B": policy}) == []


def test_all_of_the_common_types_are_known():
    assert len(POLICIES) > 45
