"""The users of a Valkey group."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_elasticache as elasticache
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from constructs_lib.exception import excuse
from constructs_lib.secret_access import grant_secret_read
from constructs_lib.specs.errors import InputError

ENGINE = "valkey"

APPLICATION_USER = "app"
"""The user that services sign in with."""

_MAX_USER_ID_LENGTH = 40
_PASSWORD_LENGTH = 64
# Everything but commands that stop, flush or reconfigure the group. BullMQ reads INFO and lists clients.
_APPLICATION_ACCESS = "on ~* &* +@all -@dangerous +info +client|list"
_NO_ACCESS = "off -@all"


class CacheUsers(Construct):
    """One user with a generated password; the user `default`, which every group has to have, is switched off.

    IAM authentication is not used: a connection lives 12 hours at most then, and the clients of BullMQ cannot renew
    its token. Services read user name and password from `secret` (`username`, `password`) at run time.

    `name` is the id of the group and starts the ids of users. Raises InputError when one exceeds 40 characters.

    Written with L1 constructs: the CDK has no other for ElastiCache.

    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html
    """

    def __init__(self, scope: Construct, id: str, *, key: kms.IKey, removal: RemovalPolicy, name: str) -> None:
        super().__init__(scope, id)
        self._key = key
        self._removal = removal
        self.secret = self._build_secret()
        self.group = self._build_group(name)

    def grant_read_credentials(self, grantee: iam.IGrantable) -> None:
        """Let the grantee read user name and password."""
        grant_secret_read(grantee, self.secret, self._key)

    def _build_secret(self) -> secretsmanager.Secret:
        secret = secretsmanager.Secret(
            self,
            "Secret",
            description="Valkey user of the services",
            # Imported: the real key would take each reader into its policy, a cycle between stacks (aws-cdk #14213).
            encryption_key=kms.Key.from_key_arn(self, "Key", self._key.key_arn),
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template=f'{{"username":"{APPLICATION_USER}"}}',
                generate_string_key="password",
                password_length=_PASSWORD_LENGTH,
                exclude_punctuation=True,
            ),
            removal_policy=self._removal,
        )
        excuse(
            secret,
            rule="AwsSolutions-SMG4",
            reason="a rotation has to change secret and ElastiCache user together, and queue clients cannot reconnect "
            "with a new password; the password is generated, never shown, and works inside the VPC only",
            owner="platform",
            expires="2027-11-30",
        )
        return secret

    def _build_group(self, name: str) -> elasticache.CfnUserGroup:
        users = [
            self._build_user("Application", user_id=name, user_name=APPLICATION_USER, access=_APPLICATION_ACCESS),
            self._build_user("Default", user_id=f"{name}-off", user_name="default", access=_NO_ACCESS),
        ]
        group = elasticache.CfnUserGroup(
            self, "Group", engine=ENGINE, user_group_id=name, user_ids=[user.ref for user in users]
        )
        group.apply_removal_policy(self._removal)
        return group

    def _build_user(self, id: str, *, user_id: str, user_name: str, access: str) -> elasticache.CfnUser:
        if len(user_id) > _MAX_USER_ID_LENGTH:
            raise InputError(
                f"the ElastiCache user id {user_id} has {len(user_id)} characters",
                hint=f"ElastiCache takes {_MAX_USER_ID_LENGTH}: shorten the name of the product",
            )
        # A dynamic reference: the template holds the secret's ARN, CloudFormation reads the password.
        password = self.secret.secret_value_from_json("password").unsafe_unwrap()
        user = elasticache.CfnUser(
            self,
            id,
            engine=ENGINE,
            user_id=user_id,
            user_name=user_name,
            access_string=access,
            no_password_required=False,
            passwords=[password],
        )
        user.apply_removal_policy(self._removal)
        return user
