"""There is no default network, and there comes none back."""

from accounts.policies.guardrail import ROOT, Guardrail, Statement

DEFAULT_NETWORK = Guardrail(
    name="default-network",
    type="SERVICE_CONTROL_POLICY",
    summary="Nobody makes a default VPC or a default subnet.",
    why="Its subnets are all public, and what says nothing about its network ends up in it. The vending engine deletes "
    "the one that AWS makes in each region of a new account.",
    reference="https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html",
    breaks="Wizards of the console that count on a default VPC.",
    attached=(ROOT,),
    statements=(Statement(sid="NoDefaultNetwork", actions=("ec2:CreateDefaultSubnet", "ec2:CreateDefaultVpc")),),
)
