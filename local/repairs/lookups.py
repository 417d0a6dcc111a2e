"""What the emulator underneath looks up anew for every request, though it never changes while it runs."""

from functools import cache

from moto import backends
from moto.core import responses, utils
from moto.core.base_backend import AccountSpecificBackend

from local.repairs.method import replace_method


def remember_lookups() -> None:
    """Look each thing up once: half of the time of a request. Call once, after methods were replaced."""
    modules = tuple(backends.list_of_moto_modules())
    backends.list_of_moto_modules = lambda: modules
    responses.__dict__["method_names_from_class"] = cache(utils.method_names_from_class)
    original = AccountSpecificBackend._generate_regions

    @cache
    def regions(service: str) -> tuple[str, ...]:
        # It asks its session only, nothing of the account that it is made for.
        return tuple(original(AccountSpecificBackend, service))

    replace_method(AccountSpecificBackend, "_generate_regions", lambda _, service: list(regions(service)))
