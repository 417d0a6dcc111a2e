"""Edge: the front door, in us-east-1, where CloudFront's certificate, web ACL, metrics and alarms have to live."""

from aws_cdk import Fn
from aws_cdk import aws_wafv2 as wafv2
from aws_cdk.aws_cloudfront import IOrigin
from constructs import Construct

from cells.layers.foundation import FoundationLayer
from cells.layers.layer import Layer
from cells.layers.service import GATEWAY_OUTPUT, ServiceLayer, gateway_key_output
from cells.modules.building import building
from cells.modules.module import Module
from cells.plan import CellPlan
from constructs_lib.alarm_topic import AlarmTopic
from constructs_lib.api_gateway_origin import api_gateway_origin
from constructs_lib.certificate import Certificate
from constructs_lib.encryption import EdgeEncryption
from constructs_lib.front_door import FrontDoor
from constructs_lib.outside_names import OutsideNames
from constructs_lib.specs.frontend import ExternalFrontend, SpaFrontend
from constructs_lib.web_acl import WebAcl


class EdgeLayer(Layer):
    """Certificate, web ACL, CloudFront distribution, alias records and own alarms."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        plan: CellPlan,
        foundation: FoundationLayer,
        service: ServiceLayer,
        modules: tuple[Module, ...],
    ) -> None:
        super().__init__(
            scope,
            id,
            plan=plan,
            layer="edge",
            description="CloudFront distribution, web ACL and certificate of a product cell",
        )
        self.foundation = foundation
        self.service = service
        self.encryption = EdgeEncryption(self, "Encryption", protection=plan.settings.protection)
        self.alarm_topic = AlarmTopic(self, "AlarmTopic", key=self.encryption.key)
        self.certificate = Certificate(
            self,
            "Certificate",
            domain=plan.api_domain,
            zone=foundation.dns.zone,
            below=("origin",) if isinstance(plan.frontend, SpaFrontend) else (),
        )
        self.web_acl = WebAcl(
            self,
            "WebAcl",
            spec=plan.settings.edge,
            key=self.encryption.key,
            name_prefix=plan.identity.prefix,
        )
        self.front_door = self._build_front_door()
        self.page_web_acl = self._build_page_web_acl()
        self.outside_names = self._build_outside_names()
        for module in modules:
            with building(module, "edge"):
                module.edge(self)
        self.facade = self.monitoring(self.alarm_topic.topic)
        self.front_door.monitor(self.facade)
        self.certificate.monitor(self.facade)

    def _build_front_door(self) -> FrontDoor:
        return FrontDoor(
            self,
            "FrontDoor",
            spec=self.plan.settings.edge,
            domain=self.plan.api_domain,
            origin_domain=self.plan.origin_domain,
            load_balancer=self.service.load_balancer.load_balancer,
            site_bucket=self.service.site.bucket if self.service.site else None,
            certificate=self.certificate.certificate,
            zone=self.foundation.dns.zone,
            web_acl=self.web_acl,
            key=self.encryption.key,
            name_prefix=self.plan.identity.prefix,
            protection=self.plan.settings.protection,
            log_archive=self.plan.landing.edge_log_archive,
            cors_origins=self.plan.cors_origins,
            api_origin=self._api_origin(),
        )

    def _api_origin(self) -> IOrigin | None:
        gateway, service = self.plan.settings.gateway, self.service
        if not gateway.enabled or not gateway.routed:
            return None
        return api_gateway_origin(
            api_id=Fn.get_stack_output(service.stack_name, GATEWAY_OUTPUT, service.region),
            region=service.region,
            key_arn=Fn.get_stack_output(service.stack_name, gateway_key_output(gateway.key), service.region),
        )

    def _build_page_web_acl(self) -> WebAcl | None:
        """The web ACL of the Amplify app: one that a distribution has cannot protect anything else.

        AWS WAF takes this association in us-east-1 only.
        https://docs.aws.amazon.com/amplify/latest/userguide/amplify-waf-configuration.html
        """
        if self.service.amplify_app is None:
            return None
        web_acl = WebAcl(
            self,
            "PageWebAcl",
            spec=self.plan.settings.edge,
            key=self.encryption.key,
            name_prefix=f"{self.plan.identity.prefix}-pages",
            metric="PageWebAcl",
        )
        wafv2.CfnWebACLAssociation(
            self, "PageWebAclAssociation", resource_arn=self.service.amplify_app.arn, web_acl_arn=web_acl.arn
        )
        return web_acl

    def _build_outside_names(self) -> OutsideNames | None:
        if not isinstance(self.plan.frontend, ExternalFrontend):
            return None
        return OutsideNames(
            self,
            "OutsideNames",
            spec=self.plan.frontend,
            domain=self.plan.domain,
            zone=self.foundation.dns.zone,
        )
