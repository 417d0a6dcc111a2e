"""Which handler carries which resource type."""

from ministack.services.cloudformation import provisioners

from local.engine import Engine
from local.handlers.address import ElasticIp, NatGateway
from local.handlers.archive import Archive
from local.handlers.backup_selection import BackupSelection
from local.handlers.canary import Canary
from local.handlers.composite_alarm import CompositeAlarm
from local.handlers.custom import DefaultSecurityGroup, EmptiedBucket
from local.handlers.delegation import ZoneDelegation
from local.handlers.delivery import Delivery, DeliveryDestination, DeliverySource
from local.handlers.firewall import FirewallLogging, WebAclAssociation
from local.handlers.flow_log import FlowLog
from local.handlers.handler import Handler
from local.handlers.monitoring_subscription import MonitoringSubscription
from local.handlers.network_acl import NetworkAcl, NetworkAclEntry, SubnetAclAssociation
from local.handlers.organization_policy import OrganizationPolicy
from local.handlers.request_validator import RequestValidator
from local.handlers.scaling import ScalableTarget, ScalingPolicy
from local.handlers.secret import RotationSchedule, SecretPolicy
from local.handlers.security_group_rule import EgressRule, IngressRule
from local.handlers.service_linked_role import ServiceLinkedRole
from local.handlers.stack_set import StackSetResource
from local.handlers.transit_gateway import TransitGateway, TransitGatewayRoute, TransitGatewayRouteTable
from local.handlers.vpc_origin import VpcOrigin
from local.recorded import RecordedHandler, Records
from local.refinements.api_method import ApiMethod
from local.refinements.bucket import Bucket
from local.refinements.cache import ReplicationGroup
from local.refinements.database import DatabaseCluster, DatabaseInstance
from local.refinements.email_identity import EmailIdentity
from local.refinements.endpoint import VpcEndpoint
from local.refinements.hosted_zone import HostedZone
from local.refinements.load_balancer import LoadBalancer
from local.refinements.refinement import Refinement
from local.refinements.service import Service
from local.refinements.topic import Topic
from local.schema import resource_types
from local.stack_sets.stack_sets import StackSets

STACK_SETS = StackSets()

NATIVE_HANDLERS: tuple[Handler, ...] = (
    DefaultSecurityGroup(),
    EmptiedBucket(),
    ZoneDelegation(),
    ElasticIp(),
    NatGateway(),
    IngressRule(),
    EgressRule(),
    NetworkAcl(),
    NetworkAclEntry(),
    SubnetAclAssociation(),
    FlowLog(),
    CompositeAlarm(),
    RotationSchedule(),
    SecretPolicy(),
    ScalableTarget(),
    ScalingPolicy(),
    WebAclAssociation(),
    FirewallLogging(),
    VpcOrigin(),
    MonitoringSubscription(),
    DeliverySource(),
    DeliveryDestination(),
    Delivery(),
    BackupSelection(),
    Archive(),
    Canary(),
    RequestValidator(),
    ServiceLinkedRole(),
    OrganizationPolicy(),
    TransitGateway(),
    TransitGatewayRouteTable(),
    TransitGatewayRoute(),
    StackSetResource(STACK_SETS),
)
"""Our own handlers. A type may also be handled by the emulator underneath; ours wins."""

SERVICE = Service()
REFINEMENTS: tuple[Refinement, ...] = (
    ApiMethod(),
    Bucket(),
    DatabaseCluster(),
    DatabaseInstance(),
    EmailIdentity(),
    HostedZone(),
    LoadBalancer(),
    ReplicationGroup(),
    SERVICE,
    Topic(),
    VpcEndpoint(),
)
"""What we add to resources that the emulator underneath makes."""


def native_types() -> frozenset[str]:
    """Return the types whose resources are really made: the emulator's own and ours."""
    return frozenset(provisioners._RESOURCE_HANDLERS) | {name for item in NATIVE_HANDLERS for name in item.types}


def register_all(engine: Engine, records: Records) -> None:
    """Give every type of the registry a handler: the emulator's, ours, or one that records."""
    native = frozenset(provisioners._RESOURCE_HANDLERS)
    for handler in NATIVE_HANDLERS:
        for type_name in handler.types:
            engine.register(type_name, handler)
    for refinement in REFINEMENTS:
        for type_name in refinement.types:
            engine.refine(type_name, refinement)
    for type_name in native:
        engine.complete(type_name)
    ours = {name for handler in NATIVE_HANDLERS for name in handler.types}
    for type_name in resource_types():
        if type_name not in native and type_name not in ours:
            engine.register(type_name, RecordedHandler(type_name, records))
