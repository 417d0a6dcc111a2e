"""AWS Config in one account and region: what is there, and how it changes, delivered to the log archive."""

from aws_cdk import Aws, Fn
from aws_cdk import aws_config as config
from aws_cdk import aws_iam as iam
from constructs import Construct

from accounts.stacks.account_kind import HomeRegion
from constructs_lib.specs.landing import Landing

_SERVICE = "config.amazonaws.com"


class ConfigServiceRole(Construct):
    """The role that AWS Config records with: AWS's own, which Security Hub asks for. One in an account.

    See https://docs.aws.amazon.com/config/latest/developerguide/using-service-linked-roles.html.
    """

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self.role = iam.CfnServiceLinkedRole(self, "Resource", aws_service_name=_SERVICE)


class ConfigRecorder(Construct):
    """The recorder of a region and its delivery to the log archive's bucket. IAM is recorded in the home region only.

    An account has one recorder in a region: one that was there before has to go first.
    See https://docs.aws.amazon.com/config/latest/developerguide/select-resources.html.
    """

    def __init__(self, scope: Construct, id: str, *, landing: Landing, home: HomeRegion) -> None:
        super().__init__(scope, id)
        role = f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}:role/aws-service-role/{_SERVICE}/AWSServiceRoleForConfig"
        self.recorder = config.CfnConfigurationRecorder(
            self,
            "Resource",
            role_arn=role,
            recording_group=config.CfnConfigurationRecorder.RecordingGroupProperty(
                all_supported=True,
                include_global_resource_types=Fn.condition_if(home.condition.logical_id, True, False),
            ),
        )
        self.delivery = config.CfnDeliveryChannel(
            self,
            "Delivery",
            s3_bucket_name=landing.config_bucket_name,
            config_snapshot_delivery_properties=config.CfnDeliveryChannel.ConfigSnapshotDeliveryPropertiesProperty(
                delivery_frequency="TwentyFour_Hours"
            ),
        )
