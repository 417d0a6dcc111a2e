"""What the commands ask of git: commits, what differs between them, and a worktree of one."""

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path, PurePosixPath

from cells.cli.process import Finished, finish
from constructs_lib.specs.errors import CellsError, InputError

_OF_HOOKS = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY")
"""What a git hook sets: with these, git would work on the hook's repository and index."""

_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")

_NO_HOOKS = ("-c", "core.hooksPath=/dev/null")
"""A hook that runs after a checkout is for the person's own one."""

_LOCK_TRIES = 3


@dataclass(frozen=True)
class Commit:
    """A commit, and the words that named it."""

    ref: str
    id: str

    @property
    def short(self) -> str:
        """Its first twelve digits."""
        return self.id[:12]

    def __str__(self) -> str:
        """`main (0da4c61f3c20)`."""
        return self.short if self.id.startswith(self.ref) else f"{self.ref} ({self.short})"


class Git:
    """The git repository around a project. Reads only, but for worktrees and branches of its own."""

    def __init__(self, root: Path) -> None:
        """Raises InputError when git is missing or the project is not in a repository."""
        self.root = root
        if shutil.which("git") is None:
            raise InputError("git is not on PATH", hint="install git, or compare two assemblies")
        inside = self._run("rev-parse", "--is-inside-work-tree")
        if "dubious ownership" in inside.err:
            raise InputError(
                f"git does not trust {root}: it belongs to somebody else",
                hint=f"git config --global --add safe.directory {root}",
            )
        if inside.code or inside.out != "true":
            raise InputError(f"{root} is not in a git repository", hint="clone the project; a copy has no history")

    @cached_property
    def prefix(self) -> PurePosixPath:
        """Where the project lies in the repository; `.` for most."""
        return PurePosixPath(self._out("rev-parse", "--show-prefix").strip() or ".")

    def commit(self, ref: str) -> Commit:
        """The commit that a ref names. Raises InputError that names the closest ref."""
        found = self._run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
        if found.code or not _ID.fullmatch(found.out):  # `^main` gives one with a sign before it
            raise InputError(f"no commit '{ref}' in this repository", hint=self._hint(ref))
        return Commit(ref, found.out)

    def merge_base(self, one: Commit, other: Commit) -> Commit:
        """The commit at which two histories parted. Raises InputError when they have none in common."""
        found = self._run("merge-base", one.id, other.id)
        if found.code or not found.out:
            raise InputError(
                f"{one} and {other} have no commit in common",
                hint="fetch more history (git fetch --unshallow), or compare without --merge-base",
            )
        return Commit(f"merge base of {one.ref} and {other.ref}", found.out.split()[0])

    def uncommitted(self) -> tuple[str, ...]:
        """The files of the project that are not as they were committed; new ones count, ignored ones do not.

        A renamed file is one that is gone and one that is new.
        """
        arguments = ("--porcelain", "--untracked-files=all", "--no-renames", "-z", "--", ".")
        rows = self._out("status", *arguments).split("\0")
        above = "" if self.prefix == PurePosixPath(".") else f"{self.prefix}/"
        return tuple(row[3:].removeprefix(above) for row in rows if len(row) > 3)

    def files(self, commit: Commit, folder: str) -> tuple[str, ...]:
        """The files in a folder of the project at a commit, as paths in the project."""
        found = self._run("ls-tree", "-r", "-z", "--full-tree", "--name-only", f"{commit.id}:{self.prefix / folder}")
        return tuple(f"{folder}/{name}" for name in found.out.split("\0") if name) if not found.code else ()

    def read(self, commit: Commit, path: str) -> str | None:
        """A file of the project at a commit; None when it is not there."""
        found = self._run("show", f"{commit.id}:{self.prefix / path}")
        return None if found.code else found.out

    def first_with(self, path: str) -> str:
        """The oldest commit that has a file, in short; empty when none has."""
        found = self._run("log", "--reverse", "--diff-filter=A", "--format=%h", "--", path)
        return next(iter(found.out.split()), "")

    def same_tree(self, one: Commit, other: Commit) -> bool:
        """Whether the project's files are the same at two commits."""
        folder = "" if self.prefix == PurePosixPath(".") else self.prefix
        trees = [self._run("rev-parse", f"{commit.id}:{folder}") for commit in (one, other)]
        return not any(tree.code for tree in trees) and trees[0].out == trees[1].out

    def add_worktree(self, commit: Commit, folder: Path) -> Path:
        """Check a commit out into a new folder. Returns where the project is in it."""
        folder.parent.mkdir(parents=True, exist_ok=True)
        for _ in range(_LOCK_TRIES):  # two commands at once meet at git's own lock
            done = self._run(*_NO_HOOKS, "worktree", "add", "--quiet", "--force", "--detach", str(folder), commit.id)
            if not done.code:
                return folder / self.prefix
        raise CellsError(
            f"git cannot check out {commit}: {_last_line(done.err)}", hint="make room, or run git worktree prune"
        )

    def remove_worktree(self, folder: Path) -> None:
        """Take a worktree away again, as far as it is there."""
        self._run("worktree", "remove", "--force", "--force", str(folder))
        shutil.rmtree(folder, ignore_errors=True)
        self._run("worktree", "prune")

    def refuse_branch(self, name: str) -> None:
        """Raise InputError when a branch cannot be made: it is there, or its name is none."""
        if self._run("check-ref-format", "--branch", name).code:
            raise InputError(f"'{name}' is not a name for a branch", hint="choose one like organization/registry")
        if not self._run("rev-parse", "--verify", "--quiet", f"refs/heads/{name}").code:
            raise InputError(f"the branch '{name}' is there already", hint="name a new one, or delete that one")

    def commit_to_branch(self, name: str, path: str, message: str) -> Commit:
        """Make a branch off HEAD whose one commit has a file of the project as it is now.

        Neither the working tree, nor the index, nor the branch that is checked out changes. Raises CellsError when git
        refuses, as without a name and an address of the committer.
        """
        index = self._out("rev-parse", "--path-format=absolute", "--git-path", f"cells-index-{os.getpid()}").strip()
        head, place = self.commit("HEAD"), str(self.prefix / path)
        try:
            own = {"GIT_INDEX_FILE": index}
            blob = self._out("hash-object", "-w", "--path", place, "--", str(self.root / path)).strip()
            self._out("read-tree", head.id, variables=own)
            self._out("update-index", "--add", "--cacheinfo", f"100644,{blob},{place}", variables=own)
            tree = self._out("write-tree", variables=own).strip()
            made = self._out("commit-tree", tree, "-p", head.id, "-m", message).strip()
            self._out("update-ref", f"refs/heads/{name}", made, "")
        finally:
            Path(index).unlink(missing_ok=True)
        return Commit(name, made)

    def _hint(self, ref: str) -> str:
        if self._out("rev-parse", "--is-shallow-repository").strip() == "true":
            older = set(ref) & set("~^@")  # no name that a server has
            wanted = "--unshallow" if older else f"--depth=1 origin {ref.removeprefix('origin/')}"
            return f"this clone is shallow: git fetch {wanted}"
        names = self._out("for-each-ref", "--format=%(refname:short)").split()
        close = get_close_matches(ref, names, n=1)
        return f"did you mean '{close[0]}'?" if close else "`git branch --all` lists branches; git fetch gets new ones"

    def _out(self, *arguments: str, variables: Mapping[str, str] | None = None) -> str:
        done = self._run(*arguments, variables=variables)
        if done.code:
            raise CellsError(f"git {arguments[0]} failed: {_last_line(done.err)}", hint="git status says more")
        return done.out

    def _run(self, *arguments: str, variables: Mapping[str, str] | None = None) -> Finished:
        kept = {name: value for name, value in os.environ.items() if name not in _OF_HOOKS}
        own = {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
        command: Sequence[str] = ("git", "-C", str(self.root), *arguments)
        return finish(command, folder=self.root, variables={**kept, **own, **(variables or {})})


def _last_line(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "no reason given")
