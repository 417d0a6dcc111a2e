"""What is no policy document is refused, with the place."""

import json

import pytest

from assembly.errors import AssemblyError
from assembly.policy.document import parse
from assembly.policy.policies import Policies

ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
OPEN = {**ALLOW, "Principal": "*"}
DENY = {**OPEN, "Effect": "Deny"}


def document(*statements, **others):
    return {"Version": "2012-10-17", "Statement": list(statements), **others}


def without(statement, *elements):
    return {key: value for key, value in statement.items() if key not in elements}


@pytest.mark.parametrize("kind", ["identity", "boundary", "session", "scp"])
def test_takes_a_policy_of_a_principal(kind):
    assert parse(document(ALLOW), kind, "p").statements[0].allows


@pytest.mark.parametrize("kind", ["resource", "endpoint"])
def test_takes_a_policy_with_principals(kind):
    assert parse(document(OPEN), kind, "p").statements[0].allows


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("identity", document(ALLOW, Id="x")),
        ("identity", {"Statement": ALLOW}),
        ("identity", {"Version": "2008-10-17", "Statement": [ALLOW]}),
        ("identity", document({**ALLOW, "Sid": "A"}, {**ALLOW, "Sid": "B"})),
        ("identity", document({**ALLOW, "Action": "*:*"})),
        ("identity", document({**ALLOW, "Resource": "arn:aws:*:*:*:x"})),
        ("resource", document({**OPEN, "Sid": "A"}, {**OPEN, "Sid": "A"})),
        ("resource", document(without(OPEN, "Resource"))),
        ("resource", document({**OPEN, "Resource": "execute-api:/*"})),
        ("resource", document({**without(DENY, "Principal"), "NotPrincipal": {"AWS": "111122223333"}})),
        (
            "trust",
            document({"Effect": "Allow", "Principal": {"Service": ["a.amazonaws.com"]}, "Action": "sts:AssumeRole"}),
        ),
        ("rcp", document(DENY)),
        ("rcp", document({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"})),
        ("scp", document({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"})),
    ],
)
def test_takes(kind, value):
    assert parse(value, kind, "p").statements
    assert parse(json.dumps(value), kind, "p").statements


@pytest.mark.parametrize(
    ("kind", "value", "sentence"),
    [
        ("identity", [], "is not a policy document"),
        ("identity", "{", "is not JSON"),
        ("identity", '{"Version": "2012-10-17", "Version": "2012-10-17", "Statement": []}', "has Version twice"),
        ("identity", '{"Statement": {"Effect": "Allow", "Effect": "Deny"}}', "has Effect twice"),
        ("identity", document(ALLOW, Comment="x"), "a policy document has no Comment"),
        ("identity", {"Version": "2020-01-01", "Statement": ALLOW}, "'2020-01-01' is not one"),
        ("identity", {"Version": 2012, "Statement": ALLOW}, "2012 is not one"),
        ("identity", {"Version": "2012-10-17"}, "has no Statement"),
        ("identity", document(), "has no Statement"),
        ("identity", document("x"), "statement 1 is not an object"),
        ("identity", document(ALLOW, {**ALLOW, "Actions": "x"}), "statement 2: there is no element Actions"),
        ("identity", document({**ALLOW, "effect": "Allow"}), "there is no element effect"),
        ("identity", document(without(ALLOW, "Effect")), "Effect is None"),
        ("identity", document({**ALLOW, "Effect": "allow"}), "Effect is 'allow'"),
        ("identity", document({**ALLOW, "Sid": 1}), "Sid is not a text"),
        ("identity", document({**ALLOW, "Sid": "A"}, {**ALLOW, "Sid": "A"}), "has the Sid A twice"),
        ("identity", document(without(ALLOW, "Action")), "neither Action nor NotAction"),
        ("identity", document({**ALLOW, "NotAction": "s3:*"}), "both Action and NotAction"),
        ("identity", document({**ALLOW, "Action": []}), "Action is empty"),
        ("identity", document({**ALLOW, "Action": [1]}), "1 is not a text"),
        ("identity", document({**ALLOW, "Action": "GetObject"}), "'GetObject' is not an action"),
        ("identity", document({**ALLOW, "Action": "s*:GetObject"}), "is not an action"),
        ("identity", document({**ALLOW, "Action": "s3:Get Object"}), "is not an action"),
        ("identity", document(without(ALLOW, "Resource")), "neither Resource nor NotResource"),
        ("identity", document({**ALLOW, "NotResource": "*"}), "both Resource and NotResource"),
        ("identity", document({**ALLOW, "Resource": []}), "Resource is empty"),
        ("identity", document({**ALLOW, "Resource": "bucket"}), "neither an ARN nor"),
        ("identity", document({**ALLOW, "Resource": "arn:aws:s*:::b"}), "has a wildcard in its service"),
        ("identity", document({**ALLOW, "Resource": "arn:aws:iam::${aws:PrincipalAccount}:role/x"}), "fifth colon"),
        ("identity", document({**ALLOW, "Resource": "arn:${AWS::Partition}:s3:::b"}), "is not a policy variable"),
        ("identity", document(OPEN), r"\(identity\) has no Principal"),
        ("identity", document({**ALLOW, "NotPrincipal": "*"}), "has no NotPrincipal"),
        ("boundary", document(OPEN), "has no Principal"),
        ("session", document(OPEN), "has no Principal"),
        ("scp", document(OPEN), "has no Principal"),
        ("scp", {"Statement": ALLOW}, "SCPs have to be of version"),
        ("rcp", {"Statement": DENY}, "RCPs have to be of version"),
        ("resource", document(ALLOW), "neither Principal nor NotPrincipal"),
        ("resource", document({**OPEN, "NotPrincipal": "*"}), "both Principal and NotPrincipal"),
        ("resource", document({**OPEN, "Principal": {}}), "neither \\* nor an object"),
        ("resource", document({**OPEN, "Principal": "arn:aws:iam::111122223333:root"}), "neither \\* nor an object"),
        ("resource", document({**OPEN, "Principal": {"IAM": "x"}}), "'IAM' is not a type"),
        ("resource", document({**OPEN, "Principal": {"AWS": []}}), "AWS is empty"),
        ("resource", document({**OPEN, "Principal": {"AWS": [5]}}), "5 is not a text"),
        ("resource", document({**OPEN, "Principal": {"AWS": "me"}}), "neither an ARN nor an account"),
        ("resource", document({**OPEN, "Principal": {"AWS": "arn:aws:iam::111122223333:role/*"}}), "has a wildcard"),
        ("trust", document(OPEN), "a trust policy has no Resource"),
        ("trust", document({"Effect": "Deny", "NotPrincipal": "*", "Action": "sts:*"}), "has no NotPrincipal"),
        ("endpoint", document(without(OPEN, "Principal")), "neither Principal"),
        ("endpoint", document(without(OPEN, "Resource")), "neither Resource"),
        ("rcp", document({**DENY, "Principal": {"AWS": "*"}}), "Principal of an RCP has to be"),
        ("rcp", document({**without(DENY, "Action"), "NotAction": "s3:*"}), "has no NotAction"),
        ("rcp", document(OPEN), "only RCPFullAWSAccess allows"),
        ("identity", document({**ALLOW, "Condition": {"Is": {"aws:x": "y"}}}), "p: statement 1: Condition.Is"),
    ],
)
def test_refuses(kind, value, sentence):
    with pytest.raises(AssemblyError, match=sentence) as caught:
        parse(value, kind, "p")

    assert caught.value.message.startswith("p")
    assert caught.value.hint


def test_a_policy_stands_only_where_it_was_read_for():
    with pytest.raises(AssemblyError, match="identity policy p stands where"):
        Policies(boundary=parse(document(ALLOW), "identity", "p"))
