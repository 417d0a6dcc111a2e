"""Who may call what, before and after."""

import pytest

from assembly.diff.security import security_changes

FILES = {"Fn::GetAtt": ["Files", "Arn"]}
OBJECTS = {"Fn::Join": ["", [FILES, "/*"]]}
KEY = {"Fn::GetAtt": ["Key", "Arn"]}
SOURCE = {"StringEquals": {"aws:SourceVpc": {"Ref": "Vpc"}}}


@pytest.mark.parametrize(
    "name, before, after, expected",
    [
        (
            "two actions more on one resource",
            {"Action": "s3:GetObject", "Resource": OBJECTS},
            {"Action": ["s3:PutObject", "s3:GetObject", "s3:DeleteObject"], "Resource": OBJECTS},
            ["wider: Api/TaskRole may now call s3:DeleteObject, s3:PutObject on Storage/Files/*"],
        ),
        (
            "an action less",
            {"Action": ["s3:PutObject", "s3:GetObject"], "Resource": OBJECTS},
            {"Action": ["s3:GetObject"], "Resource": [OBJECTS]},
            ["narrower: Api/TaskRole may no longer call s3:PutObject on Storage/Files/*"],
        ),
        (
            "resources with the same actions share a sentence",
            {"Action": "s3:ListBucket", "Resource": FILES},
            {"Action": ["s3:ListBucket", "s3:GetObject"], "Resource": [FILES, OBJECTS]},
            [
                "wider: Api/TaskRole may now call s3:GetObject on Storage/Files",
                "wider: Api/TaskRole may now call s3:GetObject, s3:ListBucket on Storage/Files/*",
            ],
        ),
        (
            "bucket and objects",
            {"Action": "s3:ListBucket", "Resource": KEY},
            {"Action": "s3:ListBucket", "Resource": [KEY, FILES, OBJECTS]},
            ["wider: Api/TaskRole may now call s3:ListBucket on Storage/Files, Storage/Files/*"],
        ),
        (
            "the case of an action means nothing",
            {"Action": "s3:GetObject", "Resource": FILES},
            {"Action": "S3:getobject", "Resource": FILES},
            [],
        ),
        (
            "a pattern that covered the action before",
            {"Action": "s3:*", "Resource": OBJECTS},
            {"Action": "s3:Get*", "Resource": OBJECTS},
            ["narrower: Api/TaskRole may no longer call s3:* on Storage/Files/*"],
        ),
        (
            "a resource pattern that is narrowed",
            {"Resource": OBJECTS},
            {"Resource": {"Fn::Join": ["", [FILES, "/public/*"]]}},
            ["narrower: Api/TaskRole may no longer call s3:GetObject on Storage/Files/*"],
        ),
        (
            "a pattern that only looks alike is another one",
            {"Action": "s3:Get?", "Resource": FILES},
            {"Action": "s3:Get*", "Resource": FILES},
            ["wider: Api/TaskRole may now call s3:Get* on Storage/Files"],
        ),
        (
            "everything",
            {"Action": "s3:GetObject"},
            {"Action": "*"},
            ["wider: Api/TaskRole may now call every action on everything"],
        ),
        (
            "every action but some",
            {"Action": "s3:GetObject", "Resource": FILES},
            {"Action": None, "NotAction": ["iam:*", "organizations:*"], "Resource": FILES},
            [
                "narrower: Api/TaskRole may no longer call s3:GetObject on Storage/Files",
                "wider: Api/TaskRole may now call every action but iam:*, organizations:* on Storage/Files",
            ],
        ),
        (
            "a smaller exception is not covered by the bigger one",
            {"NotAction": "s3:*"},
            {"NotAction": "s3:GetObject"},
            [
                "narrower: Api/TaskRole may no longer call every action but s3:* on everything",
                "wider: Api/TaskRole may now call every action but s3:GetObject on everything",
            ],
        ),
        (
            "everything but a resource",
            {"Resource": FILES},
            {"NotResource": FILES},
            [
                "narrower: Api/TaskRole may no longer call s3:GetObject on Storage/Files",
                "wider: Api/TaskRole may now call s3:GetObject on everything but Storage/Files",
            ],
        ),
        (
            "what was allowed is denied",
            {"Effect": "Allow", "Resource": FILES},
            {"Effect": "Deny", "Resource": FILES},
            [
                "narrower: Api/TaskRole is now denied s3:GetObject on Storage/Files",
                "narrower: Api/TaskRole may no longer call s3:GetObject on Storage/Files",
            ],
        ),
        (
            "less is denied",
            {"Effect": "Deny", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": FILES},
            {"Effect": "Deny", "Action": ["s3:GetObject"], "Resource": FILES},
            ["wider: Api/TaskRole is no longer denied s3:PutObject on Storage/Files"],
        ),
        (
            "a long list of actions",
            {"Action": "kms:Decrypt"},
            {"Action": ["kms:Decrypt", *(f"s3:Do{number}" for number in range(11))]},
            [
                "wider: Api/TaskRole may now call s3:Do0, s3:Do1, s3:Do10, s3:Do2, s3:Do3, s3:Do4, s3:Do5, s3:Do6"
                " and 3 more on everything"
            ],
        ),
        (
            "a list of eight is whole",
            {"Action": "kms:Decrypt"},
            {"Action": ["kms:Decrypt", *(f"s3:Do{number}" for number in range(8))]},
            [
                "wider: Api/TaskRole may now call s3:Do0, s3:Do1, s3:Do2, s3:Do3, s3:Do4, s3:Do5, s3:Do6, s3:Do7"
                " on everything"
            ],
        ),
        (
            "a condition more",
            {"Resource": FILES},
            {"Resource": FILES, "Condition": SOURCE},
            [
                "narrower: Api/TaskRole may now call s3:GetObject on Storage/Files only when aws:SourceVpc is "
                "Network/Vpc"
            ],
        ),
        (
            "a condition less",
            {"Resource": FILES, "Condition": SOURCE},
            {"Resource": FILES},
            [
                "wider: Api/TaskRole may now call s3:GetObject on Storage/Files, no longer only when aws:SourceVpc is "
                "Network/Vpc"
            ],
        ),
        (
            "a resource that a function chooses",
            {"Resource": FILES},
            {"Resource": {"Fn::If": ["IsProd", FILES, KEY]}},
            [
                "narrower: Api/TaskRole may no longer call s3:GetObject on Storage/Files",
                "wider: Api/TaskRole may now call s3:GetObject on Storage/Files or Encryption/Key",
            ],
        ),
        (
            "an export",
            {"Resource": FILES},
            {"Resource": [FILES, {"Fn::ImportValue": "shared-key"}]},
            ["wider: Api/TaskRole may now call s3:GetObject on the export shared-key"],
        ),
        ("only the name of the statement", {"Sid": "One"}, {"Sid": "Two"}, []),
    ],
)
def test_a_policy_of_a_role(said, allows, name, before, after, expected):
    old, new = ({key: value for key, value in one.items() if value is not None} for one in (before, after))
    for one in (old, new):
        if "NotAction" in one:
            one.setdefault("Action", None)
    policies = [allows({"Effect": "Allow", **_defaults(one), **one}) for one in (old, new)]

    assert said({"Policy": policies[0]}, {"Policy": policies[1]}) == expected


def _defaults(statement):
    found = {} if "NotAction" in statement else {"Action": "s3:GetObject"}
    return found if "NotResource" in statement else {**found, "Resource": "*"}


def test_a_policy_of_two_roles_is_about_both(said, allows):
    after = {"Policy": allows(roles=("Role", "OtherRole"))}

    assert said({}, after) == [
        "wider: Api/TaskRole may now call s3:GetObject on everything",
        "wider: Worker/TaskRole may now call s3:GetObject on everything",
    ]


def test_it_says_which_resources_say_so(changes, allows):
    before = {"One": allows(Action="s3:A"), "Two": allows(Action="s3:B", roles=("OtherRole",))}
    after = {"One": allows(Action="s3:A2"), "Two": allows(Action="s3:B2", roles=("OtherRole",))}

    found = {change.text: change.logical_ids for change in changes(before, after)}

    assert found["Api/TaskRole may now call s3:A2 on everything"] == ("One",)
    assert found["Worker/TaskRole may now call s3:B2 on everything"] == ("Two",)


def test_two_policies_that_say_one_thing_make_one_sentence(changes, allows):
    before = {"One": allows(Action="s3:A"), "Two": allows(Action="s3:A")}

    (change,) = changes(before, {})

    assert change.logical_ids == ("One", "Two")


def test_what_an_unchanged_policy_still_allows_is_not_lost(said, allows):
    kept = {"Kept": allows(Action="s3:*")}

    assert said({**kept, "Policy": allows(Action="s3:GetObject")}, kept) == []
    assert said(kept, {**kept, "Policy": allows(Action="s3:GetObject")}) == []


@pytest.mark.parametrize(
    "name, where",
    [
        ("a policy of its own", lambda document: {"Other": {"Type": "AWS::IAM::Policy", **_of(document, Roles=1)}}),
        ("a role policy", lambda document: {"Other": {"Type": "AWS::IAM::RolePolicy", **_of(document, RoleName=0)}}),
        ("a managed policy", lambda document: {"Other": {"Type": "AWS::IAM::ManagedPolicy", **_of(document, Roles=1)}}),
        (
            "the role itself",
            lambda document: {
                "Role": {
                    "Type": "AWS::IAM::Role",
                    "Properties": {"Policies": [{"PolicyName": "inline", "PolicyDocument": document}]},
                }
            },
        ),
    ],
)
def test_moving_statements_between_policies_changes_nothing(said, allows, name, where):
    statement = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": OBJECTS}
    role = {"Role": {"Type": "AWS::IAM::Role", "Properties": {}}}

    before = {**role, "Policy": allows(statement)}
    after = {**role, **where({"Version": "2012-10-17", "Statement": statement})}

    assert said(before, after) == []
    assert len(said(role, after)) == 1


def _of(document, **attached):
    return {
        "Properties": {
            "PolicyDocument": document,
            **{name: [{"Ref": "Role"}] if many else {"Ref": "Role"} for name, many in attached.items()},
        }
    }


def test_the_role_that_the_cdk_names_by_parts_of_its_arn(said, allows):
    arn = {"Fn::GetAtt": ["Role", "Arn"]}
    name = {"Fn::Select": [1, {"Fn::Split": ["/", {"Fn::Select": [5, {"Fn::Split": [":", arn]}]}]}]}
    policy = allows()
    policy["Properties"]["Roles"] = [name]

    assert said({"P": policy}, {"P": allows()}) == []
    assert said({}, {"P": policy}) == ["wider: Api/TaskRole may now call s3:GetObject on everything"]


@pytest.mark.parametrize(
    "name, resource, expected",
    [
        (
            "a user",
            {"Type": "AWS::IAM::UserPolicy", "Properties": {"UserName": "ada"}},
            "the user ada may now call s3:GetObject on everything",
        ),
        (
            "a group",
            {"Type": "AWS::IAM::GroupPolicy", "Properties": {"GroupName": "admins"}},
            "the members of the group admins may now call s3:GetObject on everything",
        ),
        (
            "nobody yet",
            {"Type": "AWS::IAM::ManagedPolicy", "Properties": {}},
            "whoever has X may now call s3:GetObject on everything",
        ),
        (
            "nobody at all",
            {"Type": "AWS::IAM::Policy", "Properties": {}},
            None,
        ),
    ],
)
def test_whom_a_policy_is_attached_to(said, name, resource, expected):
    document = {"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}
    after = {"X": {**resource, "Properties": {**resource["Properties"], "PolicyDocument": document}}}

    assert said({}, after) == ([f"wider: {expected}"] if expected else [])


def test_the_inline_policy_of_a_group_is_about_its_members(said):
    document = {"Statement": {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}}
    after = {"X": {"Type": "AWS::IAM::Group", "Properties": {"Policies": [{"PolicyDocument": document}]}}}

    assert said({}, after) == ["narrower: the members of X are now denied s3:GetObject on everything"]


def test_a_value_of_another_stack_is_called_by_what_it_is(said, stack, allows):
    def with_output(name):
        value = {name: {"Value": {"Fn::GetAtt": ["Table", "Arn"]}}}
        data = stack({}, id="D", paths={"Table": "D/Store/Table/Resource"}, outputs=value)
        call = {"Fn::GetStackOutput": {"StackName": "acme-D", "Region": "eu-west-1", "OutputName": name}}
        return [data, stack({"P": allows(Action="dynamodb:GetItem", Resource=call)})]

    assert said([stack({})], with_output("A")) == ["wider: Api/TaskRole may now call dynamodb:GetItem on Store/Table"]
    assert said(with_output("A"), with_output("B")) == []


def test_resources_of_two_stacks_with_one_label_are_two(said, stack, allows):
    def with_value(path):
        data = stack({}, id=path[0], paths={"X": path}, outputs={"A": {"Value": {"Ref": "X"}}})
        call = {"Fn::GetStackOutput": {"StackName": f"acme-{path[0]}", "Region": "eu-west-1", "OutputName": "A"}}
        return [data, stack({"P": allows(Resource=call)})]

    assert len(said(with_value("D/Store"), with_value("E/Store"))) == 2


def test_another_logical_id_under_the_same_path_changes_nothing(said, stack, allows):
    def with_id(logical_id):
        paths = {logical_id: "S/Api/TaskRole/Resource"}
        return [stack({"P": allows(roles=(logical_id,))}, paths=paths)]

    assert said(with_id("RoleA"), with_id("RoleB")) == []


def test_nothing_is_said_of_a_stack_that_is_new_or_gone(stack, side, allows):
    one = side(stack({"P": allows()})).stacks["S"]

    assert security_changes(None, one, {"P"}) == ()
    assert security_changes(one, None, {"P"}) == ()


def test_only_the_changed_resources_are_looked_at(changes, allows):
    before, after = {"One": allows(Action="s3:A"), "Two": allows(Action="s3:B")}, {}

    assert {id for change in changes(before, after, changed={"One"}) for id in change.logical_ids} == {"One"}


def test_an_effect_that_a_function_chooses_is_taken_for_what_allows(said, allows):
    assert said({}, {"P": allows(Effect={"Fn::If": ["IsProd", "Deny", "Allow"]})}) == [
        "wider: Api/TaskRole may now call s3:GetObject on everything"
    ]


def test_a_statement_without_an_effect_says_nothing(said, allows):
    assert said({}, {"P": allows({"Action": "s3:GetObject", "Resource": "*"})}) == []
