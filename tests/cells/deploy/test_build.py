"""A build of pages: what is kept for a year, what goes last, and what must not become public."""

from pathlib import Path

import pytest

from cells.deploy.build import ASKED_FOR, KEPT, read_build, refuse_unreachable
from constructs_lib.specs.errors import InputError


def build(folder: Path, *names: str) -> Path:
    for name in ("index.html", *names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("assets/index-B3f9aC2d.js", KEPT),
        ("assets/index.4f3a2b1c.css", KEPT),
        ("static/js/main.4f3a2b1c.js.map", KEPT),
        ("_next/static/chunks/123-9c8b7a6f5e4d.js", KEPT),
        ("assets/my-component.js", ASKED_FOR),
        ("icons/icon-192x192.png", ASKED_FOR),
        ("app-B3f9aC2d.js", ASKED_FOR),
        ("robots.txt", ASKED_FOR),
        ("index.html", ASKED_FOR),
    ],
)
def test_only_a_name_with_a_hash_of_its_content_is_kept_for_a_year(tmp_path: Path, name: str, kept: str) -> None:
    pages = {page.name: page.cache_control for page in read_build(build(tmp_path, name))}

    assert pages[name] == kept


def test_pages_are_uploaded_after_what_they_name_and_the_entry_last(tmp_path: Path) -> None:
    folder = build(tmp_path, "about.html", "robots.txt", "assets/index-B3f9aC2d.js")

    order = [page.name for page in read_build(folder)]

    assert order == ["assets/index-B3f9aC2d.js", "robots.txt", "about.html", "index.html"]


@pytest.mark.parametrize(
    ("name", "type"),
    [
        ("a.js", "text/javascript; charset=utf-8"),
        ("a.wasm", "application/wasm"),
        ("a.svg", "image/svg+xml"),
        ("a.unknown-thing", "application/octet-stream"),
    ],
)
def test_browsers_are_told_what_a_file_is(tmp_path: Path, name: str, type: str) -> None:
    types = {page.name: page.content_type for page in read_build(build(tmp_path, name))}

    assert types[name] == type


@pytest.mark.parametrize("name", [".env", ".git/config", "js/.DS_Store"])
def test_a_hidden_file_is_refused_because_everything_becomes_public(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="is hidden"):
        read_build(build(tmp_path, name))


def test_what_is_well_known_is_meant_to_be_public(tmp_path: Path) -> None:
    names = [page.name for page in read_build(build(tmp_path, ".well-known/security.txt"))]

    assert ".well-known/security.txt" in names


def test_a_link_is_refused_because_it_may_point_out_of_the_build(tmp_path: Path) -> None:
    (build(tmp_path) / "keys").symlink_to("/etc/hostname")

    with pytest.raises(InputError, match="is a link"):
        read_build(tmp_path)


def test_a_folder_without_an_entry_is_no_build(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"has no index\.html"):
        read_build(tmp_path)


def test_a_file_that_no_browser_would_get_is_refused(tmp_path: Path) -> None:
    pages = read_build(build(tmp_path, "api/client.js"))

    refuse_unreachable(pages, ["/ws/*"])
    with pytest.raises(InputError, match=r"/api/\* is not answered from the bucket"):
        refuse_unreachable(pages, ["/ws/*", "/api/*"])
