"""The identity provider of break-glass: made and changed by the engine, and looked at inside the account."""

import json

import pytest
from pydantic import ValidationError

from accounts.vending.inside import findings_inside
from accounts.vending.reverting import revert_plan
from tests.accounts.vending.world import Faults, Killed, organization

NAME = "emergency"
STEP = "put-saml-provider:security-tooling"


def metadata(certificate="first", **changes):
    parts = {"role": "IDPSSODescriptor", "key": "X509Certificate", "head": "", "filling": "x" * 1000} | changes
    return (
        f'{parts["head"]}<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="e">'
        f'<{parts["role"]}><Signature xmlns="http://www.w3.org/2000/09/xmldsig#">'
        f"<{parts['key']}>{certificate}</{parts['key']}></Signature></{parts['role']}>"
        f"<Organization>{parts['filling']}</Organization></EntityDescriptor>"
    )


def declared(text=None):
    return organization(break_glass_provider=NAME, break_glass_metadata=text or metadata())


@pytest.fixture
def world(world, few_services):
    """Built, before any provider is declared."""
    world.apply(world.plan())
    world.faults = Faults()
    world.spec = declared()
    return world


def there(world):
    """The metadata of each provider of the account where people come in."""
    client = iam(world)
    arns = [one["Arn"] for one in client.list_saml_providers()["SAMLProviderList"]]
    return {
        arn.rpartition("/")[2]: client.get_saml_provider(SAMLProviderArn=arn)["SAMLMetadataDocument"] for arn in arns
    }


def iam(world):
    return world.clients.members.iam(world.ids()["security-tooling"])


def look(world):
    return findings_inside(world.clients, world.spec, world.topology, world.observe())


def test_the_provider_is_made_once(world):
    plan = world.plan()
    world.apply(plan)

    assert plan.names == (STEP,)
    assert there(world) == {NAME: metadata()}
    assert world.plan().steps == ()


def test_new_metadata_change_the_provider_that_is_there(world):
    world.apply(world.plan())
    world.spec = declared(metadata("second"))

    assert world.plan().names == (STEP,)
    world.apply(world.plan())

    assert there(world) == {NAME: metadata("second")}


def test_a_provider_without_metadata_is_left_alone(world):
    iam(world).create_saml_provider(Name=NAME, SAMLMetadataDocument=metadata("by hand"))
    world.spec = organization(break_glass_provider=NAME)

    assert world.plan().steps == ()


@pytest.mark.parametrize("side", ["before", "after"])
def test_a_kill_is_mended_by_the_same_plan(world, side):
    plan = world.plan()
    world.faults = Faults(kill_at=0, side=side)
    with pytest.raises(Killed):
        world.apply(plan)
    world.faults = Faults()

    world.apply(plan, break_lock=True)

    assert there(world) == {NAME: metadata()}
    assert world.faults.calls.count("CreateSAMLProvider") == (1 if side == "before" else 0)


def delete(client, arn):
    client.delete_saml_provider(SAMLProviderArn=arn)


def change(client, arn):
    client.update_saml_provider(SAMLProviderArn=arn, SAMLMetadataDocument=metadata("of a stranger"))


@pytest.mark.parametrize(("spoil", "told"), [(delete, "there is no SAML provider"), (change, "has other metadata")])
def test_what_somebody_did_to_it_is_found_inside_and_taken_back(world, spoil, told):
    world.apply(world.plan())
    spoil(iam(world), iam(world).list_saml_providers()["SAMLProviderList"][0]["Arn"])

    (finding,) = look(world)
    world.apply(revert_plan([finding], world.observe()))
    world.apply(world.plan())

    assert finding.name == "account:security-tooling:break-glass-provider"
    assert told in finding.line
    assert (there(world), look(world)) == ({NAME: metadata()}, ())


def test_a_plan_has_the_whole_document_and_its_line_a_digest(world):
    plan = world.plan()

    (step,) = json.loads(plan.model_dump_json())["steps"]
    assert step["metadata"] == metadata()
    assert len(plan.steps[0].line()) < 100


REFUSED = [
    ("no XML", "<" + "x" * 1000, "is no XML"),
    ("too short", "<x/>", "at least 1000 characters"),
    ("a document type", metadata(head='<!DOCTYPE x [<!ENTITY a "b">]>'), "declares a document type"),
    ("a service provider's", metadata(role="SPSSODescriptor"), "is no metadata of an identity provider"),
    ("without a certificate", metadata(key="KeyName"), "has no certificate"),
]


@pytest.mark.parametrize(("text", "told"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_aws_would_not_take_is_refused_when_it_is_read(text, told):
    with pytest.raises(ValidationError, match=told):
        declared(text)


def test_metadata_need_the_name_of_their_provider():
    with pytest.raises(ValidationError, match="break_glass_metadata needs break_glass_provider"):
        organization(break_glass_metadata=metadata())
