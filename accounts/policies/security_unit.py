"""Nothing runs where the logs are."""

from accounts.policies.guardrail import Guardrail, Statement
from accounts.topology import SECURITY

SECURITY_UNIT = Guardrail(
    name="security-unit",
    type="SERVICE_CONTROL_POLICY",
    summary="In the accounts of the unit Security nobody starts machines, containers, clusters or databases.",
    why="The log archive and the security tooling hold what everything else is judged by. A program that runs beside "
    "it is one that can be broken into.",
    reference=""
    "https://docs.aws.amazon.com/prescriptive-guidance/latest/security-reference-architecture/log-archive.html",
    breaks="Security products that need a machine: give them an account of their own.",
    attached=(SECURITY,),
    statements=(
        Statement(
            sid="NothingRunsHere",
            actions=(
                "apprunner:CreateService",
                "batch:Create*",
                "ec2:CreateVpc",
                "ec2:RunInstances",
                "ecs:CreateCluster",
                "ecs:CreateService",
                "ecs:RunTask",
                "eks:CreateCluster",
                "elasticmapreduce:RunJobFlow",
                "lightsail:Create*",
                "rds:CreateDBCluster",
                "rds:CreateDBInstance",
                "sagemaker:CreateNotebookInstance",
            ),
        ),
    ),
)
