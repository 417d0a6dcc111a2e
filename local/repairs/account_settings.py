"""What is set once in an account or region: the password policy and the encryption of new volumes.

See https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html and
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableEbsEncryptionByDefault.html.
"""

from collections.abc import Callable

from ministack.core.responses import get_account_id, get_region
from ministack.services import ec2, iam

Answer = tuple[int, dict[str, str], bytes]
Parameters = dict[str, list[str]]

_NUMBERS = ("MinimumPasswordLength", "MaxPasswordAge", "PasswordReusePrevention")
_FLAGS = (
    "RequireSymbols",
    "RequireNumbers",
    "RequireUppercaseCharacters",
    "RequireLowercaseCharacters",
    "AllowUsersToChangePassword",
    "HardExpiry",
)


class AccountSettings:
    """Keeps them by account and region."""

    def __init__(self) -> None:
        self._passwords: dict[str, dict[str, str]] = {}
        self._encrypting: set[tuple[str, str]] = set()

    def install(self) -> None:
        """Add the operations to IAM and EC2. Call once."""
        iam._IAM_HANDLERS["UpdateAccountPasswordPolicy"] = self._update_passwords
        iam._IAM_HANDLERS["GetAccountPasswordPolicy"] = self._get_passwords
        iam._IAM_HANDLERS["DeleteAccountPasswordPolicy"] = self._delete_passwords
        ec2._ACTION_MAP["EnableEbsEncryptionByDefault"] = self._switch("Enable", on=True)
        ec2._ACTION_MAP["DisableEbsEncryptionByDefault"] = self._switch("Disable", on=False)
        ec2._ACTION_MAP["GetEbsEncryptionByDefault"] = self._get_encryption

    def _update_passwords(self, parameters: Parameters) -> Answer:
        given = {name: parameters[name][0] for name in (*_NUMBERS, *_FLAGS) if name in parameters}
        # What a request leaves out goes back to its default.
        self._passwords[get_account_id()] = {"MinimumPasswordLength": "6", **dict.fromkeys(_FLAGS, "false"), **given}
        return _iam("UpdateAccountPasswordPolicy")

    def _get_passwords(self, _: Parameters) -> Answer:
        found = self._passwords.get(get_account_id())
        if found is None:
            return _no_policy()
        expires = str("MaxPasswordAge" in found).lower()
        fields = "".join(f"<{name}>{value}</{name}>" for name, value in {**found, "ExpirePasswords": expires}.items())
        return _iam("GetAccountPasswordPolicy", f"<PasswordPolicy>{fields}</PasswordPolicy>")

    def _delete_passwords(self, _: Parameters) -> Answer:
        return _iam("DeleteAccountPasswordPolicy") if self._passwords.pop(get_account_id(), None) else _no_policy()

    def _switch(self, verb: str, *, on: bool) -> Callable[[Parameters], Answer]:
        def run(_: Parameters) -> Answer:
            place = (get_account_id(), get_region())
            (self._encrypting.add if on else self._encrypting.discard)(place)
            return self._encryption(f"{verb}EbsEncryptionByDefault")

        return run

    def _get_encryption(self, _: Parameters) -> Answer:
        return self._encryption("GetEbsEncryptionByDefault")

    def _encryption(self, operation: str) -> Answer:
        on = str((get_account_id(), get_region()) in self._encrypting).lower()
        answer: Answer = ec2._xml(200, f"{operation}Response", f"<ebsEncryptionByDefault>{on}</ebsEncryptionByDefault>")
        return answer


def _iam(operation: str, result: str = "") -> Answer:
    body = f"<{operation}Result>{result}</{operation}Result>" if result else ""
    answer: Answer = iam._xml(200, f"{operation}Response", body, ns="iam")
    return answer


def _no_policy() -> Answer:
    refusal: Answer = iam._error(404, "NoSuchEntity", "The Password Policy cannot be found.", ns="iam")
    return refusal
