"""The law that the fleet stands on: two cells of one shape differ in their identity values, and in nothing else."""

import json
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, Phase, assume, example, given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from cells.cell_declaration import Context
from cells.cli.workspace import Workspace
from cells.images.lock import ImageLock
from cells.modules.registry import MODULES
from cells.plan import CellPlan
from cells.product_file import ProductFile
from cells.resolution import Ground, resolve
from cells.sizes import Size
from cells.spec import EnvironmentSpec, ProductSpec
from constructs_lib.specs.frontend import AmplifyFrontend, ExternalFrontend, Frontend, OutsideRecord, SpaFrontend
from constructs_lib.specs.identity import Environment
from constructs_lib.specs.registry import CellEntry, Registry

# Long random names, so that no name is by chance a part of another word of the template.
NAMES = st.from_regex(r"[a-z][a-z0-9]{4}-[a-z0-9]{4}q[a-z0-9]{2}", fullmatch=True)
SIZES: st.SearchStrategy[Size] = st.sampled_from(["dev", "staging", "prod"])


def plan_of(
    workspace: Workspace,
    *,
    name: str,
    environment: Environment,
    size: Size,
    modules: tuple[str, ...],
    account: str,
    net: int,
    frontend: Frontend,
) -> CellPlan:
    spec = ProductSpec(
        name=name,
        summary="A product",
        owner="a-team",
        modules=modules,
        frontend=frontend,
        environments={environment: EnvironmentSpec(size=size, settings={} if size != "dev" else PROD_SAFE)},
    )
    entry = CellEntry(
        product=name,
        environment=environment,
        region="eu-west-1",
        account=account,
        cidr=f"10.{net}.16.0/20",
        domain=f"{name}.example.com",
        state="active",
    )
    digest = f"sha256:{net:064x}"
    lock = ImageLock(product=name).with_digest(environment, "api", digest).with_digest(environment, "worker", digest)
    return resolve(
        ProductFile(spec, None),
        environment,
        ground=Ground(workspace.landing, Registry(cells=(entry,))),
        images=lock,
        context=Context(),
    )


FRONTENDS: st.SearchStrategy[Frontend] = st.sampled_from(
    [
        SpaFrontend(),
        ExternalFrontend(
            kind="external",
            host="vercel",
            records=(
                OutsideRecord(name="@", addresses=("76.76.21.21",)),
                OutsideRecord(name="www", target="cname.vercel-dns.com"),
            ),
        ),
        AmplifyFrontend(kind="amplify", rendering="static"),
        AmplifyFrontend(kind="amplify", rendering="server"),
    ]
)


PROD_SAFE: dict[str, JsonValue] = {
    "protection.removal": "retain",
    "protection.deletion_protection": True,
    "protection.termination_protection": True,
    "protection.backups": "daily",
    "api.spot": False,
    "api.execute_command": False,
    "worker.spot": False,
    "worker.execute_command": False,
}


def exchanged(value: JsonValue, of: CellPlan, by: CellPlan) -> JsonValue:
    """The template of one cell with the identity values of the other."""
    if isinstance(value, dict):
        return {exchanged_text(key, of, by): exchanged(item, of, by) for key, item in value.items()}
    if isinstance(value, list):
        return [exchanged(item, of, by) for item in value]
    return exchanged_text(value, of, by) if isinstance(value, str) else value


def exchanged_text(text: str, of: CellPlan, by: CellPlan) -> str:
    if text == of.identity.environment:
        return by.identity.environment
    pairs = [
        (of.domain, by.domain),
        (of.identity.key, by.identity.key),
        (of.identity.prefix, by.identity.prefix),
        (of.identity.product, by.identity.product),
        (of.account, by.account),
        (of.network.cidr, by.network.cidr),
    ]
    for mine, theirs in zip(of.network.zones, by.network.zones, strict=True):
        pairs += [
            (mine.public_cidr, theirs.public_cidr),
            (mine.app_cidr, theirs.app_cidr),
            (mine.data_cidr, theirs.data_cidr),
        ]
    pairs += [(of.images[name], by.images[name]) for name in of.images]
    for old, new in pairs:
        text = text.replace(old, new)
    return text


# No shrinking: each try synthesizes two cells.
@settings(
    max_examples=3,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    names=st.tuples(NAMES, NAMES).filter(lambda names: names[0] != names[1]),
    environments=st.tuples(st.sampled_from(["dev", "prod"]), st.sampled_from(["staging", "prod", "sandbox"])),
    size=SIZES,
    modules=st.lists(
        st.sampled_from([f"{module.name}@{module.major}" for module in MODULES]),
        unique_by=lambda reference: reference.partition("@")[0],
    ),
    frontend=FRONTENDS,
)
@example(
    names=("shops-abcdqef", "tools-abcdqgh"),
    environments=("dev", "prod"),
    size="staging",
    modules=["assets@1", "catalog@1", "tasks@1"],
    frontend=AmplifyFrontend(kind="amplify", rendering="server"),
)
@example(
    names=("shops-abcdqef", "tools-abcdqgh"),
    environments=("dev", "prod"),
    size="staging",
    modules=["assets@1", "partner-api@1", "documents@2", "search@1", "email@1"],
    frontend=SpaFrontend(),
)
def test_two_cells_of_one_shape_differ_in_identity_only(
    workspace: Workspace,
    synthesize: Callable[[CellPlan], Path],
    names: tuple[str, str],
    environments: tuple[Environment, Environment],
    size: Size,
    modules: list[str],
    frontend: Frontend,
) -> None:
    # A template names the size too; where both words are one, an exchange of the environment would hit it.
    assume(size not in environments)
    first = plan_of(
        workspace,
        name=names[0],
        environment=environments[0],
        size=size,
        modules=tuple(modules),
        account="111122223333",
        net=7,
        frontend=frontend,
    )
    second = plan_of(
        workspace,
        name=names[1],
        environment=environments[1],
        size=size,
        modules=tuple(reversed(modules)),
        account="444455556666",
        net=9,
        frontend=frontend,
    )

    one, other = synthesize(first), synthesize(second)

    templates = sorted(path.name for path in one.glob("*.template.json"))
    assert len(templates) == 5
    assert templates == sorted(path.name for path in other.glob("*.template.json"))
    for name in templates:
        mine = exchanged(json.loads((one / name).read_text()), first, second)
        theirs = json.loads((other / name).read_text())
        assert json.dumps(mine, indent=1).splitlines() == json.dumps(theirs, indent=1).splitlines(), name
