"""The CDK app: context → plan → cell. `npx cdk deploy ProductCell --context productName=… --context environment=…`.

With `--context target=organization` it builds the organization: `npx cdk deploy LogArchive …`.
"""

import sys
from pathlib import Path

from cells.cli.kernel import start_kernel, without_collector
from cells.cli.second_half import beside_app, halves
from constructs_lib.specs.errors import CellsError


@without_collector()
def main() -> None:
    """Build what the context asks for. What is imported first is read while the CDK is loaded."""
    root = Path(__file__).parent
    with beside_app(root) as second:
        kernel = start_kernel()
        from cells.cli.context import context_of, product_of
        from cells.cli.workspace import Workspace

        kernel.join()
        from aws_cdk import App  # isort: skip

        app = App(
            analytics_reporting=False, tree_metadata=False, stack_traces=False, builtin_cloud_formation_validation=False
        )
        workspace, product = Workspace(root), product_of(app.node.try_get_context)
        if product is None:  # each branch loads its own half of the CDK
            from accounts.organization import build_organization

            build_organization(app, workspace.platform, halves(second))
        else:
            from cells.cell import build_cell

            build_cell(app, workspace.plan(product, context_of(app.node.try_get_context)))
        app.synth()
        if second is not None:
            second.join()


if __name__ == "__main__":
    try:
        main()
    except CellsError as error:
        sys.exit(f"error: {error.message}\nhint: {error.hint}" if error.hint else f"error: {error.message}")
