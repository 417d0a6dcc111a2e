"""What the organization offers to every cell. Both sides build the shared names here, so that they cannot differ."""

from constructs_lib.specs.base import Spec
from constructs_lib.specs.identity import AccountId, Environment, Region

PERMISSION_BOUNDARY_NAME = "cell-permission-boundary"
"""The managed policy of the account baseline that bounds every role a cell creates."""

EXECUTION_POLICY_NAME = "cell-cloudformation-execution"
"""The managed policy that CloudFormation executes a cell with, instead of AdministratorAccess."""

DEPLOYMENT_ROLE_NAME = "DeploymentRole"
"""The role of the account baseline that a pipeline assumes. It may only assume the bootstrap roles."""

ACCESS_LOG_ROLE_PATH = "/cells/access-logs/"
"""The path of the roles by which access logs of cells are replicated to the log archive."""

VENDING_ROLE_NAME = "OrganizationAccountAccessRole"
"""The role of every account that AWS Organizations creates, by which the vending engine works in it."""

BACKUP_ROLE_NAME = "CellBackupRole"
"""The role of the account baseline that AWS Backup backs up and restores with."""

BACKUP_VAULT_NAME = "cell-recovery"
"""The vault of the account baseline, in each region with cells, that backups of the organization's plans go to."""

BACKUP_TAG = "cells:backup"
"""The tag by which the organization's backup plans take a resource. Its value is one of `Backups`."""

RELEASE_TAG = "cells:release-data"
"""The tag, with the value `yes`, by which the Guard hook of the account baseline lets data be deleted."""


class LogArchive(Spec):
    """A locked bucket of the log archive, as a cell sees it."""

    account: AccountId
    region: Region
    bucket_name: str
    key_alias: str | None = None
    """The key that copies are encrypted with, when a key of the cell encrypts what is copied."""


class Landing(Spec):
    """The facts about the organization that a cell is built against."""

    organization: str
    """The organization's short name, such as `example`."""
    base_domain: str
    """The zone in the network hub under which each cell gets a zone of its own."""
    home_region: Region
    governed_regions: tuple[Region, ...]
    log_archive_account: AccountId
    network_hub_account: AccountId
    shared_services_account: AccountId
    outside_ranges: tuple[str, ...] = ()
    """The IPv4 ranges behind the lines from outside that end in the network hub."""

    def flow_log_bucket_name(self, region: str) -> str:
        """The log archive's bucket for VPC flow logs of one region."""
        return f"{self.organization}-flow-logs-{self.log_archive_account}-{region}"

    def access_log_bucket_name(self, region: str) -> str:
        """The log archive's bucket that access logs of cells in one region are replicated to."""
        return f"{self.organization}-access-logs-{self.log_archive_account}-{region}"

    def access_log_archive(self, region: str) -> LogArchive:
        """Where the access logs go that a cell keeps in one region: the archive's bucket of that region."""
        return LogArchive(
            account=self.log_archive_account, region=region, bucket_name=self.access_log_bucket_name(region)
        )

    @property
    def edge_log_archive(self) -> LogArchive:
        """Where the access logs of CloudFront go: to the home region, for the archive has nothing in us-east-1."""
        return self.access_log_archive(self.home_region).model_copy(update={"key_alias": self.archive_key_alias})

    @property
    def archive_key_alias(self) -> str:
        """The key of the log archive, in the home region, for what is delivered encrypted."""
        return f"alias/{self.organization}-log-archive"

    @property
    def trail_bucket_name(self) -> str:
        """The log archive's bucket for the organization's trail, in the home region."""
        return f"{self.organization}-trail-{self.log_archive_account}-{self.home_region}"

    @property
    def config_bucket_name(self) -> str:
        """The log archive's bucket that AWS Config of every account and region delivers to, in the home region."""
        return f"{self.organization}-config-{self.log_archive_account}-{self.home_region}"

    def cell_domain(self, subdomain: str, environment: Environment) -> str:
        """`crm.example.com` in prod, `crm-dev.example.com` elsewhere: sibling zones, so that none contains another."""
        label = subdomain if environment == "prod" else f"{subdomain}-{environment}"
        return f"{label}.{self.base_domain}"
