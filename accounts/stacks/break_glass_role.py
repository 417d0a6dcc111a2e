"""The way in when Identity Center, a pipeline or a policy of ours has failed."""

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from constructs import Construct

from accounts.names import BREAK_GLASS_OPERATOR_NAME, BREAK_GLASS_ROLE_NAME
from constructs_lib.exception import excuse


class BreakGlassRole(Construct):
    """`BreakGlassRole`, an administrator for an hour, for the operator role of the security tooling account only.

    People reach the operator role by direct federation of their identity provider, which asks for a second factor, so
    that it works while Identity Center does not. The session has to say whose it is (source identity), which cannot be
    changed on the way. AWS cannot see the factor here: a session that was assumed from another has no MFA in it, and a
    condition on it would lock everybody out.
    See https://docs.aws.amazon.com/singlesignon/latest/userguide/emergency-access.html.
    """

    def __init__(self, scope: Construct, id: str, *, security_tooling_account: str) -> None:
        super().__init__(scope, id)
        operator = f"arn:{Aws.PARTITION}:iam::{security_tooling_account}:role/{BREAK_GLASS_OPERATOR_NAME}"
        # By name and not as a principal: IAM refuses a principal that does not exist yet.
        named = iam.PrincipalWithConditions(
            iam.AccountPrincipal(security_tooling_account),
            {"ArnEquals": {"aws:PrincipalArn": operator}, "Null": {"sts:SourceIdentity": "false"}},
        )
        self.role = iam.Role(
            self,
            "Resource",
            role_name=BREAK_GLASS_ROLE_NAME,
            description="For emergencies. Each use is alarmed",
            assumed_by=named,
            max_session_duration=Duration.hours(1),
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name("AdministratorAccess")],
        )
        _let_keep_source_identity(self.role, named)
        excuse(
            self.role,
            rule="AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/AdministratorAccess]",
            reason="Nobody knows before an emergency what has to be done; guardrails bind it, and each use is alarmed",
            owner="platform",
            expires="2027-11-30",
        )


def _let_keep_source_identity(role: iam.Role, operator: iam.IPrincipal) -> None:
    """A session with a source identity is taken over only where the trust policy says so."""
    if role.assume_role_policy is not None:
        role.assume_role_policy.add_statements(
            iam.PolicyStatement(sid="KeepSourceIdentity", principals=[operator], actions=["sts:SetSourceIdentity"])
        )
