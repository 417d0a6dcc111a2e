"""How `cdk bootstrap` is called for an account: trusted by nobody, with the credentials of the account."""

from pathlib import Path

import pytest
import yaml

from accounts.vending.members import Credentials
from cells.cli.bootstrapping import CdkBootstrapper
from cells.cli.cdk import Outcome
from constructs_lib.specs.errors import CellsError

ACCOUNT, POLICY = "444455556666", "arn:aws:iam::444455556666:policy/mine"
KEYS = Credentials("AKIAEXAMPLE", "secret", "token")


class Cli:
    def __init__(self, code=0):
        self.code = code
        self.runs = []

    def run(self, arguments, *, variables, on_line=None):
        self.runs.append((list(arguments), dict(variables)))
        return Outcome(self.code, [f"line {number}" for number in range(20)])


class Target:
    def __init__(self, name, options=()):
        self.name = name
        self.options = options

    def variables(self, account, region):
        return {"AWS_PROFILE": "boss", "AWS_REGION": region, "AWS_ACCESS_KEY_ID": account}


def run(target, credentials, untrust=(), cli=None):
    cli = cli or Cli()
    CdkBootstrapper(target, cli).bootstrap(
        ACCOUNT, "eu-west-1", policy=POLICY, untrust=untrust, credentials=credentials
    )
    return cli.runs[0]


def test_it_trusts_nobody_and_names_the_policy():
    arguments, _ = run(Target("aws"), KEYS)

    assert arguments == [
        "bootstrap",
        f"aws://{ACCOUNT}/eu-west-1",
        "--app",
        "",
        "--cloudformation-execution-policies",
        POLICY,
    ]


def test_who_was_trusted_is_trusted_no_more():
    arguments, _ = run(Target("aws"), KEYS, untrust=["111122223333", "777788889999"])

    assert arguments[-4:] == ["--untrust", "111122223333", "--untrust", "777788889999"]


def test_a_member_account_is_entered_with_its_own_credentials_and_no_profile():
    arguments, variables = run(Target("aws", ("--profile", "boss")), KEYS)

    assert "--profile" not in arguments
    assert "AWS_PROFILE" not in variables
    assert (variables["AWS_ACCESS_KEY_ID"], variables["AWS_SESSION_TOKEN"]) == ("AKIAEXAMPLE", "token")


def test_the_management_account_has_the_callers_credentials():
    arguments, variables = run(Target("aws", ("--profile", "boss")), None)

    assert arguments[-2:] == ["--profile", "boss"]
    assert "AWS_SESSION_TOKEN" not in variables


def test_the_embedded_aws_knows_an_account_by_its_key():
    _, variables = run(Target("local"), KEYS)

    assert variables["AWS_ACCESS_KEY_ID"] == ACCOUNT


def test_a_failure_is_told_with_the_last_words_of_the_cli():
    with pytest.raises(CellsError, match="was not bootstrapped in eu-west-1: line 12\n") as error:
        run(Target("aws"), KEYS, cli=Cli(code=1))

    assert "line 11" not in error.value.message


def test_a_bootstrap_without_trust_lets_in_nobody_but_its_own_account():
    """The template of the pinned CLI: whatever else a role trusts hangs on accounts that were named as trusted."""
    template = yaml.safe_load(
        (Path(__file__).parents[2] / "node_modules/aws-cdk/lib/api/bootstrap/bootstrap-template.yaml").read_text()
    )
    roles = {id: one["Properties"] for id, one in template["Resources"].items() if one["Type"] == "AWS::IAM::Role"}
    trusted = {
        id: [one for one in role["AssumeRolePolicyDocument"]["Statement"] if "Fn::If" not in one]
        for id, role in roles.items()
    }
    others = {
        one["Fn::If"][0]
        for role in roles.values()
        for one in role["AssumeRolePolicyDocument"]["Statement"]
        if "Fn::If" in one
    }

    assert len(roles) == 5
    assert others == {"HasTrustedAccounts", "HasTrustedAccountsForLookup"}
    executes = trusted.pop("CloudFormationExecutionRole")
    assert [one["Principal"] for one in executes] == [{"Service": "cloudformation.amazonaws.com"}]
    for statements in trusted.values():
        assert {str(one["Principal"]) for one in statements} == {"{'AWS': {'Ref': 'AWS::AccountId'}}"}
    assert template["Parameters"]["TrustedAccounts"]["Default"] == ""
