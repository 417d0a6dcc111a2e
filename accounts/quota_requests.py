"""Which quotas AWS is asked to raise, beside what every account has from the start.

AWS answers in minutes or in days; nothing waits for it. See
https://docs.aws.amazon.com/servicequotas/latest/userguide/request-quota-increase.html.
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from constructs_lib.specs.base import Spec
from constructs_lib.specs.identity import Environment

# Not a pattern of pydantic: it would take 15 ms to compile, at every start.
_WEBSITE = re.compile(r"https?://[^\s]{3,900}")


def _website(value: str) -> str:
    if not _WEBSITE.fullmatch(value):
        raise ValueError("must be an address such as https://crm.example.com")
    return value


class EmailProduction(Spec):
    """What Amazon SES wants to know before an account may write to everybody.

    See https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html.
    """

    website: Annotated[str, AfterValidator(_website), Field(json_schema_extra={"pattern": f"^{_WEBSITE.pattern}$"})]
    """Where the product is explained."""
    use_case: Annotated[str, Field(min_length=50, max_length=5000)]
    """How the addresses come together, what is sent, and how bounces and complaints are handled."""


class QuotaRequests(Spec):
    """The quotas that are asked for. What is not declared is not asked for."""

    accounts: Annotated[int, Field(ge=10, le=50_000)] | None = None
    """Accounts in the organization. AWS starts with 10."""
    fargate_vcpu: Annotated[int, Field(ge=6, le=100_000)] | None = None
    """vCPUs of Fargate tasks at the same time, in each account of a cell and in the home region."""
    lambda_concurrency: Annotated[int, Field(ge=10, le=100_000)] | None = None
    """Functions that run at the same time, in each account of a cell and in the home region."""
    email: EmailProduction | None = None
    """Production access of Amazon SES, in each account of a cell and in the home region."""
    environments: tuple[Environment, ...] = ("prod",)
    """The environments whose accounts ask."""
