"""Laws of the security diff that hold for all templates."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assembly.diff.security.access import _FACTS, _MANAGED
from assembly.diff.security.encryption import KEYS
from assembly.diff.security.engines import ENGINES
from assembly.diff.security.exposure import EXPOSURE
from assembly.diff.security.network import RULES
from assembly.diff.security.policies import POLICIES
from assembly.diff.security.protection import PROTECTION
from assembly.diff.security.retention import PERIODS
from assembly.diff.security.routes import _FACTS as ROUTES
from assembly.schema import schema_of

ACTIONS = ["s3:GetObject", "s3:PutObject", "s3:Get*", "s3:*", "*", "kms:Decrypt"]
RESOURCES = ["*", {"Ref": "Files"}, {"Fn::GetAtt": ["Files", "Arn"]}, {"Fn::Sub": "${Files.Arn}/*"}, {"Ref": "Key"}]
PRINCIPALS = ["*", {"AWS": "444455556666"}, {"Service": ["events.amazonaws.com", "s3.amazonaws.com"]}]
VALUES = st.lists(st.sampled_from("abc"), min_size=1, max_size=3, unique=True)
OPERATORS = ["StringEquals", "StringNotEquals", "ForAllValues:StringEquals", "ArnLike"]
CONDITIONS = st.dictionaries(
    st.sampled_from(OPERATORS), st.dictionaries(st.sampled_from(["k", "l"]), VALUES, min_size=1), max_size=2
)


def some(values):
    return st.lists(st.sampled_from(values), min_size=1, max_size=3)


STATEMENTS = st.builds(
    lambda effect, actions, resources, condition, negated: {
        "Effect": effect,
        ("NotAction" if negated == "action" else "Action"): actions,
        ("NotResource" if negated == "resource" else "Resource"): resources,
        **({"Condition": condition} if condition else {}),
    },
    st.sampled_from(["Allow", "Deny"]),
    some(ACTIONS),
    some(RESOURCES),
    CONDITIONS,
    st.sampled_from(["", "", "", "action", "resource"]),
)


def policy(statements):
    properties = {"PolicyDocument": {"Statement": statements}, "Roles": [{"Ref": "Role"}]}
    return {"Type": "AWS::IAM::Policy", "Properties": properties}


def bucket_policy(statements, principal):
    document = {"Statement": [{**one, "Principal": principal} for one in statements]}
    return {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": {"Ref": "Files"}, "PolicyDocument": document}}


RULE = st.fixed_dictionaries(
    {"IpProtocol": st.sampled_from(["tcp", "6", "udp", "-1"]), "FromPort": st.integers(1, 9)},
    optional={
        "ToPort": st.integers(5, 9),
        "CidrIp": st.sampled_from(["0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16"]),
        "SourceSecurityGroupId": st.just({"Ref": "Peer"}),
        "Description": st.sampled_from("ab"),
    },
)


def group(inside, outside):
    return {
        "Type": "AWS::EC2::SecurityGroup",
        "Properties": {"SecurityGroupIngress": inside, "SecurityGroupEgress": outside},
    }


BUCKETS = st.builds(
    lambda days, versioned, policy: {
        "Type": "AWS::S3::Bucket",
        "DeletionPolicy": policy,
        "Properties": {
            "LifecycleConfiguration": {"Rules": [{"Status": "Enabled", "ExpirationInDays": one} for one in days]},
            "VersioningConfiguration": {"Status": versioned},
        },
    },
    st.lists(st.integers(1, 3), max_size=2),
    st.sampled_from(["Enabled", "Suspended"]),
    st.sampled_from(["Retain", "Delete"]),
)
STATEMENT_LISTS = st.lists(STATEMENTS, max_size=3)
RULE_LISTS = st.lists(RULE, max_size=3)
TEMPLATES = st.fixed_dictionaries(
    {},
    optional={
        "Policy": st.builds(policy, STATEMENT_LISTS),
        "BucketPolicy": st.builds(bucket_policy, STATEMENT_LISTS, st.sampled_from(PRINCIPALS)),
        "Group": st.builds(group, RULE_LISTS, RULE_LISTS),
        "Files": BUCKETS,
        "Logs": st.builds(
            lambda days: {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": days}}, st.integers(1, 3)
        ),
    },
)


@given(TEMPLATES)
@settings(max_examples=40, deadline=None)
def test_equal_templates_say_nothing(changes, template):
    assert changes(template, copy.deepcopy(template), changed=set(template)) == ()


@given(TEMPLATES, TEMPLATES)
@settings(max_examples=150, deadline=None)
def test_the_way_back_is_the_mirror_of_the_way_there(changes, before, after):
    mirror = {"wider": "narrower", "narrower": "wider", "changed": "changed"}

    there, back = changes(before, after), changes(after, before)

    assert sorted((one.subject, one.direction, one.logical_ids) for one in there) == sorted(
        (one.subject, mirror[one.direction], one.logical_ids) for one in back
    )


@given(TEMPLATES, TEMPLATES)
@settings(max_examples=40, deadline=None)
def test_no_sentence_is_said_twice_and_all_are_sorted(changes, before, after):
    found = changes(before, after)

    assert list(found) == sorted(set(found))
    assert len({(one.text, one.direction) for one in found}) == len(found)


def as_one(statement, *, action, resource):
    """One of the statements that a statement is cut into."""
    found = dict(statement)
    if "Action" in found:
        found["Action"] = action
    if "Resource" in found:
        found["Resource"] = resource
    return found


@given(STATEMENT_LISTS, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_how_statements_are_cut_ordered_called_and_spread_over_policies_says_nothing(changes, statements, random):
    cut = [
        {"Sid": f"Cut{number}", **as_one(statement, action=action, resource=[resource])}
        for number, statement in enumerate(statements)
        for action in statement.get("Action", [None])
        for resource in statement.get("Resource", [None])
    ]
    random.shuffle(cut)
    half = random.randint(0, len(cut))

    assert changes({"Policy": policy(statements)}, {"One": policy(cut[:half]), "Two": policy(cut[half:])}) == ()


@given(RULE_LISTS, RULE_LISTS)
@settings(max_examples=40, deadline=None)
def test_rules_in_their_group_say_what_rules_of_their_own_do(changes, inside, outside):
    nothing = [{"IpProtocol": "icmp", "CidrIp": "255.255.255.255/32"}]
    alone = {
        f"{kind}{number}": {
            "Type": f"AWS::EC2::SecurityGroup{kind}",
            "Properties": {"GroupId": {"Fn::GetAtt": ["Group", "GroupId"]}, **rule},
        }
        for kind, rules in (("Ingress", inside), ("Egress", outside))
        for number, rule in enumerate(rules)
    }

    assert changes({"Group": group(inside, nothing + outside)}, {"Group": group([], nothing), **alone}) == ()


TYPES = sorted(
    {
        *(*POLICIES, *EXPOSURE, *PROTECTION, *KEYS, *ENGINES, *RULES, *ROUTES, *_FACTS, *_MANAGED),
        *(type for period in PERIODS for type in period.types),
        "AWS::CloudFront::Distribution",
        "AWS::EC2::FlowLog",
        "AWS::ElasticLoadBalancingV2::Listener",
        "AWS::SecretsManager::RotationSchedule",
        "AWS::WAFv2::WebACL",
        "AWS::WAFv2::WebACLAssociation",
    }
)

WORDS = st.sampled_from(
    [
        "",
        "*",
        "a",
        "Ref",
        "Allow",
        "Deny",
        "tcp",
        "{",
        "[]",
        "{}",
        "10.0.0.0/8",
        "444455556666",
        "{was}",
        "${A}",
        "true",
    ]
)
KEYS_OF_ALL = st.sampled_from(
    [
        *("Statement", "Effect", "Action", "NotAction", "Resource", "Principal", "NotPrincipal", "Condition", "AWS"),
        *("Ref", "Fn::GetAtt", "Fn::Join", "Fn::If", "Fn::Sub", "Fn::Select", "Fn::GetStackOutput", "StringEquals"),
        *("Rules", "Name", "Status", "ExpirationInDays", "Days", "CidrIp", "IpProtocol", "FromPort", "ToPort", "Type"),
        *("Block", "Action", "Statement", "None", "PolicyDocument", "Enabled", "Key", "Value"),
    ]
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 70000) | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS_OF_ALL, inner, max_size=3),
    max_leaves=12,
)


def properties_of(type):
    """The first steps of every path that is read of a type."""
    return sorted(schema_of(type).document.get("properties", {}))


@pytest.mark.parametrize("type", TYPES)
@given(data=st.data())
@settings(max_examples=8, deadline=None)
def test_nothing_that_a_property_holds_makes_it_fail(changes, type, data):
    written = st.dictionaries(st.sampled_from(properties_of(type)), ANYTHING, max_size=6)
    resource = st.fixed_dictionaries(
        {"Type": st.just(type)},
        optional={"Properties": written | ANYTHING, "DeletionPolicy": ANYTHING, "Metadata": ANYTHING},
    )
    before, after = data.draw(st.dictionaries(st.sampled_from("AB"), resource)), {"A": data.draw(resource)}

    changes(before, after)
    changes(after, before)


@given(ANYTHING, ANYTHING)
@settings(max_examples=200, deadline=None)
def test_no_policy_makes_it_fail(changes, before, after):
    changes({"Policy": policy(before)}, {"Policy": policy(after)})
    changes(
        {"Policy": policy([before])}, {"Policy": policy([{"Effect": "Allow", "Action": after, "Resource": before}])}
    )
