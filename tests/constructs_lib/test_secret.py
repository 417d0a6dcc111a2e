"""Secrets of modules."""

import pytest
from aws_cdk.assertions import Template

from constructs_lib.secret import CellSecret
from constructs_lib.specs.secret import SecretSpec
from tests.constructs_lib.sample_data import DESTROY, RETAIN, SampleData, findings, only, properties

GENERATED = SecretSpec(name="documents/signing-key", kind="generated", description="Signs links to documents")
EXTERNAL = SecretSpec(name="finance/payment-key", kind="external", description="Opens the payment provider")


def build(sample, spec, protection=RETAIN):
    secret = CellSecret(sample.data, "Secret", spec=spec, key=sample.key, protection=protection)
    secret.grant_read(sample.reader)
    return secret


def built(spec, protection=RETAIN):
    sample = SampleData()
    build(sample, spec, protection)
    return sample


def secret(sample):
    return properties(sample.template(), "AWS::SecretsManager::Secret")


def tags(sample):
    return {tag["Key"]: tag["Value"] for tag in secret(sample)["Tags"]}


def test_a_generated_secret_has_a_long_random_value():
    assert secret(built(GENERATED))["GenerateSecretString"] == {"ExcludePunctuation": True, "PasswordLength": 48}


def test_an_external_secret_has_no_value_so_that_it_can_be_seen_to_be_empty():
    found = secret(built(EXTERNAL))

    assert "GenerateSecretString" not in found
    assert "SecretString" not in found


@pytest.mark.parametrize("spec", [GENERATED, EXTERNAL])
def test_a_secret_is_found_by_its_tags_and_has_no_name_of_ours(spec):
    sample = built(spec)

    assert "Name" not in secret(sample)
    assert tags(sample)["cells:secret"] == spec.name
    assert tags(sample)["cells:secret-kind"] == spec.kind


def test_a_secret_is_restricted_and_says_what_it_opens():
    sample = built(EXTERNAL)

    assert tags(sample)["data-classification"] == "restricted"
    assert secret(sample)["Description"] == EXTERNAL.description


def test_a_secret_is_encrypted_with_the_key_of_the_cell():
    assert "Key961B73FD" in str(secret(built(GENERATED))["KmsKeyId"])


def test_a_reader_in_a_later_stack_gets_its_rights_there_and_not_in_the_keys_policy():
    sample = built(GENERATED)

    assert "secretsmanager:GetSecretValue" in sample.allowed()
    (decrypt,) = sample.allowed()["kms:Decrypt"]
    assert "kms:EncryptionContext:SecretARN" in decrypt["Condition"]["StringEquals"]


def test_the_grant_of_the_cdk_makes_no_cycle_either():
    sample = SampleData()
    build(sample, GENERATED).secret.grant_read(sample.reader)
    before = Template.from_stack(SampleData().foundation).find_resources("AWS::KMS::Key")

    assert "secretsmanager:GetSecretValue" in sample.allowed()
    assert Template.from_stack(sample.foundation).find_resources("AWS::KMS::Key") == before


def test_a_copy_follows_in_another_region_under_the_key_of_that_region():
    sample = SampleData()
    CellSecret(sample.data, "Secret", spec=GENERATED, key=sample.key, protection=RETAIN, replica_regions=("us-east-1",))

    assert secret(sample)["ReplicaRegions"] == [{"Region": "us-east-1"}]
    assert "ReplicaRegions" not in secret(built(GENERATED))


def test_the_copy_has_the_name_of_the_secret():
    sample = SampleData()
    found = build(sample, GENERATED)
    (id,) = sample.template().find_resources("AWS::SecretsManager::Secret")

    parts = sample.data.resolve(found.arn_in("us-east-1"))["Fn::Join"][1]

    assert ":secretsmanager:us-east-1:" in "".join(part for part in parts if isinstance(part, str))
    assert parts[-1] == {"Fn::Select": [6, {"Fn::Split": [":", {"Ref": id}]}]}


def test_a_retained_secret_stays_and_another_goes():
    def policy(protection):
        template = built(GENERATED, protection).template()
        return only(template.find_resources("AWS::SecretsManager::Secret"))["DeletionPolicy"]

    assert policy(RETAIN) == "RetainExceptOnCreate"
    assert policy(DESTROY) == "Delete"


@pytest.mark.parametrize("spec", [GENERATED, EXTERNAL])
def test_the_checks_find_nothing_that_is_not_excused(tmp_path, spec):
    assert findings(tmp_path, lambda sample: build(sample, spec)) == []
