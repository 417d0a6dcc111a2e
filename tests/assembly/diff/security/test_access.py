"""What identities have beside their statements."""

import pytest


def role(**properties):
    return {"Role": {"Type": "AWS::IAM::Role", "Properties": properties}}


def arn(name, account="aws"):
    return {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, f":iam::{account}:policy/{name}"]]}


@pytest.mark.parametrize(
    "name, before, after, expected",
    [
        (
            "a managed policy of AWS",
            role(ManagedPolicyArns=[arn("ReadOnlyAccess")]),
            role(ManagedPolicyArns=[arn("ReadOnlyAccess"), arn("AdministratorAccess")]),
            ["wider: Api/TaskRole now has the managed policy AdministratorAccess"],
        ),
        (
            "a managed policy less",
            role(ManagedPolicyArns=[{"Ref": "Key"}]),
            role(),
            ["narrower: Api/TaskRole no longer has the managed policy Encryption/Key"],
        ),
        (
            "no boundary any more",
            role(PermissionsBoundary=arn("boundary", "444455556666")),
            role(),
            [
                "wider: Api/TaskRole no longer has a permissions boundary (was boundary of account 444455556666)",
            ],
        ),
        (
            "a boundary",
            role(),
            role(PermissionsBoundary=arn("boundary", "444455556666")),
            ["narrower: Api/TaskRole now has the permissions boundary boundary of account 444455556666 (had none)"],
        ),
        (
            "another boundary",
            role(PermissionsBoundary={"Ref": "A"}),
            role(PermissionsBoundary={"Ref": "B"}),
            ["changed: Api/TaskRole now has the permissions boundary B (was A)"],
        ),
        ("a new role without a boundary", {}, role(), []),
        (
            "a group",
            {"U": {"Type": "AWS::IAM::User", "Properties": {}}},
            {"U": {"Type": "AWS::IAM::User", "Properties": {"Groups": ["admins"]}}},
            ["wider: U is now a member of the group admins"],
        ),
        (
            "a group by a resource of its own",
            {},
            {"X": {"Type": "AWS::IAM::UserToGroupAddition", "Properties": {"GroupName": "admins", "Users": ["ada"]}}},
            ["wider: the user ada is now a member of the group admins"],
        ),
        (
            "machines",
            {},
            {"P": {"Type": "AWS::IAM::InstanceProfile", "Properties": {"Roles": [{"Ref": "Role"}]}}},
            ["wider: machines with P now act as Api/TaskRole"],
        ),
        (
            "an access key",
            {},
            {"K": {"Type": "AWS::IAM::AccessKey", "Properties": {"UserName": "ada"}}},
            ["wider: the user ada now has an access key, which does not expire"],
        ),
        (
            "a provider of identities",
            {},
            {
                "X": {
                    "Type": "AWS::IAM::OIDCProvider",
                    "Properties": {"Url": "https://example.com", "ClientIdList": ["sts.amazonaws.com"]},
                }
            },
            ["wider: the account now knows identities of https://example.com that are meant for sts.amazonaws.com"],
        ),
        (
            "a share",
            {},
            {
                "X": {
                    "Type": "AWS::RAM::ResourceShare",
                    "Properties": {"ResourceArns": [{"Ref": "Vpc"}], "Principals": ["444455556666"]},
                }
            },
            ["wider: Network/Vpc is now shared with account 444455556666"],
        ),
    ],
)
def test_what_an_identity_has(said, name, before, after, expected):
    assert said(before, after) == expected
