"""Which handler carries which resource type."""

from ministack.services.cloudformation import provisioners

from local.engine import Engine
from local.handlers.address import ElasticIp, NatGateway
from local.handlers.composite_alarm import CompositeAlarm
from local.handlers.custom import DefaultSecurityGroup, EmptiedBucket
from local.handlers.delegation import ZoneDelegation
from local.handlers.flow_log import FlowLog
from local.handlers.handler import Handler
from local.handlers.network_acl import NetworkAcl, NetworkAclEntry, SubnetAclAssociation
from local.handlers.secret import RotationSchedule, SecretPolicy
from local.handlers.security_group_rule import EgressRule, IngressRule
from local.recorded import RecordedHandler, Records
from local.schema import resource_types

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
)
"""Our own handlers. A type may also be handled by the emulator underneath; ours wins."""


def native_types() -> frozenset[str]:
    """Return the types whose resources are really made: the emulator's own and ours."""
    return frozenset(provisioners._RESOURCE_HANDLERS) | {name for item in NATIVE_HANDLERS for name in item.types}


def register_all(engine: Engine, records: Records) -> None:
    """Give every type of the registry a handler: the emulator's, ours, or one that records."""
    native = engine.native_types()
    for handler in NATIVE_HANDLERS:
        for type_name in handler.types:
            engine.register(type_name, handler)
    for type_name in native:
        engine.complete(type_name)
    ours = {name for handler in NATIVE_HANDLERS for name in handler.types}
    for type_name in resource_types():
        if type_name not in native and type_name not in ours:
            engine.register(type_name, RecordedHandler(type_name, records))
