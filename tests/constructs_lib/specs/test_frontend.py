"""The choice of frontend: short or long, and what cannot be is refused with its cure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue, TypeAdapter, ValidationError

from constructs_lib.specs.errors import HintedError
from constructs_lib.specs.frontend import (
    AmplifyFrontend,
    ExternalFrontend,
    Frontend,
    OutsideRecord,
    SpaFrontend,
)

FRONTEND: TypeAdapter[SpaFrontend | ExternalFrontend | AmplifyFrontend] = TypeAdapter(Frontend)
WWW = {"name": "www", "target": "cname.vercel-dns.com"}


def external(**fields: JsonValue) -> dict[str, JsonValue]:
    return {"kind": "external", "host": "vercel", "records": [WWW], **fields}


def test_its_name_alone_is_enough() -> None:
    assert FRONTEND.validate_python("spa") == SpaFrontend()
    assert FRONTEND.validate_python("amplify") == AmplifyFrontend(kind="amplify", rendering="static", branch="main")


def test_a_name_that_nobody_knows_names_those_there_are() -> None:
    with pytest.raises(ValidationError) as caught:
        FRONTEND.validate_python("netlify")

    error = caught.value.errors()[0]["ctx"]["error"]
    assert isinstance(error, HintedError)
    assert "spa, external, amplify" in error.hint


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"records": [{"name": "@", "target": "cname.vercel-dns.com"}]}, "cannot be a CNAME record"),
        ({"records": [{"name": "www"}]}, "either a target or addresses"),
        ({"records": [{**WWW, "addresses": ["76.76.21.21"]}]}, "either a target or addresses"),
        ({"records": [WWW, WWW]}, "records have 'www' twice"),
        ({"records": [{"name": "api", "target": "cname.vercel-dns.com"}]}, "record of its own for 'api'"),
        ({"records": [{"name": "www", "target": "evil.example.net"}]}, "not a name of vercel"),
        ({"records": [{"name": "www", "target": "cname.vercel-dns.com.evil.net"}]}, "not a name of vercel"),
        ({"records": [{"name": "@", "addresses": ["10.0.0.1"]}]}, "not an address of the internet"),
        ({"records": [{"name": "@", "addresses": ["::1"]}]}, "not an IPv4 address"),
        ({"records": [{"name": "*", "target": "cname.vercel-dns.com"}]}, "not a name below"),
        ({"host": "cloudflare-pages", "records": [{"name": "@", "addresses": ["76.76.21.21"]}]}, "no addresses"),
        ({"host": "cloudflare-pages"}, "not a name of cloudflare-pages"),
        ({"verifications": [{"name": "_dmarc", "values": ["x"]}]}, "cell's own mail"),
        ({"verifications": [{"name": "vercel", "values": ["x"]}]}, "not the name of a verification"),
        ({"origins": ["https://*.vercel.app"]}, "not an origin"),
        ({"origins": ["http://shop.example.com"]}, "not an origin"),
        ({"origins": ["https://shop.example.com/"]}, "not an origin"),
        ({"origin": ["https://shop.example.com"]}, "not permitted"),
        ({"certificate_authorities": []}, "at least 1"),
    ],
)
def test_what_an_outside_host_cannot_have_is_refused(fields: dict[str, JsonValue], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        FRONTEND.validate_python(external(**fields))


@pytest.mark.parametrize(
    ("host", "target"),
    [
        ("vercel", "cname.vercel-dns.com"),
        ("vercel", "cname.vercel-dns-0.com"),
        ("vercel", "d1d4fc829fe7bc7c.vercel-dns-017.com"),
        ("cloudflare-pages", "crm-site.pages.dev"),
    ],
)
def test_the_names_that_hosts_give_out_are_taken(host: str, target: str) -> None:
    spec = FRONTEND.validate_python(external(host=host, records=[{"name": "www", "target": target}]))

    assert isinstance(spec, ExternalFrontend)
    assert spec.records[0].target == target


def test_the_authorities_of_the_host_sign_unless_others_are_named() -> None:
    theirs = FRONTEND.validate_python(external())
    named = FRONTEND.validate_python(external(certificate_authorities=["pki.goog"]))

    assert isinstance(theirs, ExternalFrontend)
    assert isinstance(named, ExternalFrontend)
    assert theirs.authorities == ("letsencrypt.org",)
    assert named.authorities == ("pki.goog",)


@pytest.mark.parametrize("name", ["API_URL", "AWS_REGION", "AMPLIFY_X"])
def test_variables_of_the_cell_and_of_amplify_cannot_be_set(name: str) -> None:
    with pytest.raises(ValidationError, match="set by the cell or by Amplify"):
        FRONTEND.validate_python({"kind": "amplify", "variables": {name: "x"}})


@given(st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){3}", fullmatch=True))
def test_an_address_that_is_taken_is_one_of_the_internet(text: str) -> None:
    from ipaddress import IPv4Address

    try:
        record = OutsideRecord(name="@", addresses=(text,))
    except ValidationError:
        return
    assert IPv4Address(record.addresses[0]).is_global
