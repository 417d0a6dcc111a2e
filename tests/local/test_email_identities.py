"""Identities of Amazon SES, with the tokens that their DNS records are made of."""

import json

from tests.local.conftest import Local

ACCOUNT = "222222222222"


def test_a_domain_has_three_tokens_which_sesv2_tells_as_well(local: Local) -> None:
    session = local.session(ACCOUNT)
    cloudformation, sesv2 = (
        session.client(name, endpoint_url=local.server.endpoint) for name in ("cloudformation", "sesv2")
    )
    template = {
        "Resources": {
            "Domain": {"Type": "AWS::SES::EmailIdentity", "Properties": {"EmailIdentity": "mail.example.com"}}
        },
        "Outputs": {
            f"{kind}{number}": {"Value": {"Fn::GetAtt": ["Domain", f"DkimDNSToken{kind}{number}"]}}
            for kind in ("Name", "Value")
            for number in (1, 2, 3)
        },
    }

    cloudformation.create_stack(StackName="mail", TemplateBody=json.dumps(template))

    (stack,) = cloudformation.describe_stacks(StackName="mail")["Stacks"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    tokens = sesv2.get_email_identity(EmailIdentity="mail.example.com")["DkimAttributes"]["Tokens"]
    assert len(set(tokens)) == 3
    assert [outputs[f"Name{number}"] for number in (1, 2, 3)] == [
        f"{token}._domainkey.mail.example.com" for token in tokens
    ]
    assert [outputs[f"Value{number}"] for number in (1, 2, 3)] == [f"{token}.dkim.amazonses.com" for token in tokens]
