"""A small Python function of the platform's own."""

from pathlib import Path

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from constructs_lib.exception import excuse


def python_function(
    scope: Construct,
    *,
    description: str,
    code: Path,
    role: iam.IRole,
    log_group: logs.ILogGroup,
    timeout: Duration,
    handler: str = "index.handler",
) -> lambda_.Function:
    """Add a function on ARM64 from a folder that holds the module of its `handler`.

    It takes no dependencies but those of the runtime.

    https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html
    """
    function = lambda_.Function(
        scope,
        "Function",
        description=description,
        runtime=lambda_.Runtime.PYTHON_3_13,
        architecture=lambda_.Architecture.ARM_64,
        # Tests import the handler, and what Python leaves behind must not change the asset's hash.
        code=lambda_.Code.from_asset(str(code), exclude=["__pycache__", "*.pyc"]),
        handler=handler,
        role=role,
        log_group=log_group,
        memory_size=256,
        timeout=timeout,
    )
    excuse(
        function,
        rule="AwsSolutions-L1",
        reason="Python 3.13 is supported until October 2029; runtimes move together for all functions",
        owner="platform",
        expires="2027-11-30",
    )
    return function


def write_logs(log_group: logs.ILogGroup) -> iam.PolicyStatement:
    """What the role of a function needs to write its log, when the group is there already."""
    return iam.PolicyStatement(
        sid="WriteLogs",
        actions=["logs:CreateLogStream", "logs:PutLogEvents"],
        resources=[log_group.log_group_arn],
    )
