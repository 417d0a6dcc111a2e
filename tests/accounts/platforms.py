"""Organizations of any size, and the templates of some of their stacks."""

import ipaddress
import json

from accounts.platform import Platform
from constructs_lib.specs.registry import CellEntry, Registry

ENVIRONMENTS = ("dev", "staging", "prod")


def cell(product, environment, number, *, region="eu-west-1", pending=False, attachment=None):
    """A cell of its own /20, in an account of its own."""
    return CellEntry(
        product=product,
        environment=environment,
        region=region,
        account=None if pending else f"{900_000_000_000 + number:012d}",
        cidr=str(ipaddress.IPv4Network((ipaddress.IPv4Address("10.0.0.0") + 4096 * number, 20))),
        domain=f"{product}-{environment}-{number}.example.com",
        state="pending" if pending else "active",
        attachment=attachment,
    )


def products(count):
    """Products with names of the greatest length, so that sizes are the greatest."""
    return [f"a-product-number-{number:03d}" for number in range(count)]


def platform(organization, registry, names, **changes):
    """The organization with these products only, each with three cells."""
    cells = [
        cell(name, environment, 3 * number + place)
        for number, name in enumerate(names)
        for place, environment in enumerate(ENVIRONMENTS)
    ]
    return Platform(
        organization.model_copy(update=changes),
        Registry(organization=registry.organization, accounts=registry.accounts, cells=cells),
        dict.fromkeys(names, ENVIRONMENTS),
    )


def templates(build, platform, directory):
    """The text of each template by the id of its stack."""
    from aws_cdk import App

    app = App(
        outdir=str(directory),
        analytics_reporting=False,
        tree_metadata=False,
        stack_traces=False,
        builtin_cloud_formation_validation=False,
        context={"@aws-cdk/core:defaultCrossStackReferences": "weak", "aws:cdk:disable-version-reporting": True},
    )
    list(build(app, platform))
    app.synth()
    return {path.name.removesuffix(".template.json"): path.read_text() for path in directory.glob("*.template.json")}


def too_large(templates):
    """What is over 80 % of what CloudFormation takes, by stack."""
    found = {}
    for stack, text in templates.items():
        template = json.loads(text)
        sizes = {
            "resources": (len(template["Resources"]), 500),
            "characters": (len(text.encode()), 1_000_000),
            "outputs": (len(template.get("Outputs", {})), 200),
        }
        over = {what: size for what, (size, limit) in sizes.items() if size > limit * 0.8}
        if over:
            found[stack] = over
    return found
