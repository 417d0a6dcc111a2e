"""Finance: invoices, payments and expenses."""

from cells.modules.module import Module
from constructs_lib.specs.secret import SecretSpec


class FinanceModule(Module):
    """Invoices, payments and expenses. Rows in the cell's database; a payment provider is called with its own key."""

    name = "finance"
    requires = ("contacts", "jobs")
    summary = "Invoices, payments and expenses"
    reference = "https://docs.aws.amazon.com/secretsmanager/latest/userguide/intro.html"
    secrets = (
        SecretSpec(
            name="finance/payment-api-key",
            kind="external",
            description="API key of the payment provider, from its developer console",
        ),
        SecretSpec(
            name="finance/webhook-signing-key",
            kind="generated",
            description="Signs the webhooks that finance sends to integrations",
        ),
    )
