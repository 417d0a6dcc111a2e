"""AssumeRole needs a role: the emulator hands out keys for roles that do not exist."""

from ministack.services import iam, sts

Answer = tuple[int, dict[str, str], bytes]


def refuse_missing_roles() -> None:
    """Answer AccessDenied for a role that its account does not have, as AWS does. Call once."""
    original = sts._assumed_role_arn

    def assumed_role_arn(role_arn: str, session_name: str) -> tuple[str, Answer | None]:
        arn: str
        error: Answer | None
        arn, error = original(role_arn, session_name)
        if error is None and not _exists(role_arn):
            error = sts._error(
                403, "AccessDenied", f"User is not authorized to perform: sts:AssumeRole on resource: {role_arn}"
            )
        return arn, error

    sts._assumed_role_arn = assumed_role_arn


def _exists(role_arn: str) -> bool:
    account, name = role_arn.split(":")[4], role_arn.rsplit("/", 1)[-1]
    return bool(iam._roles.contains_scoped(account, "", name))
