"""What AWS bills of a cell while nobody uses it, by resource type."""

from pydantic import JsonValue

LINES = {
    "AWS::Amplify::App": "Amplify's firewall",
    "AWS::EC2::NatGateway": "NAT gateways",
    "AWS::ECS::Service": "API tasks",
    "AWS::ElastiCache::ReplicationGroup": "cache",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "load balancer",
    "AWS::OpenSearchService::Domain": "search nodes",
    "AWS::RDS::DBCluster": "database",
    "AWS::RDS::DBInstance": "database",
    "AWS::Synthetics::Canary": "canary runs",
}
"""Types that are billed by the hour or the run, whether anybody uses them or not: the line of the idle cost."""

LEFT_OUT_TYPES = {
    "storage and copies of it": (
        "Backup::RestoreTestingPlan",
        "Backup::RestoreTestingSelection",
        "DynamoDB::GlobalTable",
        "Events::Archive",
        "S3::Bucket",
    ),
    "requests": (
        "AppConfig::ConfigurationProfile",
        "CloudFront::Distribution",
        "CloudFront::Function",
        "Cognito::UserPool",
        "Events::EventBus",
        "Events::Rule",
        "GuardDuty::MalwareProtectionPlan",
        "Lambda::EventSourceMapping",
        "Lambda::Function",
        "SES::EmailIdentity",
        "SNS::Subscription",
        "SNS::Topic",
        "SQS::Queue",
        "Scheduler::Schedule",
    ),
    "data transfer": ("ApiGateway::RestApi", "EC2::InternetGateway"),
    "logs": ("EC2::FlowLog", "Logs::Delivery", "Logs::LogGroup", "XRay::TransactionSearchConfig"),
    "keys": ("KMS::Key",),
    "secrets": ("SecretsManager::Secret",),
    "alarms": ("CloudWatch::Alarm", "CloudWatch::CompositeAlarm"),
    "metrics": ("CloudFront::MonitoringSubscription", "Logs::MetricFilter"),
    "dashboards": ("CloudWatch::Dashboard",),
    "the web ACL": ("WAFv2::WebACL",),
    "the hosted zone": ("Route53::HostedZone",),
}
"""Types that cost something which the sum says it does not have."""

FREE_TYPES = {
    "a part of a resource that is billed, or a setting of it": (
        "Amplify::Branch",
        "Amplify::Domain",
        "ApiGateway::Account",
        "ApiGateway::ApiKey",
        "ApiGateway::Authorizer",
        "ApiGateway::BasePathMapping",
        "ApiGateway::Deployment",
        "ApiGateway::DomainName",
        "ApiGateway::GatewayResponse",
        "ApiGateway::Method",
        "ApiGateway::Model",
        "ApiGateway::RequestValidator",
        "ApiGateway::Resource",
        "ApiGateway::UsagePlan",
        "ApiGateway::UsagePlanKey",
        "AppConfig::Application",
        "AppConfig::Deployment",
        "AppConfig::DeploymentStrategy",
        "AppConfig::Environment",
        "AppConfig::HostedConfigurationVersion",
        "CloudFront::CachePolicy",
        "CloudFront::OriginAccessControl",
        "CloudFront::ResponseHeadersPolicy",
        "CloudFront::VpcOrigin",
        "Cognito::UserPoolClient",
        "Cognito::UserPoolDomain",
        "ECS::Cluster",
        "ECS::TaskDefinition",
        "ElastiCache::ParameterGroup",
        "ElastiCache::SubnetGroup",
        "ElastiCache::User",
        "ElastiCache::UserGroup",
        "ElasticLoadBalancingV2::Listener",
        "ElasticLoadBalancingV2::ListenerRule",
        "ElasticLoadBalancingV2::TargetGroup",
        "Lambda::EventInvokeConfig",
        "Lambda::Permission",
        "Logs::DeliveryDestination",
        "Logs::DeliverySource",
        "Logs::ResourcePolicy",
        "RDS::DBClusterParameterGroup",
        "RDS::DBSubnetGroup",
        "Route53::RecordSet",
        "S3::BucketPolicy",
        "SES::ConfigurationSet",
        "SES::ConfigurationSetEventDestination",
        "SNS::TopicPolicy",
        "SQS::QueuePolicy",
        "SecretsManager::RotationSchedule",
        "WAFv2::LoggingConfiguration",
        "WAFv2::WebACLAssociation",
    ),
    "a network without gateways, and who may do what in it": (
        "EC2::NetworkAcl",
        "EC2::NetworkAclEntry",
        "EC2::Route",
        "EC2::RouteTable",
        "EC2::SecurityGroup",
        "EC2::SecurityGroupEgress",
        "EC2::SecurityGroupIngress",
        "EC2::Subnet",
        "EC2::SubnetNetworkAclAssociation",
        "EC2::SubnetRouteTableAssociation",
        "EC2::VPC",
        "EC2::VPCGatewayAttachment",
        "IAM::ManagedPolicy",
        "IAM::Policy",
        "IAM::Role",
    ),
    "AWS asks nothing for it: links of the second version, public certificates, standard parameters": (
        "ApiGatewayV2::VpcLink",
        "ApplicationAutoScaling::ScalableTarget",
        "ApplicationAutoScaling::ScalingPolicy",
        "CertificateManager::Certificate",
        "Chatbot::SlackChannelConfiguration",
        "SSM::Parameter",
    ),
}
"""Types that cost nothing while nobody uses them, by the reason."""

_SOMETIMES = ("AWS::EC2::VPCEndpoint", "AWS::EC2::EIP", "AWS::ApiGateway::Stage")


def line_of(type: str, properties: dict[str, JsonValue]) -> str | None:
    """The line of the idle cost that has a resource, where only some of its type are billed."""
    if type == "AWS::EC2::VPCEndpoint":
        return "interface endpoints" if properties.get("VpcEndpointType") == "Interface" else None
    if type == "AWS::EC2::EIP":
        return "NAT addresses"
    if type == "AWS::ApiGateway::Stage":
        return "API cache" if properties.get("CacheClusterEnabled") else None
    return LINES.get(type)


def is_known(type: str) -> bool:
    """Whether a type has a line, or a reason why it has none."""
    groups = (*LEFT_OUT_TYPES.values(), *FREE_TYPES.values())
    without_a_line = {f"AWS::{name}" for group in groups for name in group}
    return type in LINES or type in _SOMETIMES or type in without_a_line or type.startswith("Custom::")
