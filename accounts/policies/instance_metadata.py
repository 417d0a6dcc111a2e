"""The metadata service of instances answers to sessions only."""

from accounts.policies.guardrail import ROOT, Guardrail, Statement

INSTANCE_METADATA = Guardrail(
    name="instance-metadata",
    type="SERVICE_CONTROL_POLICY",
    summary="No instance starts with version 1 of its metadata service, and no credentials from it are good.",
    why="With version 1, one forged request through a web server gives away the role of the machine.",
    reference="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ExamplePolicies_EC2.html",
    breaks="Starting an instance without saying `HttpTokens: required`, even where it is the account's default: say "
    "it.",
    attached=(ROOT,),
    statements=(
        Statement(
            sid="StartWithSessions",
            actions=("ec2:RunInstances",),
            resources=("arn:<partition>:ec2:*:*:instance/*",),
            when={"StringNotEquals": {"ec2:MetadataHttpTokens": "required"}},
        ),
        Statement(
            sid="KeepSessions",
            actions=("ec2:ModifyInstanceMetadataOptions",),
            when={"StringEquals": {"ec2:Attribute/HttpTokens": "optional"}},
        ),
        Statement(sid="KeepSessionsByDefault", actions=("ec2:ModifyInstanceMetadataDefaults",)),
        Statement(
            sid="NoOldCredentials",
            actions=("*",),
            when={"NumericLessThan": {"ec2:RoleDelivery": "2.0"}},
        ),
    ),
)
