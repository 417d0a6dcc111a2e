"""Who a cell is: product, environment and region. Every name of a cell is built here and nowhere else."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from constructs_lib.specs.base import Spec

Environment = Literal["dev", "staging", "prod", "sandbox"]

Segment = Literal["prod", "non-prod"]
"""A class of cells that the organization keeps apart: in its network, and in who signs in.

No cell reaches another over the network, in its own segment or in the other.
"""
Layer = Literal["foundation", "data", "service", "edge", "cell"]

MAX_PRODUCT_LENGTH = 20
RESERVED_PRODUCT_NAMES = frozenset(
    [
        "api",
        "www",
        "mail",
        "admin",
        "root",
        "aws",
        "amazon",
        "cell",
        "cells",
        "cdk",
        "shared",
        "security",
        "network",
        "dev",
        "staging",
        "prod",
        "sandbox",
        "local",
    ]
)


def _product_name(value: str) -> str:
    if len(value) < 3 or len(value) > MAX_PRODUCT_LENGTH:
        # 20 keeps the longest derived name (an ElastiCache user id, 40 characters) inside its limit.
        raise ValueError(f"must have 3 to {MAX_PRODUCT_LENGTH} characters, got {len(value)}")
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", value):
        raise ValueError("must be lower-case letters, digits and single hyphens, and start with a letter")
    if value in RESERVED_PRODUCT_NAMES:
        raise ValueError(f"is reserved ({value!r} already means something in an AWS account or a domain)")
    return value


ProductName = Annotated[str, AfterValidator(_product_name)]
AccountId = Annotated[
    str, Field(pattern=r"^\d{12}$", description="Twelve digits, quoted, so that YAML keeps the zeros.")
]
Region = Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$", description="An AWS region, such as `eu-west-1`.")]

SENTINEL_ACCOUNT = "0" * 12
"""Stands for the account of a product that is not vended yet. Synth and diff use it; deploy refuses it."""


SENTINEL_ORGANIZATION = "o-0000000000"
"""Stands for the id of an organization that is not known yet. Proofs and sizes do not depend on it."""

SENTINEL_ROOT = "r-0000"
"""Stands for the id of its root."""


DELEGATION_ROLE_PREFIX = "cell-dns-"
"""How the names of the network hub's roles begin that write a cell's NS record."""


def segment_of(environment: Environment) -> Segment:
    """The segment of a cell: `prod` for prod, `non-prod` for everything else."""
    return "prod" if environment == "prod" else "non-prod"


class Identity(Spec):
    """One cell: a product in an environment in a region. Two cells of one shape differ in nothing else."""

    product: ProductName
    environment: Environment
    region: Region

    @property
    def key(self) -> str:
        """`acme-crm/prod/eu-west-1`: how the registry, the image lock and the cell record name the cell."""
        return f"{self.product}/{self.environment}/{self.region}"

    @property
    def prefix(self) -> str:
        """`acme-crm-prod`: starts every physical name that has to come from the plan."""
        return f"{self.product}-{self.environment}"

    def stack_name(self, layer: Layer) -> str:
        """The CloudFormation stack name of a layer.

        The edge stack lives in us-east-1 and so carries the home region.
        """
        if layer == "cell":
            return self.prefix
        return f"{self.prefix}-edge-{self.region}" if layer == "edge" else f"{self.prefix}-{layer}"

    @property
    def delegation_role_name(self) -> str:
        """The role in the network hub that may write exactly this cell's NS record."""
        return f"{DELEGATION_ROLE_PREFIX}{self.prefix}-{self.region}"

    @property
    def record_path(self) -> str:
        """Where the cell record lives in Systems Manager Parameter Store."""
        return f"/cells/{self.key}"
