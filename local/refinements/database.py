"""RDS clusters and their instances."""

import json
import uuid

from ministack.core.responses import get_account_id, get_region
from ministack.services import rds, secretsmanager

from local.handlers.handler import Place
from local.properties import Json, Properties
from local.refinements.refinement import Refinement


class DatabaseCluster(Refinement):
    """Gives a cluster the options that the emulator drops, and the master secret that RDS manages itself."""

    types = ("AWS::RDS::DBCluster",)

    def refine(self, place: Place, physical_id: str, properties: Properties) -> dict[str, Json]:
        """Complete the record; answer the secret's ARN where there is one."""
        cluster = rds._clusters[physical_id]
        family = f"default.{properties.text('Engine')}{properties.text('EngineVersion').split('.')[0]}"
        cluster.update(
            DBClusterParameterGroup=properties.text("DBClusterParameterGroupName", family),
            KmsKeyId=_key_arn(place, properties.text("KmsKeyId")),
            EnabledCloudwatchLogsExports=properties.texts("EnableCloudwatchLogsExports"),
            StorageEncrypted=properties.flag("StorageEncrypted"),
        )
        rds._tags[cluster["DBClusterArn"]] = [{"Key": key, "Value": value} for key, value in properties.tags().items()]
        if not properties.flag("ManageMasterUserPassword"):
            return {}
        if not cluster.get("MasterUserSecret"):
            _make_secret(cluster, properties)
        return {"MasterUserSecret.SecretArn": str(cluster["MasterUserSecret"]["SecretArn"])}

    def release(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Refuse while the cluster is protected; else take the managed secret away with it."""
        cluster = rds._clusters.get(physical_id) or {}
        if cluster.get("DeletionProtection"):
            raise ValueError(f"Cannot delete protected Cluster {physical_id}, please disable deletion protection")
        secret = (cluster.get("MasterUserSecret") or {}).get("SecretArn")
        if secret:
            secretsmanager.delete_secret_in_process(secret)


class DatabaseInstance(Refinement):
    """The first instance of a cluster writes, the others read."""

    types = ("AWS::RDS::DBInstance",)

    def refine(self, place: Place, physical_id: str, properties: Properties) -> dict[str, Json]:
        """Name the writer, and keep what the emulator drops."""
        instance = rds._instances[physical_id]
        instance.update(
            KmsKeyId=_key_arn(place, properties.text("KmsKeyId")),
            PerformanceInsightsKMSKeyId=properties.text("PerformanceInsightsKMSKeyId"),
        )
        cluster = rds._clusters.get(properties.text("DBClusterIdentifier"))
        for position, member in enumerate(cluster["DBClusterMembers"] if cluster else []):
            member["IsClusterWriter"] = position == 0
        return {}

    def release(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Take the instance out of its cluster."""
        instance = rds._instances.get(physical_id) or {}
        if instance.get("DeletionProtection"):
            raise ValueError(f"Cannot delete protected DB Instance {physical_id}, please disable deletion protection")


def _key_arn(place: Place, key: str) -> str:
    if not key or key.startswith("arn:"):
        return key
    return f"arn:aws:kms:{place.aws.region}:{place.aws.account}:key/{key}"


def _make_secret(cluster: dict[str, Json], properties: Properties) -> None:
    password = uuid.uuid4().hex
    arn: str = secretsmanager.create_secret_in_process(
        f"rds!cluster-{uuid.uuid4()}",
        json.dumps({"username": properties.text("MasterUsername", "admin"), "password": password}),
        description=f"The secret associated with the primary RDS DB cluster {cluster['DBClusterArn']}",
    )
    default_key = f"arn:aws:kms:{get_region()}:{get_account_id()}:alias/aws/secretsmanager"
    cluster["MasterUserSecret"] = {
        "SecretArn": arn,
        "SecretStatus": "active",
        "KmsKeyId": properties.child("MasterUserSecret").text("KmsKeyId", default_key),
    }
    cluster["_MasterUserPassword"] = password
