"""Application Auto Scaling: targets and policies, kept by moto, so that boto3 reads them back."""

from botocore.exceptions import ClientError

from local.handlers.handler import Handler, Place, Resource
from local.properties import Json, Properties

_SERVICE = "application-autoscaling"
_ROLE = "AWSServiceRoleForApplicationAutoScaling"


class ScalableTarget(Handler):
    """What may be scaled, and between which numbers. `Ref` is the target's identity."""

    types = ("AWS::ApplicationAutoScaling::ScalableTarget",)

    def create(self, place: Place, properties: Properties) -> Resource:
        """Register the target; registering again changes it."""
        role = properties.text("RoleARN", f"arn:aws:iam::{place.aws.account}:role/{_ROLE}")
        place.aws.call(
            _SERVICE,
            "RegisterScalableTarget",
            {
                **_identity(properties),
                "MinCapacity": properties.number("MinCapacity"),
                "MaxCapacity": properties.number("MaxCapacity"),
                "RoleARN": role,
            },
        )
        identity = _identity(properties)
        physical_id = f"{identity['ResourceId']}|{identity['ScalableDimension']}|{identity['ServiceNamespace']}"
        return Resource(physical_id, {"Id": physical_id})

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Deregister the target."""
        _ignoring_missing(place, "DeregisterScalableTarget", _identity(properties))


class ScalingPolicy(Handler):
    """When a target scales."""

    types = ("AWS::ApplicationAutoScaling::ScalingPolicy",)

    def create(self, place: Place, properties: Properties) -> Resource:
        """Put the policy; putting it again changes it."""
        request: dict[str, Json] = {
            **_target(properties),
            "PolicyName": properties.text("PolicyName"),
            "PolicyType": properties.text("PolicyType"),
        }
        for name in ("TargetTrackingScalingPolicyConfiguration", "StepScalingPolicyConfiguration"):
            if name in properties:
                request[name] = dict(properties.child(name))
        arn = place.aws.call(_SERVICE, "PutScalingPolicy", request).text("PolicyARN")
        return Resource(arn, {"Arn": arn})

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Delete the policy."""
        request = {**_target(properties), "PolicyName": properties.text("PolicyName")}
        _ignoring_missing(place, "DeleteScalingPolicy", request)


def _identity(properties: Properties) -> dict[str, Json]:
    return {name: properties.text(name) for name in ("ServiceNamespace", "ResourceId", "ScalableDimension")}


def _target(properties: Properties) -> dict[str, Json]:
    """Return the identity of a policy's target, given whole or in parts."""
    reference = properties.text("ScalingTargetId")
    if not reference:
        return _identity(properties)
    resource, dimension, namespace = reference.split("|")
    return {"ServiceNamespace": namespace, "ResourceId": resource, "ScalableDimension": dimension}


def _ignoring_missing(place: Place, operation: str, request: dict[str, Json]) -> None:
    try:
        place.aws.call(_SERVICE, operation, request)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("ObjectNotFoundException", "ValidationException"):
            raise
