"""The CDK app: context → plan → cell. `npx cdk deploy ProductCell --context productName=… --context environment=…`.

With `--context target=organization` it builds the organization: `npx cdk deploy LogArchive …`.
"""

import sys
from pathlib import Path

from cells.cli.kernel import kernel, without_collector
from cells.cli.own_halves import own_halves_of_app
from constructs_lib.specs.errors import CellsError


@without_collector()
def main() -> None:
    """Build what the context asks for. What is imported first is read while the CDK is loaded."""
    with own_halves_of_app(Path(__file__).parent) as halves:
        with kernel():
            from cells.cli.context import context_of, product_of
            from cells.cli.workspace import Workspace
        from constructs_lib.plain_app import plain_app

        app, workspace = plain_app(), Workspace(Path(__file__).parent)
        product = product_of(app.node.try_get_context)
        if product is None:  # each branch loads its own half of the CDK
            from accounts.organization import build_organization

            build_organization(app, workspace.platform, halves)
        else:
            from cells.cell import build_cell

            build_cell(app, workspace.plan(product, context_of(app.node.try_get_context)))
        app.synth()


if __name__ == "__main__":
    try:
        main()
    except CellsError as error:
        sys.exit(f"error: {error.message}\nhint: {error.hint}" if error.hint else f"error: {error.message}")
