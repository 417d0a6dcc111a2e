"""The server process of the embedded AWS: `python -m local.server --port 4566 --state-dir .cells/local`."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from local.loopback import forbid_outgoing_connections

if TYPE_CHECKING:
    from local.front import Front

HOST = "127.0.0.1"
HEALTH_PATH = "/_local/health"


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="local.server", description="The embedded AWS, on loopback only.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state-dir", type=Path, required=True)
    options = parser.parse_args(arguments)
    _prepare(options.port, options.state_dir)
    forbid_outgoing_connections()
    asyncio.run(_serve(options.port, options.state_dir))


def _prepare(port: int, state_dir: Path) -> None:
    """Set what the emulators read from the environment, before they are imported."""
    temporary = state_dir / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    os.environ.update(
        {
            "GATEWAY_PORT": str(port),
            "BIND_HOST": HOST,
            "MINISTACK_HOST": HOST,
            "MINISTACK_ACCOUNT_ID": "000000000000",
            "MINISTACK_REGION": "us-east-1",
            "SFTP_ENABLED": "0",
            "IOT_MTLS_ENABLED": "0",
            "LAMBDA_EXECUTOR": "local",
            "DOCKER_HOST": f"unix://{state_dir}/no-docker.sock",
            "LOG_LEVEL": "INFO",
            "PERSIST_STATE": "0",
            # A thousand machine images that nobody here starts.
            "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
            "TMPDIR": str(temporary),
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": str(state_dir / "aws-config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(state_dir / "aws-credentials"),
        }
    )


def build_front(endpoint: str, state_dir: Path) -> "Front":
    """Both emulators, our handlers and the control endpoints behind one application."""
    from hypercorn.middleware.wsgi import AsyncioWSGIMiddleware
    from ministack.app import app as emulator
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    from local.control import Control
    from local.engine import Engine
    from local.front import Front
    from local.intrinsics import mend_conditions, mend_references, notice_changed_outputs
    from local.organization import ensure_members
    from local.recorded import Records
    from local.registry import SERVICE, STACK_SETS, register_all
    from local.repairs.account_creation import AccountCreation
    from local.repairs.account_settings import AccountSettings
    from local.repairs.alarms import allow_metric_math
    from local.repairs.api_addresses import find_apis_in_every_account
    from local.repairs.api_headers import replace_headers_on_the_way
    from local.repairs.api_key_ids import tell_authorizers_whose_key_it_is
    from local.repairs.change_sets import take_changes_of_outputs
    from local.repairs.contacts import guard_contacts
    from local.repairs.cost_tags import CostTags
    from local.repairs.custom_resources import fail_broken_functions
    from local.repairs.designations import take_designations
    from local.repairs.detectors import tell_detectors
    from local.repairs.events import report_changes_only
    from local.repairs.identity_center import mend_identity_center, switch_identity_center
    from local.repairs.lookups import remember_lookups
    from local.repairs.message_moves import move_messages
    from local.repairs.network import mend_network
    from local.repairs.organization_ends import guard_ends
    from local.repairs.organizations import mend_organizations
    from local.repairs.quotas import QuotaDesk
    from local.repairs.recovery_points import record_recovery_points
    from local.repairs.root_access import give_root_access
    from local.repairs.scaling import find_services
    from local.repairs.search_domains import need_linked_role
    from local.repairs.secrets import refer_to_secrets_by_arn
    from local.repairs.sessions import refuse_missing_roles
    from local.repairs.signing import allow_signing_of_images
    from local.repairs.stack_policies import enforce_stack_policies
    from local.repairs.tasks import Tasks
    from local.services.control_tower import ControlTower
    from local.services.firewall_logs import FirewallLogs
    from local.services.images import Images
    from local.services.rds_data import RdsData
    from local.stack_sets.answers import Answers
    from local.waiting import track_operations

    records = Records()
    engine = Engine(endpoint)
    engine.install()
    mend_references()
    mend_conditions()
    notice_changed_outputs()
    take_changes_of_outputs()
    track_operations()
    enforce_stack_policies()
    report_changes_only()
    allow_metric_math()
    allow_signing_of_images()
    fail_broken_functions()
    refuse_missing_roles()
    mend_network()
    move_messages()
    refer_to_secrets_by_arn()
    need_linked_role()
    find_apis_in_every_account()
    tell_authorizers_whose_key_it_is()
    replace_headers_on_the_way()
    mend_organizations()
    give_root_access()
    guard_contacts()
    tell_detectors()
    record_recovery_points()
    take_designations()
    mend_identity_center()
    AccountSettings().install()
    CostTags().install()
    quotas, tower = QuotaDesk(), ControlTower()
    quotas.install()
    guard_ends()
    creation = AccountCreation()
    creation.install()
    register_all(engine, records)
    tasks, statements = Tasks(), RdsData()
    tasks.install()
    find_services()
    FirewallLogs().install()
    Images().install()
    Answers(STACK_SETS).install()
    remember_lookups()
    control = Control()
    control.add("GET", "health", lambda _: {"pid": os.getpid(), "state_dir": str(state_dir)})
    control.add("GET", "recorded", lambda _: records.summary())
    control.add("POST", "accounts", partial(ensure_members, creation, STACK_SETS.notice_accounts))
    control.add("POST", "organizations/quotas", creation.set_quotas)
    control.add("POST", "organizations/fail-next-account", creation.fail_next)
    control.add("POST", "organizations/control-tower", tower.declare)
    control.add("POST", "identity-center", switch_identity_center)
    control.add("POST", "quotas/decide", quotas.decide)
    control.add("POST", "ecs/fail-next-task", tasks.fail_next)
    control.add("POST", "ecs/fail-next-deployment", SERVICE.fail_next)
    control.add("GET", "rds-data/statements", lambda _: statements.statements())
    control.add("POST", "rds-data/fail-next", statements.fail_next)
    moto = AsyncioWSGIMiddleware(DomainDispatcherApplication(create_backend_app), max_body_size=2**24)
    return Front(emulator, moto, control, statements, STACK_SETS.notice_accounts, tower)


async def _serve(port: int, state_dir: Path) -> None:
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    front = build_front(f"http://{HOST}:{port}", state_dir)
    config = Config()
    config.bind = [f"{HOST}:{port}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 1
    config.errorlog = "-"
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)

    async def stopped() -> None:
        await stop.wait()

    await serve(front, config, shutdown_trigger=stopped)
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
