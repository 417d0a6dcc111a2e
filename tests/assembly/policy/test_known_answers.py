"""Requests whose answer the AWS documentation gives, or that follow from one sentence of it.

Each file of `answers/` is about one subject; each row has the sentence, the policies, the request, the answer, and the
page (its own, or that of the file).
"""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from assembly.policy.chain import Chain, Level
from assembly.policy.document import parse
from assembly.policy.evaluate import evaluate
from assembly.policy.policies import Policies
from assembly.policy.principal import (
    Account,
    anonymous,
    assumed_root,
    federated,
    federated_user,
    role,
    root,
    service,
    service_linked_role,
    session,
    user,
)
from assembly.policy.request import Context, Request, Resource

ANSWERS = Path(__file__).parent / "answers"

ACCOUNTS = {
    "A": Account("111122223333", "o-example", "o-example/r-ab12/ou-ab12-11111111/"),
    "B": Account("444455556666", "o-example", "o-example/r-ab12/ou-ab12-22222222/"),
    "outside": Account("777788889999", ""),
    "management": Account("123456789012", "o-example", "o-example/r-ab12/", management=True),
    "A somewhere": Account("111122223333"),
}


def load():
    rows = []
    for path in sorted(ANSWERS.glob("*.yaml")):
        table = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        for row in table["rows"]:
            row.setdefault("page", table.get("page"))
            rows.append(pytest.param(row, table.get("policies", {}), id=f"{path.stem}: {row['is']}"))
    return rows


ROWS = load()


def policy(written, named, kind, default):
    """A document, statements of one, or the name of one in the table or of the managed policy that allows all."""
    if written == "everything":
        written, default = {"Effect": "Allow", "Action": "*", "Resource": "*"}, "everything"
        if kind in ("resource", "rcp", "endpoint"):
            written["Principal"] = "*"
    elif isinstance(written, str):
        written, default = named[written], written
    if isinstance(written, list) or "Statement" not in written:
        written = {"Version": "2012-10-17", "Statement": written}
    return parse(written, kind, default)


def several(written, named, kind):
    if written is None:
        return ()
    documents = written if isinstance(written, list) else [written]
    return tuple(policy(one, named, kind, f"{kind} {number}") for number, one in enumerate(documents, 1))


def chain(written, named, kind):
    """Levels by name; `of` says whose chain it is."""
    if written is None:
        return None
    levels = {name: value for name, value in written.items() if name != "of"}
    account = ACCOUNTS[written["of"]].id if "of" in written else ""
    return Chain(tuple(Level(name, several(value, named, kind)) for name, value in levels.items()), account)


def principal(written, tags):
    kind, _, rest = written.partition(" ")
    if kind == "anonymous":
        return anonymous()
    if kind == "service":
        return service(rest)
    if kind == "federated":
        return federated(rest)
    where, *names = rest.split("/")
    account = ACCOUNTS[where]
    made = {
        "user": lambda: user(account, names[0], tags=tags),
        "long-term-user": lambda: user(account, names[0], tags=tags, temporary=False),
        "role": lambda: role(account, names[0], tags=tags),
        "session": lambda: session(role(account, names[0], tags=tags), names[1]),
        "root": lambda: root(account),
        "assumed-root": lambda: assumed_root(account),
        "federated-user": lambda: federated_user(user(account, names[0]), names[1]),
        "federated-root": lambda: federated_user(root(account), names[0]),
        "service-linked-role": lambda: service_linked_role(account, names[0], names[1]),
    }
    return made[kind]()


def request(row):
    of = row.get("of")
    return Request(
        principal(row["who"], row.get("tags")),
        row["does"],
        Resource(
            row.get("on", "*"), ACCOUNTS[of] if of else None, row.get("resource-tags"), row.get("aws-managed", False)
        ),
        Context.of(row.get("context"), absent=row.get("absent", ()), complete=row.get("complete", False)),
        row.get("region"),
        None if row.get("via") is None else tuple(row["via"]),
    )


def policies(row, named):
    def one(key, kind):
        return policy(row[key], named, kind, kind) if key in row else None

    return Policies(
        identity=several(row.get("identity"), named, "identity"),
        boundary=one("boundary", "boundary"),
        session=several(row.get("session"), named, "session"),
        resource=one("trust", "trust") or one("resource", "resource"),
        scps=chain(row.get("scps"), named, "scp"),
        rcps=chain(row.get("rcps"), named, "rcp"),
        endpoint=one("endpoint", "endpoint"),
        unknown=frozenset(row.get("unknown", ())),
    )


@pytest.mark.parametrize(("row", "named"), ROWS)
def test_the_answer_is_the_documented_one(row, named):
    decision = evaluate(request(row), policies(row, named))

    assert decision.effect == row["answer"], decision.reason
    assert row.get("because", "") in decision.reason


def test_every_row_names_a_page_and_no_sentence_stands_twice():
    assert all(row.values[0]["page"].startswith("https://") for row in ROWS)
    assert len({row.id for row in ROWS}) == len(ROWS)


def test_rows_use_only_what_this_file_reads():
    known = {
        *("is", "page", "who", "tags", "does", "on", "of", "resource-tags", "aws-managed", "context", "absent"),
        *("complete", "region", "via", "identity", "boundary", "session", "resource", "trust", "scps", "rcps"),
        *("endpoint", "unknown", "answer", "because"),
    }

    assert not [row.id for row in ROWS if not row.values[0].keys() <= known]
