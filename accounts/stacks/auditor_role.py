"""The role that an auditor reads every account with."""

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from constructs import Construct

from accounts.names import AUDITOR_ROLE_NAME
from constructs_lib.exception import excuse

_POLICIES = ("SecurityAudit", "job-function/ViewOnlyAccess")
"""AWS's own: configuration of everything, content of nothing."""


class AuditorRole(Construct):
    """`AuditorRole`: reads how an account is configured, and no data.

    Trusted by people with the permission set `auditor` in the security tooling account. Nobody but Identity Center can
    make a role in the path that they come by.
    See https://docs.aws.amazon.com/singlesignon/latest/userguide/using-service-linked-roles.html.
    """

    def __init__(self, scope: Construct, id: str, *, security_tooling_account: str) -> None:
        super().__init__(scope, id)
        people = f"arn:{Aws.PARTITION}:iam::{security_tooling_account}:role/aws-reserved/sso.amazonaws.com/*"
        self.role = iam.Role(
            self,
            "Resource",
            role_name=AUDITOR_ROLE_NAME,
            description="Reads the configuration of this account, and no data",
            assumed_by=iam.PrincipalWithConditions(
                iam.AccountPrincipal(security_tooling_account),
                {"ArnLike": {"aws:PrincipalArn": f"{people}AWSReservedSSO_auditor_*"}},
            ),
            max_session_duration=Duration.hours(4),
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name(name) for name in _POLICIES],
        )
        for name in _POLICIES:
            excuse(
                self.role,
                rule=f"AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{name}]",
                reason="AWS adds new services to it; it reads configuration and no data",
                owner="platform",
                expires="2027-11-30",
            )
