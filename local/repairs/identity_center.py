"""IAM Identity Center: ids as AWS draws them, and no instance until somebody enables one.

See https://docs.aws.amazon.com/singlesignon/latest/userguide/enable-identity-center.html.
"""

import hashlib

from moto.ssoadmin import models

from local.properties import Json, Properties
from local.repairs.method import replace_method


def mend_identity_center() -> None:
    """Give instances ids that AWS could have drawn. Call once."""
    original = models.Instance.__init__

    def instance(self: models.Instance, account_id: str, region: str) -> None:
        original(self, account_id, region)
        # The directory's id is hexadecimal, which the emulator does not know.
        drawn = hashlib.sha256(f"{account_id}{region}".encode()).hexdigest()
        self.identity_store_id = f"d-{drawn[:10]}"
        self.instance_arn = f"{self.instance_arn.rpartition('-')[0]}-{drawn[10:26]}"

    replace_method(models.Instance, "__init__", instance)


def switch_identity_center(body: Properties) -> Json:
    """Take the instance of an account and region away, or give it back: `account`, `region`, `enabled`."""
    account, region = body.text("account"), body.text("region")
    if not account or not region:
        raise ValueError("account and region are missing")
    backend = models.ssoadmin_backends[account][region]
    enabled = body.text("enabled", "yes") != "no"
    if enabled and not backend.instances:
        backend.instances.append(models.Instance(account, region))
    elif not enabled:
        backend.instances.clear()
    return {"instances": [str(one.instance_arn) for one in backend.instances]}
