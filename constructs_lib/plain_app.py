"""A CDK app that writes templates and nothing else: no tree, no stack traces, nothing for analytics."""

from collections.abc import Mapping
from pathlib import Path

from aws_cdk import App


def plain_app(folder: Path | str | None = None, *, context: Mapping[str, object] | None = None) -> App:
    """An app that writes its assembly into a folder, with the CDK's context. Without them, the CDK CLI says both.

    CloudFormation Validate is left out: it costs more than the rest together, and `cells check` runs it.
    See https://docs.aws.amazon.com/cdk/api/v2/python/aws_cdk/App.html.
    """
    return App(
        outdir=None if folder is None else str(folder),
        analytics_reporting=False,
        tree_metadata=False,
        stack_traces=False,
        builtin_cloud_formation_validation=False,
        context=context,
    )
