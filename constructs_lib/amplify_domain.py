"""The domain of an Amplify app."""

from __future__ import annotations

from aws_cdk import aws_amplify as amplify
from constructs import Construct

from constructs_lib.amplify_app import AmplifyApp


class AmplifyDomain(Construct):
    """A domain that Amplify serves a branch at.

    Amplify asks for the certificate, and writes the records of domain and certificate into the zone itself, because the
    zone is in the app's account; it takes them out with the domain. It refuses a name that a distribution still has, so
    this comes after the front door has let go of it.
    See https://docs.aws.amazon.com/amplify/latest/userguide/to-add-a-custom-domain-managed-by-amazon-route-53.html
    """

    def __init__(self, scope: Construct, id: str, *, app: AmplifyApp, domain: str) -> None:
        super().__init__(scope, id)
        self.domain = amplify.CfnDomain(
            self,
            "Resource",
            app_id=app.app.attr_app_id,
            domain_name=domain,
            sub_domain_settings=[
                # No prefix: the domain itself.
                amplify.CfnDomain.SubDomainSettingProperty(branch_name=app.branch.branch_name, prefix="")
            ],
            certificate_settings=amplify.CfnDomain.CertificateSettingsProperty(certificate_type="AMPLIFY_MANAGED"),
            enable_auto_sub_domain=False,
        )
