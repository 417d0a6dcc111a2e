"""The role by which one cell writes its own NS record in the base zone, and nothing else."""

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_route53 as route53
from constructs import Construct

from constructs_lib.exception import excuse
from constructs_lib.specs.registry import CellEntry

# CloudFormation shortens a long stack name inside the names that it gives; it keeps 24 characters at least.
_KEPT_OF_STACK_NAME = 24


class DelegationRole(Construct):
    """Lets the foundation stack of one cell upsert or delete the NS record of that cell's domain in the base zone.

    See https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html.
    """

    def __init__(self, scope: Construct, id: str, *, zone: route53.IHostedZone, cell: CellEntry) -> None:
        super().__init__(scope, id)
        self.role = iam.Role(
            self,
            "Resource",
            role_name=cell.identity.delegation_role_name,
            description="Writes the NS record of one cell in the base zone",
            assumed_by=_foundation_of(cell),
            max_session_duration=Duration.hours(1),
            inline_policies={
                "Delegate": iam.PolicyDocument(statements=[_write_one_record(zone, cell.domain), _find_the_zone()])
            },
        )
        excuse(
            self.role,
            rule="AwsSolutions-IAM5[Resource::*]",
            reason="route53:ListHostedZonesByName takes no resource; it finds the base zone by its name",
            owner="platform",
            expires="2027-11-30",
        )


def _foundation_of(cell: CellEntry) -> iam.IPrincipal:
    """The roles that the cell's foundation stack made; one of them is the custom resource that writes the record."""
    stack = cell.identity.stack_name("foundation")[:_KEPT_OF_STACK_NAME]
    pattern = f"arn:{Aws.PARTITION}:iam::{cell.account}:role/{stack}*"
    return iam.PrincipalWithConditions(iam.AccountPrincipal(cell.account), {"ArnLike": {"aws:PrincipalArn": pattern}})


def _write_one_record(zone: route53.IHostedZone, domain: str) -> iam.PolicyStatement:
    keys = {"NormalizedRecordNames": [domain], "RecordTypes": ["NS"], "Actions": ["UPSERT", "DELETE"]}
    named = {f"route53:ChangeResourceRecordSets{key}": values for key, values in keys.items()}
    return iam.PolicyStatement(
        sid="WriteOneRecord",
        actions=["route53:ChangeResourceRecordSets"],
        resources=[zone.hosted_zone_arn],
        # ForAllValues alone is also true for a request without the key.
        conditions={"ForAllValues:StringEquals": named, "Null": dict.fromkeys(named, "false")},
    )


def _find_the_zone() -> iam.PolicyStatement:
    return iam.PolicyStatement(sid="FindTheZone", actions=["route53:ListHostedZonesByName"], resources=["*"])
