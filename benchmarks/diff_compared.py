"""What `cdk diff` of the pinned CLI says of each change in tests/assembly/diff/changes, and what our diff says.

Prints docs/diff-compared.md; with `--write` it writes it. Takes a second and a half for each change.
"""

import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from assembly.diff.compare import compare
from cells.cli.cdk import CdkCli
from tests.assembly.diff.change_files import ChangeFile, change_files, verdict

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "diff-compared.md"

_LINE = re.compile(r"\[([-+~])\] \S+ (?:\S+ )*?(\w+)(?: (replace|may be replaced|destroy|orphan))?")
_BY_SIGN = {"+": "create", "~": "in place", "-": "destroy"}
_WORDS = {
    "create": "creates",
    "destroy": "destroys",
    "in place": "in place",
    "may be replaced": "perhaps replaces",
    "orphan": "leaves behind",
    "replace": "replaces",
    "unknown": "unknown",
}
_TABLE = "the permissions table"
_WARNINGS = {"destroy", "may be replaced", "orphan", "replace", "unknown"}
_FORCED = {"destroy", "may be replaced", "orphan", "replace"}
_CLASSES = {"in-place": "in place", "maybe": "may be replaced", "remove": "destroy"}


@dataclass(frozen=True)
class Says:
    """What a tool says of one change."""

    resources: Mapping[str, str]
    """Logical id to what becomes of it, in the words of `cdk diff`."""
    permissions: bool = False
    """Whether it says that somebody may do more or less."""
    refusal: bool = False
    """Whether it says that CloudFormation refuses the update."""

    def __str__(self) -> str:
        """Return it as a cell of the table, which `parsed` reads."""
        by_word: dict[str, list[str]] = {}
        for id, said in sorted(self.resources.items()):
            by_word.setdefault(_WORDS[said], []).append(f"`{id}`")
        parts = [f"{word} {', '.join(ids)}" for word, ids in by_word.items()]
        return "; ".join([*parts, *([_TABLE] if self.permissions else [])]) or "nothing"


@dataclass(frozen=True)
class Fault:
    """One thing that a tool gets wrong."""

    kind: str
    text: str


KINDS = {
    "missed": "a replacement or removal is not told",
    "alarm": "a replacement or removal is told that does not happen",
    "unseen": "a change in place that follows from a replacement is not told",
    "noise": "a change is told that changes nothing",
    "refusal": "it is not told that CloudFormation refuses the update",
}


def parsed(cell: str) -> Says:
    """Read a cell of the table."""
    words = {word: said for said, word in _WORDS.items()}
    found: dict[str, str] = {}
    for part in cell.split("; "):
        word, _, ids = part.partition(" `")
        found |= dict.fromkeys(re.findall(r"`(\w+)`", f"`{ids}") if ids else (), words.get(word, ""))
    return Says(found, permissions=_TABLE in cell)


def cdk_says(file: ChangeFile, folder: Path, cli: CdkCli) -> Says:
    """Run `cdk diff` on the templates of a change, offline and without credentials."""
    before, after = file.assemblies(folder)
    home = str(folder / "home")
    printed = []
    for stack in after.stacks:
        template = before.stack(stack.id).template_path
        arguments = ["diff", stack.id, "--exclusively", "--app", str(after.directory)]
        outcome = cli.run(
            [*arguments, "--template", str(template), "--method=template"], variables={"CDK_HOME": home, "HOME": home}
        )
        if outcome.code:
            raise RuntimeError(f"{file.name}: {outcome.output}")
        printed += outcome.lines
    lines = [found for line in printed if (found := _LINE.fullmatch(line.strip()))]
    said = {found[2]: found[3] or _BY_SIGN[found[1]] for found in lines}
    return Says(said, permissions="IAM Statement Changes" in printed)


def we_say(file: ChangeFile, folder: Path) -> Says:
    """Compare the templates of a change."""
    diff = compare(*file.assemblies(folder))
    said = {}
    for change in diff.resources:
        word = verdict(change)
        said[change.logical_id] = _CLASSES.get(word, word)
        if word == "remove" and change.kept:
            said[change.logical_id] = "orphan"
    notes = [note for change in diff.resources for note in change.notes]
    security = [change for change in diff.security if change.subject in ("access", "trust")]
    return Says(said, permissions=bool(security), refusal=any("refuse" in note for note in notes))


def truth(file: ChangeFile) -> dict[str, str]:
    """What becomes of each resource. What has moved is created, and what it was goes."""
    kept = {file.moved.get(id, id) for id in file.kept}
    gone = [*file.moved.values(), *(id for id, word in file.expect.items() if word == "remove")]
    stays = {id: _CLASSES.get(word, word) for id, word in file.expect.items() if word != "remove"}
    return {
        **stays,
        **dict.fromkeys(file.moved, "create"),
        **{id: "orphan" if id in kept else "destroy" for id in gone},
    }


def faults(file: ChangeFile, says: Says) -> Iterator[Fault]:
    """What a tool gets wrong. That it is certain of what is open, or not of what is certain, is no fault."""
    right = truth(file)
    if "unknown" in right.values():
        return
    said = {**says.resources, **_as_moves(file, says.resources)}
    for id in sorted({*right, *said}):
        for fault in _of_resource(id, right.get(id, ""), said.get(id, "")):
            if not (fault.kind == "unseen" and file.refused):
                yield fault
    if says.permissions and not file.says:
        yield Fault("noise", "permissions that are the same")
    if file.refused and not says.refusal:
        yield Fault("refusal", "that it is refused")


def page(cdk: Mapping[str, Says], version: str) -> str:
    """Return the page. `cdk` is what the CLI says of each change, by the name of its file."""
    files = list(change_files())
    rows: list[str] = []
    counted = {"cdk": dict.fromkeys(KINDS, 0), "cells": dict.fromkeys(KINDS, 0)}
    wrong, harmful = dict.fromkeys(counted, 0), dict.fromkeys(counted, 0)
    for file in files:
        with tempfile.TemporaryDirectory(prefix="diff-compared-") as folder:
            ours = we_say(file, Path(folder))
        found = {"cdk": list(faults(file, cdk[file.name])), "cells": list(faults(file, ours))}
        for who, theirs in found.items():
            wrong[who] += bool(theirs)
            harmful[who] += any(fault.kind in ("missed", "alarm") for fault in theirs)
            for fault in theirs:
                counted[who][fault.kind] += 1
        cells = (
            f"[{file.title}](../tests/assembly/diff/changes/{file.name}.yaml)",
            str(cdk[file.name]),
            _ours(file, ours),
            f"[{file.does or Says(truth(file))}]({file.docs})",
            "; ".join(f"`{who} diff` {told}" for who, theirs in found.items() if (told := _told(theirs))),
        )
        rows.append(f"| {' | '.join(cells)} |")
    totals = [f"| {text} | {counted['cdk'][kind]} | {counted['cells'][kind]} |" for kind, text in KINDS.items()]
    totals += [
        f"| changes, of {len(files)}, with a wrong verdict on a replacement or removal "
        f"| {harmful['cdk']} | {harmful['cells']} |",
        f"| changes, of {len(files)}, with anything of the above | {wrong['cdk']} | {wrong['cells']} |",
    ]
    losing = sum(bool(file.loses) for file in files)
    return _TEXT.format(version=version, totals="\n".join(totals), rows="\n".join(rows), losing=losing)


def recorded(text: str) -> tuple[dict[str, Says], str]:
    """Read back from a page what the CLI says, and the version of the CLI."""
    rows = re.findall(r"^\| \[[^|]*changes/([\w-]+)\.yaml\) \| ([^|]*) \|", text, re.MULTILINE)
    version = re.search(r"CDK CLI (\S+),", text)
    return {name: parsed(cell) for name, cell in rows}, version[1] if version else ""


def main() -> None:
    """Ask both about each change, and print the page or write it."""
    cli = CdkCli(ROOT)
    with tempfile.TemporaryDirectory(prefix="diff-compared-") as name:
        said = {file.name: cdk_says(file, Path(name) / file.name, cli) for file in change_files()}
    text = page(said, cli.version())
    if "--write" in sys.argv[1:]:
        PAGE.write_text(text, encoding="utf-8")
    else:
        print(text, end="")


def _of_resource(id: str, right: str, said: str) -> Iterator[Fault]:
    if right in _FORCED and said not in _WARNINGS:
        yield Fault("missed", f"`{id}`")
    elif right == "in place" and said in _WARNINGS:
        yield Fault("alarm", f"`{id}`" + (" (perhaps)" if said == "may be replaced" else ""))
    elif right == "in place" and not said:
        yield Fault("unseen", f"`{id}`")
    elif said and not right:
        yield Fault("alarm" if said in _WARNINGS else "noise", f"`{id}`")


def _as_moves(file: ChangeFile, said: Mapping[str, str]) -> dict[str, str]:
    """Our word for what has moved is `replace`; to CloudFormation it is two resources."""
    moves = {new: old for new, old in file.moved.items() if said.get(new) == "replace"}
    return {**dict.fromkeys(moves, "create"), **dict.fromkeys(moves.values(), "destroy")}


def _told(found: Iterable[Fault]) -> str:
    verbs = {
        "missed": "misses",
        "alarm": "raises a false alarm for",
        "unseen": "does not follow to",
        "noise": "shows a change where there is none:",
        "refusal": "does not say",
    }
    by_kind: dict[str, list[str]] = {}
    for fault in found:
        by_kind.setdefault(fault.kind, []).append(fault.text)
    return ", ".join(f"{verbs[kind]} {', '.join(texts)}" for kind, texts in by_kind.items())


def _ours(file: ChangeFile, says: Says) -> str:
    cell = str(Says(says.resources))
    moved = [f"`{new}` was `{old}`" for new, old in sorted(file.moved.items())]
    lost = [f"loses {', '.join(f'`{id}`' for id in sorted(file.loses))}"] if file.loses else []
    return "; ".join([cell, *moved, *lost, *(["it is refused"] if says.refusal else [])])


_TEXT = """\
# `cells diff` compared with `cdk diff`

<!-- Generated: .venv/bin/python benchmarks/diff_compared.py --write -->

Both get the same two templates, and neither an account nor credentials: `cdk diff --template` of the \
CDK CLI {version}, and the diff behind `cells diff`. What CloudFormation does is from the documentation that each row \
links.

| in how many cases | `cdk diff` | `cells diff` |
|---|---|---|
{totals}

How to read the numbers:

- The changes were written to try our diff, and each one in which it was wrong has been mended since. So the right \
column says that nothing known is wrong, not that nothing is; and the left one is no rate of a week's work.
- Counted is only what `cdk diff` prints. Where AWS decides as it goes, a certain and an uncertain replacement count \
as equal; of a type that nobody knows nothing counts. No data is at stake where a resource follows in place.
- With credentials `cdk diff` asks CloudFormation for a change set and knows more; a pull request has none.
- `cdk diff` looks at one stack at a time, so that it cannot see what follows in another one. It says what is replaced \
or destroyed, not which of it holds data: in {losing} of the changes data would be lost.

| change | `cdk diff` | `cells diff` | CloudFormation | what is wrong |
|---|---|---|---|---|
{rows}
"""


if __name__ == "__main__":
    main()
