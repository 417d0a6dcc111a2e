"""What an image registry does by itself with each image that is pushed: it signs and scans it."""

from __future__ import annotations

from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_signer as signer
from constructs import Construct


class ImageSigning(Construct):
    """Every image of the registry is signed when it is pushed, and scanned then and whenever a new hole is known.

    ECR signs with the identity of whoever pushes, so a pusher needs the signing profile too. The accounts given may
    use it. One for each registry: the settings belong to the account and region, not to a repository.
    See https://docs.aws.amazon.com/AmazonECR/latest/userguide/managed-signing.html.
    """

    def __init__(self, scope: Construct, id: str, *, pushing_account: str) -> None:
        """`pushing_account` is the account whose roles push images from outside."""
        super().__init__(scope, id)
        self.profile = signer.SigningProfile(self, "Profile", platform=signer.Platform.NOTATION_OCI_SHA384_ECDSA)
        for action in ("SignPayload", "GetSigningProfile"):
            signer.CfnProfilePermission(
                self,
                f"{action}FromOutside",
                profile_name=self.profile.signing_profile_name,
                statement_id=f"{action}FromOutside",
                action=f"signer:{action}",
                principal=pushing_account,
            )
        self._sign_all()
        self._scan_all()

    def _sign_all(self) -> None:
        rule = ecr.CfnSigningConfiguration.RuleProperty(
            signing_profile_arn=self.profile.signing_profile_arn,
            repository_filters=[
                ecr.CfnSigningConfiguration.RepositoryFilterProperty(filter="*", filter_type="WILDCARD_MATCH")
            ],
        )
        ecr.CfnSigningConfiguration(self, "Signing", rules=[rule])

    def _scan_all(self) -> None:
        rule = ecr.CfnRegistryScanningConfiguration.ScanningRuleProperty(
            scan_frequency="CONTINUOUS_SCAN",
            repository_filters=[
                ecr.CfnRegistryScanningConfiguration.RepositoryFilterProperty(filter="*", filter_type="WILDCARD")
            ],
        )
        ecr.CfnRegistryScanningConfiguration(self, "Scanning", scan_type="ENHANCED", rules=[rule])
