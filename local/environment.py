"""The environment of a program that talks to the embedded AWS instead of to AWS."""

from pathlib import Path

CLEARED = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
)
"""Variables of the caller's own AWS life: take them out, they would win over what `environment` gives."""


def environment(endpoint: str, account: str, region: str, state_dir: Path) -> dict[str, str]:
    """Give the variables that boto3, the CDK CLI and a CDK app need to work in `account` of the embedded AWS.

    Access keys are the account's id: the embedded AWS reads the account from the key. The CDK CLI remembers which key
    belongs to which account, so its home is kept in `state_dir`. Nothing is read from the caller's environment; drop
    the names in `CLEARED` from it before merging.
    """
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_CONFIG_FILE": str(state_dir / "aws-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(state_dir / "aws-credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED": "true",
        "CDK_DEFAULT_ACCOUNT": account,
        "CDK_DEFAULT_REGION": region,
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CDK_HOME": str(state_dir / "cdk"),
        "CDK_NOTICES": "false",
        "CI": "true",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }
