"""A deployed cell, read back with boto3: what the templates say is there."""

import json
import urllib.request

from tests.local import sample_cell
from tests.local.conftest import Local


def test_every_stack_is_complete(cell: Local) -> None:
    found = {}
    for account, region in [
        (sample_cell.CELL_ACCOUNT, sample_cell.HOME_REGION),
        (sample_cell.CELL_ACCOUNT, sample_cell.EDGE_REGION),
        (sample_cell.HUB_ACCOUNT, sample_cell.HOME_REGION),
    ]:
        client = cell.session(account, region).client("cloudformation", endpoint_url=cell.server.endpoint)
        found |= {stack["StackName"]: stack["StackStatus"] for stack in client.describe_stacks()["Stacks"]}

    assert set(found.values()) == {"CREATE_COMPLETE"}
    assert {"Hub", "Baseline", "Cell-Foundation", "Cell-Data", "Cell-Service", "Cell-Edge", "Cell"} <= set(found)


def test_private_subnets_leave_through_the_nat_gateway(cell: Local) -> None:
    ec2 = cell.session().client("ec2", endpoint_url=cell.server.endpoint)
    gateways = ec2.describe_nat_gateways()["NatGateways"]
    vpc = _vpc(cell)

    tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]

    zonal = [gateway for gateway in gateways if gateway.get("SubnetId")]
    routes = [route for table in tables for route in table["Routes"]]
    assert [gateway["VpcId"] for gateway in gateways] == [vpc, vpc]
    assert sum(route.get("NatGatewayId") == zonal[0]["NatGatewayId"] for route in routes) == 3


def test_the_default_security_group_is_empty(cell: Local) -> None:
    ec2 = cell.session().client("ec2", endpoint_url=cell.server.endpoint)

    groups = ec2.describe_security_groups(
        Filters=[{"Name": "vpc-id", "Values": [_vpc(cell)]}, {"Name": "group-name", "Values": ["default"]}]
    )["SecurityGroups"]

    assert [(group["IpPermissions"], group["IpPermissionsEgress"]) for group in groups] == [([], [])]


def test_the_consumer_opens_the_door_of_the_database(cell: Local) -> None:
    ec2 = cell.session().client("ec2", endpoint_url=cell.server.endpoint)
    cluster = cell.session().client("rds", endpoint_url=cell.server.endpoint).describe_db_clusters()["DBClusters"][0]
    group = cluster["VpcSecurityGroups"][0]["VpcSecurityGroupId"]

    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])["SecurityGroupRules"]

    opened = [rule for rule in rules if not rule["IsEgress"]]
    assert [(rule["FromPort"], rule["ToPort"]) for rule in opened] == [(5432, 5432)]
    assert opened[0]["ReferencedGroupInfo"]["GroupId"] != group


def test_the_network_acl_guards_the_data_subnets(cell: Local) -> None:
    ec2 = cell.session().client("ec2", endpoint_url=cell.server.endpoint)

    acls = ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [_vpc(cell)]}])["NetworkAcls"]

    own = [acl for acl in acls if not acl["IsDefault"]]
    assert len(own[0]["Associations"]) == 3
    assert {(entry["Egress"], entry["RuleNumber"]) for entry in own[0]["Entries"]} == {(True, 100), (False, 100)}


def test_flow_logs_go_to_the_bucket(cell: Local) -> None:
    ec2 = cell.session().client("ec2", endpoint_url=cell.server.endpoint)

    log = ec2.describe_flow_logs()["FlowLogs"][0]

    assert log["ResourceId"] == _vpc(cell)
    assert log["LogDestination"].endswith("/flow-logs")


def test_the_interface_endpoint_stands_behind_its_group(cell: Local) -> None:
    ec2 = cell.session().client("ec2", endpoint_url=cell.server.endpoint)

    endpoints = {item["ServiceName"]: item for item in ec2.describe_vpc_endpoints()["VpcEndpoints"]}

    images = endpoints["com.amazonaws.eu-west-1.ecr.api"]
    assert len(images["Groups"]) == 1
    assert images["PrivateDnsEnabled"]
    assert len(images["NetworkInterfaceIds"]) == len(images["SubnetIds"]) == 3
    assert len(endpoints["com.amazonaws.eu-west-1.s3"]["RouteTableIds"]) == 9


def test_buckets_keep_their_options(cell: Local) -> None:
    s3 = cell.session().client("s3", endpoint_url=cell.server.endpoint)
    files = next(name for name in _buckets(cell) if "files" in name)
    logs = next(name for name in _buckets(cell) if "foundation-logs" in name)

    encryption = s3.get_bucket_encryption(Bucket=files)["ServerSideEncryptionConfiguration"]["Rules"][0]
    lifecycle = s3.get_bucket_lifecycle_configuration(Bucket=logs)["Rules"]
    logging = s3.get_bucket_logging(Bucket=files)["LoggingEnabled"]

    assert encryption["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert encryption["BucketKeyEnabled"]
    assert [rule["Expiration"]["Days"] for rule in lifecycle] == [30]
    assert (logging["TargetBucket"], logging["TargetPrefix"]) == (logs, "files/")
    assert {"Key": "product", "Value": "crm"} in s3.get_bucket_tagging(Bucket=files)["TagSet"]


def test_the_database_has_a_managed_secret_and_one_writer(cell: Local) -> None:
    rds = cell.session().client("rds", endpoint_url=cell.server.endpoint)
    secrets = cell.session().client("secretsmanager", endpoint_url=cell.server.endpoint)

    cluster = rds.describe_db_clusters()["DBClusters"][0]
    secret = secrets.get_secret_value(SecretId=cluster["MasterUserSecret"]["SecretArn"])
    described = secrets.describe_secret(SecretId=cluster["MasterUserSecret"]["SecretArn"])

    assert json.loads(secret["SecretString"])["username"] == "root"
    assert described["RotationEnabled"]
    assert described["RotationRules"]["AutomaticallyAfterDays"] == 30
    assert sorted(member["IsClusterWriter"] for member in cluster["DBClusterMembers"]) == [False, True]
    assert cluster["KmsKeyId"].startswith("arn:aws:kms:eu-west-1:444455556666:key/")
    assert cluster["ServerlessV2ScalingConfiguration"]["MaxCapacity"] == 4


def test_the_cache_has_real_addresses_and_users(cell: Local) -> None:
    cache = cell.session().client("elasticache", endpoint_url=cell.server.endpoint)

    group = cache.describe_replication_groups()["ReplicationGroups"][0]
    users = {user["UserId"]: user["AccessString"] for user in cache.describe_users()["Users"]}

    endpoint = group["NodeGroups"][0]["PrimaryEndpoint"]
    assert endpoint["Address"].startswith(f"master.{group['ReplicationGroupId']}.")
    assert endpoint["Address"].endswith(".cache.amazonaws.com")
    assert users["crm-dev-app"] == "on ~* +@all"


def test_scaling_is_registered(cell: Local) -> None:
    client = cell.session().client("application-autoscaling", endpoint_url=cell.server.endpoint)

    readers = client.describe_scalable_targets(ServiceNamespace="rds")["ScalableTargets"][0]
    policies = client.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]

    assert (readers["MinCapacity"], readers["MaxCapacity"]) == (1, 3)
    assert policies[0]["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] == 70


def test_the_service_is_steady_and_the_migration_ended_well(cell: Local) -> None:
    ecs = cell.session().client("ecs", endpoint_url=cell.server.endpoint)
    cluster = ecs.list_clusters()["clusterArns"][0]

    service = ecs.describe_services(cluster=cluster, services=ecs.list_services(cluster=cluster)["serviceArns"])
    stopped = ecs.list_tasks(cluster=cluster, desiredStatus="STOPPED")["taskArns"]
    migration = ecs.describe_tasks(cluster=cluster, tasks=stopped)["tasks"][0]

    assert service["services"][0]["runningCount"] == service["services"][0]["desiredCount"] == 2
    assert service["services"][0]["deployments"][0]["rolloutState"] == "COMPLETED"
    assert migration["containers"][0]["exitCode"] == 0


def test_the_tasks_are_healthy_targets_of_the_load_balancer(cell: Local) -> None:
    elb = cell.session().client("elbv2", endpoint_url=cell.server.endpoint)
    group = elb.describe_target_groups()["TargetGroups"][0]["TargetGroupArn"]

    targets = elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]

    assert [item["TargetHealth"]["State"] for item in targets] == ["healthy", "healthy"]
    assert {item["Target"]["Port"] for item in targets} == {8443}


def test_the_migration_ran_its_statement_in_the_database(cell: Local) -> None:
    with urllib.request.urlopen(f"{cell.server.endpoint}/_local/rds-data/statements") as answer:
        statements = json.load(answer)["statements"]

    assert ("app", "create role app_user") in [(item["database"], item["sql"]) for item in statements]


def test_an_alarm_keeps_its_metric_math(cell: Local) -> None:
    client = cell.session().client("cloudwatch", endpoint_url=cell.server.endpoint)

    found = client.describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])

    expressions = [query.get("Expression") for query in found["MetricAlarms"][0]["Metrics"]]
    assert "100 * errors / requests" in expressions
    assert found["MetricAlarms"][0]["AlarmName"] in found["CompositeAlarms"][0]["AlarmRule"]


def test_the_zone_is_delegated_from_the_hub(cell: Local) -> None:
    own = cell.session().client("route53", endpoint_url=cell.server.endpoint)
    hub = cell.session(sample_cell.HUB_ACCOUNT).client("route53", endpoint_url=cell.server.endpoint)

    delegated = _records(hub, sample_cell.DOMAIN)[(f"{sample_cell.CELL_DOMAIN}.", "NS")]
    authoritative = _records(own, sample_cell.CELL_DOMAIN)[(f"{sample_cell.CELL_DOMAIN}.", "NS")]

    assert [name.rstrip(".") for name in delegated] == [name.rstrip(".") for name in authoritative]


def test_the_front_door_stands_in_us_east_1(cell: Local) -> None:
    edge = cell.session(region=sample_cell.EDGE_REGION)
    cloudfront = edge.client("cloudfront", endpoint_url=cell.server.endpoint)
    home = cell.session().client("elbv2", endpoint_url=cell.server.endpoint)

    distribution = cloudfront.list_distributions()["DistributionList"]["Items"][0]
    origin = cloudfront.list_vpc_origins()["VpcOriginList"]["Items"][0]
    metrics = cloudfront.get_monitoring_subscription(DistributionId=distribution["Id"])["MonitoringSubscription"]

    assert distribution["Aliases"]["Items"] == [sample_cell.CELL_DOMAIN]
    assert metrics["RealtimeMetricsSubscriptionConfig"]["RealtimeMetricsSubscriptionStatus"] == "Enabled"
    assert origin["Id"] in json.dumps(distribution["Origins"])
    assert origin["OriginEndpointArn"] == home.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]


def test_the_firewall_logs_without_the_authorization_header(cell: Local) -> None:
    waf = cell.session(region=sample_cell.EDGE_REGION).client("wafv2", endpoint_url=cell.server.endpoint)
    acl = waf.list_web_acls(Scope="CLOUDFRONT")["WebACLs"][0]["ARN"]

    configuration = waf.get_logging_configuration(ResourceArn=acl)["LoggingConfiguration"]

    assert ":log-group:aws-waf-logs-crm-dev" in configuration["LogDestinationConfigs"][0]
    assert configuration["RedactedFields"] == [{"SingleHeader": {"Name": "authorization"}}]


def test_access_logs_are_delivered(cell: Local) -> None:
    logs = cell.session(region=sample_cell.EDGE_REGION).client("logs", endpoint_url=cell.server.endpoint)

    delivery = logs.describe_deliveries()["deliveries"][0]

    assert delivery["deliverySourceName"] == "crm-dev-access"
    assert delivery["deliveryDestinationArn"].endswith(":delivery-destination:crm-dev-access")


def test_references_reach_other_regions(cell: Local) -> None:
    home = cell.session().client("ssm", endpoint_url=cell.server.endpoint)
    edge_session = cell.session(region=sample_cell.EDGE_REGION)
    edge = edge_session.client("ssm", endpoint_url=cell.server.endpoint)
    cloudfront = edge_session.client("cloudfront", endpoint_url=cell.server.endpoint)

    distribution = cloudfront.list_distributions()["DistributionList"]["Items"][0]["Id"]

    assert home.get_parameter(Name="/cell/distribution")["Parameter"]["Value"].startswith(f"{distribution}/")
    assert ":eu-west-1:" in edge.get_parameter(Name="/edge/balancer")["Parameter"]["Value"]


def test_the_topic_is_encrypted_and_the_key_rotates(cell: Local) -> None:
    sns = cell.session().client("sns", endpoint_url=cell.server.endpoint)
    kms = cell.session().client("kms", endpoint_url=cell.server.endpoint)

    topic = sns.list_topics()["Topics"][0]["TopicArn"]
    key = sns.get_topic_attributes(TopicArn=topic)["Attributes"]["KmsMasterKeyId"]

    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"]


def test_only_what_has_no_service_behind_it_is_recorded(cell: Local) -> None:
    with urllib.request.urlopen(f"{cell.server.endpoint}/_local/recorded") as answer:
        recorded = json.load(answer)

    assert set(recorded["types"]) == {"AWS::CloudFormation::GuardHook", "AWS::CodeArtifact::Domain"}
    assert {"type": "AWS::CloudFormation::GuardHook", "stack": "Baseline", "logical_id": "Hook"} in recorded[
        "resources"
    ]


def _vpc(cell: Local) -> str:
    ec2 = cell.session().client("ec2", endpoint_url=cell.server.endpoint)
    return next(str(vpc["VpcId"]) for vpc in ec2.describe_vpcs()["Vpcs"] if not vpc["IsDefault"])


def _buckets(cell: Local) -> list[str]:
    s3 = cell.session().client("s3", endpoint_url=cell.server.endpoint)
    return [str(bucket["Name"]) for bucket in s3.list_buckets()["Buckets"]]


def _records(client: object, zone_name: str) -> dict[tuple[str, str], list[str]]:
    zones = client.list_hosted_zones()["HostedZones"]
    zone = next(zone["Id"] for zone in zones if zone["Name"] == f"{zone_name}.")
    records = client.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    return {
        (record["Name"], record["Type"]): [item["Value"] for item in record.get("ResourceRecords", [])]
        for record in records
    }


def test_deploying_the_same_cell_again_finds_nothing_to_do(cell: Local) -> None:
    outcome = cell.deploy(cell.folder / "cell.out", "--force")

    assert outcome.code == 0, outcome.output[-2000:]
    assert outcome.output.count("(no changes)") == 7
