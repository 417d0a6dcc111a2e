"""RDS clusters: the emulator's CloudFormation ignores the master password that RDS manages itself."""

import json
import uuid
from collections.abc import Callable

from ministack.core.responses import get_account_id, get_region
from ministack.services import rds, secretsmanager
from ministack.services.cloudformation import provisioners

from local.properties import Json, Properties

_TYPE = "AWS::RDS::DBCluster"
Made = tuple[str, dict[str, Json]]


def manage_master_passwords() -> None:
    """Give a cluster with `ManageMasterUserPassword` its secret, and take it away with the cluster."""
    handler = provisioners._RESOURCE_HANDLERS[_TYPE]
    create: Callable[[str, dict[str, Json], str], Made] = handler["create"]
    update: Callable[[str, dict[str, Json], dict[str, Json], str, str | None], Made] = handler["update"]
    delete: Callable[[str, dict[str, Json]], None] = handler["delete"]

    def create_with_secret(logical_id: str, props: dict[str, Json], stack: str) -> Made:
        cluster_id, attributes = create(logical_id, props, stack)
        return cluster_id, {**attributes, **_secret(cluster_id, Properties(props))}

    def update_with_secret(
        cluster_id: str, old: dict[str, Json], new: dict[str, Json], stack: str, logical_id: str | None = None
    ) -> Made:
        made, attributes = update(cluster_id, old, new, stack, logical_id)
        return made, {**attributes, **_secret(made, Properties(new))}

    def delete_with_secret(cluster_id: str, props: dict[str, Json]) -> None:
        cluster = rds._clusters.get(cluster_id) or {}
        if cluster.get("DeletionProtection"):
            raise ValueError(f"Cannot delete protected Cluster {cluster_id}, please disable deletion protection")
        delete(cluster_id, props)
        secret = (cluster.get("MasterUserSecret") or {}).get("SecretArn")
        if secret:
            secretsmanager.delete_secret_in_process(secret)

    handler.update(create=create_with_secret, update=update_with_secret, delete=delete_with_secret)


def _secret(cluster_id: str, props: Properties) -> dict[str, Json]:
    """Make the managed secret of a cluster where it is wanted and missing; answer its attribute."""
    if not props.flag("ManageMasterUserPassword"):
        return {}
    cluster = rds._clusters[cluster_id]
    if not cluster.get("MasterUserSecret"):
        password = uuid.uuid4().hex
        arn = secretsmanager.create_secret_in_process(
            f"rds!cluster-{uuid.uuid4()}",
            json.dumps({"username": props.text("MasterUsername", "admin"), "password": password}),
            description=f"The secret associated with the primary RDS DB cluster {cluster['DBClusterArn']}",
        )
        default_key = f"arn:aws:kms:{get_region()}:{get_account_id()}:alias/aws/secretsmanager"
        cluster["MasterUserSecret"] = {
            "SecretArn": arn,
            "SecretStatus": "active",
            "KmsKeyId": props.child("MasterUserSecret").text("KmsKeyId", default_key),
        }
        cluster["_MasterUserPassword"] = password
    return {"MasterUserSecret.SecretArn": str(cluster["MasterUserSecret"]["SecretArn"])}
