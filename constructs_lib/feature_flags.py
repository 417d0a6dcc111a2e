"""Feature flags and configuration that change without a deployment."""

from aws_cdk import Aws, Duration, Fn, RemovalPolicy, Stack
from aws_cdk import aws_appconfig as appconfig
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from constructs_lib.specs.protection import ProtectionSpec

_NO_FLAGS = '{"version":"1","flags":{},"values":{}}'
_ENVIRONMENT = "live"
_GROWTH_PERCENT = 20
_ROLLOUT = Duration.minutes(10)
_BAKE = Duration.minutes(5)


class FeatureFlags(Construct):
    """An AppConfig application with one profile of flags, encrypted with a customer key.

    It starts without flags; whoever keeps them adds versions and deploys these with the strategy `gradual`, a fifth of
    the readers every two minutes. CloudFormation deploys the first, empty version at once and never touches it again.

    https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-creating-configuration-and-profile-feature-flags.html
    """

    def __init__(self, scope: Construct, id: str, *, name: str, key: kms.IKey, protection: ProtectionSpec) -> None:
        """`name` names the application; nothing is named after the place in the construct tree."""
        super().__init__(scope, id)
        self._key = key
        self.application = appconfig.Application(
            self, "Application", application_name=name, description="Feature flags and configuration of a cell"
        )
        self.environment = appconfig.Environment(
            self,
            "Environment",
            application=self.application,
            # Constant: the CDK makes a logical id of it.
            environment_name=_ENVIRONMENT,
            # Refuses to be deleted while somebody reads it, where the account says so.
            deletion_protection_check=appconfig.DeletionProtectionCheck.ACCOUNT_DEFAULT,
        )
        self.flags = appconfig.HostedConfiguration(
            self,
            "Flags",
            application=self.application,
            name="flags",
            type=appconfig.ConfigurationType.FEATURE_FLAGS,
            content=appconfig.ConfigurationContent.from_inline_json(_NO_FLAGS),
            kms_key=kms.Key.from_key_arn(self, "Key", key.key_arn),
            deploy_to=[self.environment],
            deployment_strategy=self._build_strategy(
                "AtOnce",
                f"{name}-at-once",
                appconfig.RolloutStrategy.linear(
                    growth_factor=100, deployment_duration=Duration.minutes(0), final_bake_time=Duration.minutes(0)
                ),
            ),
        )
        self._let_go(protection)
        self.gradual = self._build_strategy(
            "Gradual",
            f"{name}-gradual",
            appconfig.RolloutStrategy.linear(
                growth_factor=_GROWTH_PERCENT, deployment_duration=_ROLLOUT, final_bake_time=_BAKE
            ),
        )

    def grant_read(self, grantee: iam.IGrantable) -> None:
        """Let the grantee read the flags."""
        path = Fn.join("/", [self.application.application_id, "environment", self.environment.environment_id])
        profile = self.flags.configuration_profile_id
        arn = Stack.of(self).format_arn(
            service="appconfig", resource="application", resource_name=f"{path}/configuration/{profile}"
        )
        principal = grantee.grant_principal
        principal.add_to_principal_policy(
            iam.PolicyStatement(
                actions=["appconfig:StartConfigurationSession", "appconfig:GetLatestConfiguration"], resources=[arn]
            )
        )
        principal.add_to_principal_policy(
            iam.PolicyStatement(
                actions=["kms:Decrypt"],
                resources=[self._key.key_arn],
                conditions={"StringEquals": {"kms:ViaService": f"appconfig.{Aws.REGION}.amazonaws.com"}},
            )
        )

    def _let_go(self, protection: ProtectionSpec) -> None:
        """Versions of flags are kept by the CDK; where data is thrown away, they would be left behind."""
        if protection.removal == "destroy":
            for child in self.flags.node.find_all():
                if isinstance(child, appconfig.CfnHostedConfigurationVersion):
                    child.apply_removal_policy(RemovalPolicy.DESTROY)

    def _build_strategy(self, id: str, name: str, rollout: appconfig.RolloutStrategy) -> appconfig.DeploymentStrategy:
        return appconfig.DeploymentStrategy(self, id, deployment_strategy_name=name, rollout_strategy=rollout)
