"""The users of a product."""

import pytest

from constructs_lib.user_pool import UserPool
from tests.constructs_lib.sample_data import DESTROY, RETAIN, SampleData, findings, properties


def build(sample, *, protection=RETAIN):
    pool = UserPool(
        sample.data,
        "Users",
        origins=["https://crm.example.com"],
        domain_prefix="acme-prod-111122223333",
        protection=protection,
    )
    pool.grant_administer(sample.reader)


@pytest.fixture(scope="module")
def sample():
    sample = SampleData()
    build(sample)
    sample.template()
    return sample


def test_a_password_alone_signs_nobody_in(sample):
    pool = properties(sample.template(), "AWS::Cognito::UserPool")

    assert pool["MfaConfiguration"] == "ON"
    assert pool["EnabledMfas"] == ["SOFTWARE_TOKEN_MFA"]
    assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] == 12


def test_tokens_live_15_minutes_and_go_to_the_domain_only(sample):
    client = properties(sample.template(), "AWS::Cognito::UserPoolClient")

    assert (client["AccessTokenValidity"], client["TokenValidityUnits"]["AccessToken"]) == (15, "minutes")
    assert client["CallbackURLs"] == ["https://crm.example.com/auth/callback"]
    assert client["AllowedOAuthFlows"] == ["code"]
    assert client["PreventUserExistenceErrors"] == "ENABLED"


def test_a_retained_pool_stays_and_refuses_to_be_deleted(sample):
    (pool,) = sample.template().find_resources("AWS::Cognito::UserPool").values()

    assert pool["DeletionPolicy"] == "RetainExceptOnCreate"
    assert pool["Properties"]["DeletionProtection"] == "ACTIVE"


def test_a_disposable_pool_goes():
    sample = SampleData()
    build(sample, protection=DESTROY)
    (pool,) = sample.template().find_resources("AWS::Cognito::UserPool").values()

    assert pool["DeletionPolicy"] == "Delete"
    assert pool["Properties"]["DeletionProtection"] == "INACTIVE"


def test_nobody_sets_passwords_or_deletes_users(sample):
    allowed = {action for action in sample.allowed() if action.startswith("cognito-idp:")}

    assert "cognito-idp:AdminCreateUser" in allowed
    assert not allowed & {"cognito-idp:AdminSetUserPassword", "cognito-idp:AdminDeleteUser", "cognito-idp:*"}


def test_the_checks_find_nothing_that_is_not_excused(tmp_path):
    assert findings(tmp_path, build) == []
