"""Edge: the front door, in us-east-1, where CloudFront's certificate, web ACL, metrics and alarms have to live."""

from constructs import Construct

from cells.layers.foundation import FoundationLayer
from cells.layers.layer import Layer
from cells.layers.service import ServiceLayer
from cells.modules.building import building
from cells.modules.module import Module
from cells.plan import CellPlan
from constructs_lib.alarm_topic import AlarmTopic
from constructs_lib.certificate import Certificate
from constructs_lib.encryption import EdgeEncryption
from constructs_lib.front_door import FrontDoor
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
        self.certificate = Certificate(self, "Certificate", domain=plan.domain, zone=foundation.dns.zone)
        self.web_acl = WebAcl(
            self,
            "WebAcl",
            spec=plan.settings.edge,
            key=self.encryption.key,
            name_prefix=plan.identity.prefix,
        )
        self.front_door = self._build_front_door()
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
            domain=self.plan.domain,
            origin_domain=self.plan.origin_domain,
            load_balancer=self.service.load_balancer.load_balancer,
            site_bucket=self.service.site.bucket,
            certificate=self.certificate.certificate,
            zone=self.foundation.dns.zone,
            web_acl=self.web_acl,
            key=self.encryption.key,
            name_prefix=self.plan.identity.prefix,
            protection=self.plan.settings.protection,
            log_archive=self.plan.landing.edge_log_archive,
        )
