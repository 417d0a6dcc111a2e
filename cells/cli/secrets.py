"""`cells secrets`: set and check the secrets that come from outside."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from cells.cli import output
from cells.cli.context import choice
from cells.cli.options import Environment, Json, Product, Profile, TargetName
from cells.cli.project import open_workspace
from constructs_lib.specs.errors import InputError

if TYPE_CHECKING:
    from cells.deploy.secret import DeployedSecret
    from cells.deploy.stack import LiveStack

app = typer.Typer(
    help="Set and check the secrets that come from outside.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="module/name, such as finance/payment-api-key.")]


@app.command()
def set(
    product: Product,
    name: Name,
    environment: Environment = "dev",
    target: TargetName = None,
    profile: Profile = None,
    json: Json = False,
) -> None:
    """Give an external secret its value: asked for without echo, or read from standard input. Never an argument.

    Example: cells secrets set acme-crm finance/payment-api-key -e dev < key.txt
    """
    from cells.cli.live import aws_errors
    from cells.deploy.secret import find_secret, set_secret

    with aws_errors():
        stack = _data_stack(product, environment, target, profile)
        secret = find_secret(_secrets(stack), name)
        set_secret(stack.clients, secret, _value(name))
    if json:
        output.as_json({"secret": secret.name, "arn": secret.arn, "set": True})
    else:
        output.say(f"{secret.name} is set ({secret.arn})")


@app.command()
def check(
    product: Product,
    environment: Environment = "dev",
    target: TargetName = None,
    profile: Profile = None,
    json: Json = False,
) -> None:
    """List the secrets of a cell's modules. Ends with 1 when an external one has no value yet.

    Example: cells secrets check acme-crm -e prod
    """
    from cells.cli.live import aws_errors
    from cells.deploy.secret import empty_secrets

    with aws_errors():
        secrets = _secrets(_data_stack(product, environment, target, profile))
    if json:
        output.as_json(
            [
                {"secret": secret.name, "kind": secret.kind, "set": secret.is_set, "arn": secret.arn}
                for secret in secrets
            ]
        )
    else:
        rows = [(secret.name, secret.kind, "set" if secret.is_set else "empty", secret.arn) for secret in secrets]
        output.table(("secret", "kind", "value", "arn"), rows)
    empty = empty_secrets(secrets)
    for secret in empty:
        output.note(f"set it: cells secrets set {product} {secret.name} -e {environment}")
    if empty:
        raise typer.Exit(1)


def _data_stack(product: str, environment: str, target: str | None, profile: str | None) -> "LiveStack":
    from cells.cli.live import plan_of
    from cells.cli.target import target_of
    from cells.deploy.stack import LiveStack

    workspace = open_workspace()
    plan = plan_of(workspace, product, choice(environment=environment))
    chosen = target_of(workspace.root, target, profile)
    chosen.verify(plan.account)
    return LiveStack(chosen.clients(plan.account, plan.identity.region), plan.identity.stack_name("data"))


def _secrets(stack: "LiveStack") -> "list[DeployedSecret]":
    from cells.deploy.secret import secrets_of

    if not stack.exists():
        raise InputError(f"{stack.name} is not deployed yet", hint="the secrets come with `cells deploy`")
    return secrets_of(stack)


def _value(name: str) -> str:
    """The value, from a prompt that does not echo, or from standard input without its last line break."""
    if sys.stdin.isatty():
        return str(typer.prompt(f"Value of {name}", hide_input=True, err=True))
    return sys.stdin.read().removesuffix("\n").removesuffix("\r")
