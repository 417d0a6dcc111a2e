"""A decision says why, so that a table of proofs can."""

from assembly.policy.chain import Chain, Level
from assembly.policy.document import parse
from assembly.policy.evaluate import evaluate
from assembly.policy.policies import Policies
from assembly.policy.principal import Account, role
from assembly.policy.request import Request, Resource

A = Account("111122223333", "o-example")
FULL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
REGIONS = {
    "Sid": "Regions",
    "Effect": "Deny",
    "Action": "ec2:*",
    "Resource": "*",
    "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-central-1"}, "Null": {"aws:SourceVpce": "false"}},
}


def policy(kind, name, *statements):
    return parse({"Version": "2012-10-17", "Statement": list(statements)}, kind, name)


def decide(*, region=None, scps=(), identity=(FULL,), action="ec2:RunInstances"):
    chain = Chain((Level("Root", (policy("scp", "FullAWSAccess", FULL),)), *scps))
    identities = (policy("identity", "Admin", *identity),) if identity else ()
    request = Request(role(A, "Builder"), action, Resource("*"), region=region)
    return evaluate(request, Policies(identity=identities, scps=chain))


def test_an_allowance_names_the_statement_that_grants_and_lists_the_levels_that_let_it_pass():
    decision = decide(scps=[Level("Prod", (policy("scp", "Ec2", {**FULL, "Sid": "Ec2"}),))])

    assert decision.allowed and not decision.denied
    assert decision.reason == "statement 1 of identity policy Admin allows ec2:RunInstances on * by role Builder"
    assert [str(match) for match in decision.matched] == [
        "statement 1 of identity policy Admin",
        "statement 1 of SCP FullAWSAccess on the level Root",
        "statement Ec2 of SCP Ec2 on the level Prod",
    ]


def test_a_denial_names_policy_statement_and_level():
    deny = {"Sid": "NoEc2", "Effect": "Deny", "Action": "ec2:*", "Resource": "*"}

    decision = decide(scps=[Level("Prod", (policy("scp", "Ec2", FULL, deny),))])

    assert decision.denied and not decision.allowed
    assert decision.reason == (
        "statement NoEc2 of SCP Ec2 on the level Prod denies ec2:RunInstances on * by role Builder"
    )
    assert [match.statement.sid for match in decision.matched] == ["NoEc2"]


def test_a_gap_names_the_level():
    decision = decide(scps=[Level("Prod", ()), Level("Account", ())])

    assert decision.reason == "no SCP on the level Prod allows ec2:RunInstances on * by role Builder"
    assert decision.matched == ()


def test_what_is_unknown_names_the_keys_to_give():
    decision = decide(scps=[Level("Prod", (policy("scp", "Ec2", FULL, REGIONS),))])

    assert decision.effect == "unknown"
    assert decision.reason == (
        "it is not known whether statement Regions of SCP Ec2 on the level Prod applies"
        " (aws:RequestedRegion, aws:SourceVpce), for ec2:RunInstances on * by role Builder"
    )
    assert decision.matched[0].keys == ("aws:RequestedRegion", "aws:SourceVpce")


def test_keys_that_are_decided_are_not_named():
    decision = decide(region="us-east-1", scps=[Level("Prod", (policy("scp", "Ec2", FULL, REGIONS),))])

    assert decision.matched[0].keys == ("aws:SourceVpce",)


def test_without_identity_policy_the_reason_is_that():
    assert decide(identity=()).reason == "no identity policy allows ec2:RunInstances on * by role Builder"


def test_the_statements_about_an_action_are_looked_for_once():
    found = policy("identity", "Admin", FULL, {**FULL, "Action": "s3:*"})

    assert found.about("ec2:runinstances") is found.about("ec2:runinstances")
    assert len(found.about("ec2:runinstances")) == 1
