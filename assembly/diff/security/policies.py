"""Where policy documents stand in resources, and whom they are about: one table for all types.

See https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assembly.diff.security.conditions import alternatives
from assembly.diff.security.principals import ANYONE, attached, principals
from assembly.diff.security.resource import NOTHING, Resource, Term, many
from assembly.diff.security.statements import EVERYTHING, Attachment, Permission, of_statement, permissions
from assembly.document import Json, JsonObject, as_object, as_text

Reader = Callable[[Resource], Iterator[Permission]]


@dataclass(frozen=True)
class IdentityPolicy:
    """A property that says what those may do whom it is attached to."""

    path: str
    attached: Mapping[str, str]
    """The properties that list them, each with what it lists. Empty: the resource itself."""
    otherwise: str = ""
    """Who it is when none is listed, with `{it}` for the policy."""

    def __call__(self, resource: Resource) -> Iterator[Permission]:
        """Everything that the policies of a resource allow and deny."""
        documents = resource.all(self.path)
        if documents:
            whos = self._whos(resource)
            for document in documents:
                yield from permissions(document, Attachment(resource, whos=whos))

    def _whos(self, resource: Resource) -> Sequence[Term]:
        own = resource.own
        if not self.attached and not self.otherwise:
            group = resource.type == "AWS::IAM::Group"
            return [Term(f"members of {own.key}", f"the members of {own.words}") if group else own]
        named = list(attached(resource, self.attached))
        if named or not self.otherwise:
            return named
        return [Term(f"{self.otherwise} {own.key}", self.otherwise.format(it=own.words))]


@dataclass(frozen=True)
class ResourcePolicy:
    """A property that says who may do what with a resource."""

    path: str
    target: str | None = ""
    """The property that names the resource; empty for the one that has the policy, None when statements name it."""
    absent: str = ""
    """The actions that may be called when there is no policy."""
    by: str = ""
    """Who may call them then, with `{it}` for the resource; empty for anyone."""
    trust: bool = False
    """Whether it says who may become the resource."""
    endpoint: bool = False
    """Whether it says what may pass through the resource."""

    def __call__(self, resource: Resource) -> Iterator[Permission]:
        """Everything that the policies of a resource allow and deny."""
        documents = resource.all(self.path)
        whos = None
        if not documents and self.absent:
            documents = [_open(self.absent)]
            whos = [Term(f"by {resource.own.key}", self.by.format(it=resource.label)) if self.by else ANYONE]
        for target in self._targets(resource) if documents else ():
            through = resource.own if self.endpoint else NOTHING
            place = Attachment(resource, "trust" if self.trust else "access", whos, target, through)
            for document in documents:
                yield from permissions(document, place)

    def _targets(self, resource: Resource) -> Sequence[Term]:
        if self.target is None or self.endpoint:
            return [EVERYTHING]
        if not self.target:
            return [resource.own]
        return [resource.term(value) for value in many(resource.first(self.target))]


def _open(actions: str) -> Json:
    return {"Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}


def invocation(resource: Resource) -> Iterator[Permission]:
    """What a permission of a Lambda function allows. It is a statement in properties of its own."""
    if resource.properties:
        function = resource.term(resource.first("FunctionName"))
        for who in _invokers(resource):
            for condition in alternatives(resource, _invoked_when(resource)):
                action = resource.said("Action") or "lambda:InvokeFunction"
                yield Permission("access", who, True, Term(action.lower(), action), function, condition)


def _invokers(resource: Resource) -> Sequence[Term]:
    principal = resource.first("Principal")
    service = isinstance(principal, str) and "." in principal and not principal.startswith("arn:")
    return principals(resource, {"Service": principal} if service else principal)


_INVOKED_WHEN: Mapping[str, tuple[str, str]] = {
    "SourceArn": ("ArnLike", "aws:SourceArn"),
    "SourceAccount": ("StringEquals", "aws:SourceAccount"),
    "PrincipalOrgID": ("StringEquals", "aws:PrincipalOrgID"),
    "EventSourceToken": ("StringEquals", "lambda:EventSourceToken"),
    "FunctionUrlAuthType": ("StringEquals", "lambda:FunctionUrlAuthType"),
    "InvokedViaFunctionUrl": ("Bool", "lambda:InvokedViaFunctionUrl"),
}


def _invoked_when(resource: Resource) -> Json:
    condition: JsonObject = {}
    for name, (operator, key) in _INVOKED_WHEN.items():
        value = resource.first(name)
        if value is not None:
            condition[operator] = {**as_object(condition.get(operator)), key: value}
    return condition


def bus_statement(resource: Resource) -> Iterator[Permission]:
    """What a policy of an event bus allows: a statement, or principal and action in properties of their own."""
    bus = resource.named(resource.first("EventBusName") or "default", "event bus")
    place = Attachment(resource, target=bus)
    statements = resource.all("Statement.*")  # settled like those of a document, into a list
    for statement in statements:
        yield from of_statement(as_object(statement), place)
    if not statements and resource.first("Principal") is not None:
        asked = as_object(resource.first("Condition"))
        tests: Json = {as_text(asked.get("Type")): {as_text(asked.get("Key")): asked.get("Value")}} if asked else None
        who: Json = resource.first("Principal")
        written: JsonObject = {
            "Effect": "Allow",
            "Principal": who,
            "Action": resource.first("Action"),
            "Condition": tests,
        }
        yield from of_statement(written, place)


_ATTACHED = {"Roles": "role", "Users": "user", "Groups": "group"}
_INLINE = IdentityPolicy("Policies.*.PolicyDocument", {})

POLICIES: Mapping[str, tuple[Reader, ...]] = {
    "AWS::IAM::Role": (_INLINE, ResourcePolicy("AssumeRolePolicyDocument", trust=True)),
    "AWS::IAM::User": (_INLINE,),
    "AWS::IAM::Group": (_INLINE,),
    "AWS::IAM::Policy": (IdentityPolicy("PolicyDocument", _ATTACHED),),
    "AWS::IAM::ManagedPolicy": (IdentityPolicy("PolicyDocument", _ATTACHED, "whoever has {it}"),),
    "AWS::IAM::RolePolicy": (IdentityPolicy("PolicyDocument", {"RoleName": "role"}),),
    "AWS::IAM::UserPolicy": (IdentityPolicy("PolicyDocument", {"UserName": "user"}),),
    "AWS::IAM::GroupPolicy": (IdentityPolicy("PolicyDocument", {"GroupName": "group"}),),
    "AWS::SSO::PermissionSet": (IdentityPolicy("InlinePolicy", {}, "whoever has {it}"),),
    "AWS::IoT::Policy": (IdentityPolicy("PolicyDocument", {}, "whoever has {it}"),),
    "AWS::Organizations::Policy": (IdentityPolicy("Content", {}, "every account under {it}"),),
    "AWS::Organizations::ResourcePolicy": (ResourcePolicy("Content", None),),
    "AWS::S3::BucketPolicy": (ResourcePolicy("PolicyDocument", "Bucket"),),
    "AWS::S3::AccessPoint": (ResourcePolicy("Policy"),),
    "AWS::S3Express::BucketPolicy": (ResourcePolicy("PolicyDocument", "Bucket"),),
    "AWS::S3Tables::TableBucketPolicy": (ResourcePolicy("ResourcePolicy", "TableBucketARN"),),
    "AWS::KMS::Key": (ResourcePolicy("KeyPolicy"),),
    "AWS::KMS::ReplicaKey": (ResourcePolicy("KeyPolicy"),),
    "AWS::SQS::QueuePolicy": (ResourcePolicy("PolicyDocument", "Queues"),),
    "AWS::SQS::QueueInlinePolicy": (ResourcePolicy("PolicyDocument", "Queue"),),
    "AWS::SNS::TopicPolicy": (ResourcePolicy("PolicyDocument", "Topics"),),
    "AWS::SNS::TopicInlinePolicy": (ResourcePolicy("PolicyDocument", "TopicArn"),),
    "AWS::SecretsManager::ResourcePolicy": (ResourcePolicy("ResourcePolicy", "SecretId"),),
    "AWS::Lambda::Permission": (invocation,),
    "AWS::ECR::Repository": (ResourcePolicy("RepositoryPolicyText"),),
    "AWS::ECR::PublicRepository": (ResourcePolicy("RepositoryPolicyText"),),
    "AWS::ECR::RegistryPolicy": (ResourcePolicy("PolicyText", None),),
    "AWS::Backup::BackupVault": (ResourcePolicy("AccessPolicy"),),
    "AWS::Backup::LogicallyAirGappedBackupVault": (ResourcePolicy("AccessPolicy"),),
    "AWS::Events::EventBus": (ResourcePolicy("Policy"),),
    "AWS::Events::EventBusPolicy": (bus_statement,),
    "AWS::Logs::ResourcePolicy": (ResourcePolicy("PolicyDocument", None),),
    "AWS::Logs::LogGroup": (ResourcePolicy("ResourcePolicyDocument"),),
    "AWS::Logs::Destination": (ResourcePolicy("DestinationPolicy"),),
    "AWS::Logs::DeliveryDestination": (ResourcePolicy("DeliveryDestinationPolicy.DeliveryDestinationPolicy"),),
    "AWS::EC2::VPCEndpoint": (ResourcePolicy("PolicyDocument", endpoint=True, absent="*"),),
    "AWS::DynamoDB::Table": (
        ResourcePolicy("ResourcePolicy.PolicyDocument"),
        ResourcePolicy("StreamSpecification.ResourcePolicy.PolicyDocument"),
    ),
    "AWS::DynamoDB::GlobalTable": (ResourcePolicy("Replicas.*.ResourcePolicy.PolicyDocument"),),
    "AWS::Kinesis::ResourcePolicy": (ResourcePolicy("ResourcePolicy", "ResourceArn"),),
    "AWS::EFS::FileSystem": (
        ResourcePolicy("FileSystemPolicy", absent="elasticfilesystem:Client*", by="anyone who can reach {it}"),
    ),
    "AWS::CodeArtifact::Domain": (ResourcePolicy("PermissionsPolicyDocument"),),
    "AWS::CodeArtifact::Repository": (ResourcePolicy("PermissionsPolicyDocument"),),
    "AWS::OpenSearchService::Domain": (ResourcePolicy("AccessPolicies"),),
    "AWS::Elasticsearch::Domain": (ResourcePolicy("AccessPolicies"),),
    "AWS::ApiGateway::RestApi": (
        ResourcePolicy("Policy", absent="execute-api:Invoke", by="anyone whom the methods of {it} let in"),
    ),
    "AWS::MSK::ClusterPolicy": (ResourcePolicy("Policy", "ClusterArn"),),
    "AWS::SSM::ResourcePolicy": (ResourcePolicy("Policy", "ResourceArn"),),
    "AWS::VpcLattice::AuthPolicy": (ResourcePolicy("Policy", "ResourceIdentifier"),),
    "AWS::XRay::ResourcePolicy": (ResourcePolicy("PolicyDocument", None),),
}
"""Resource type to what reads its policies."""


def stated(resource: Resource) -> Iterator[Permission]:
    """Everything that the policies of a resource allow and deny."""
    for read in POLICIES.get(resource.type, ()):
        yield from read(resource)
