"""The role that people come in by when Identity Center does not work."""

from __future__ import annotations

from aws_cdk import ArnFormat, Aws, Duration, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from accounts.names import BREAK_GLASS_OPERATOR_NAME, BREAK_GLASS_ROLE_NAME
from constructs_lib.exception import excuse

_SIGN_IN = "https://signin.aws.amazon.com/saml"


class BreakGlassOperator(Construct):
    """`BreakGlassOperator`: may become the break-glass role of every account, for an hour, and nothing else.

    People reach it from the company's identity provider by SAML, without Identity Center. The provider asks for the
    second factor, and names the person as the source identity, which stays with the session on its way; without that
    nobody comes in. See https://docs.aws.amazon.com/singlesignon/latest/userguide/emergency-access.html.
    """

    def __init__(self, scope: Construct, id: str, *, provider: str) -> None:
        super().__init__(scope, id)
        arn = Stack.of(self).format_arn(
            service="iam",
            region="",
            resource="saml-provider",
            resource_name=provider,
            arn_format=ArnFormat.SLASH_RESOURCE_NAME,
        )
        person = iam.FederatedPrincipal(
            arn,
            {"StringEquals": {"SAML:aud": _SIGN_IN}, "Null": {"sts:SourceIdentity": "false"}},
            "sts:AssumeRoleWithSAML",
        )
        self.role = iam.Role(
            self,
            "Resource",
            role_name=BREAK_GLASS_OPERATOR_NAME,
            description="Becomes the break-glass role of an account, in an emergency",
            assumed_by=person,
            max_session_duration=Duration.hours(1),
            inline_policies={"BreakGlass": iam.PolicyDocument(statements=[_become_break_glass()])},
        )
        self._let_name_the_person(person)
        excuse(
            self.role,
            rule=f"AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iam::*:role/{BREAK_GLASS_ROLE_NAME}]",
            reason="It is for every account, those that come later too; the role has one name in all of them",
            owner="platform",
            expires="2027-11-30",
        )

    def _let_name_the_person(self, person: iam.IPrincipal) -> None:
        if self.role.assume_role_policy is not None:
            self.role.assume_role_policy.add_statements(
                iam.PolicyStatement(sid="NameThePerson", principals=[person], actions=["sts:SetSourceIdentity"])
            )


def _become_break_glass() -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid="BecomeBreakGlass",
        actions=["sts:AssumeRole", "sts:SetSourceIdentity"],
        resources=[f"arn:{Aws.PARTITION}:iam::*:role/{BREAK_GLASS_ROLE_NAME}"],
        conditions={"StringEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}},
    )
