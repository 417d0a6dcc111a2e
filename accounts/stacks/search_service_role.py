"""The service-linked role of OpenSearch: AWS's own, without which no search domain enters a VPC."""

from aws_cdk import aws_iam as iam
from constructs import Construct

_SERVICE = "opensearchservice.amazonaws.com"


class SearchServiceRole(Construct):
    """The role that Amazon OpenSearch Service makes network interfaces with. One in an account.

    It costs nothing and may do nothing until a domain is there.
    See https://docs.aws.amazon.com/opensearch-service/latest/developerguide/slr.html.
    """

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        # There is no L2.
        self.role = iam.CfnServiceLinkedRole(self, "Resource", aws_service_name=_SERVICE)
