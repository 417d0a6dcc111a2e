"""What AWS wants to know before an account may write to everybody."""

import pytest
from pydantic import ValidationError

from accounts.quota_requests import EmailProduction

USE_CASE = "Receipts to people who bought something, and nothing else."


@pytest.mark.parametrize(
    "website", ["https://crm.example.com/about", "http://a.b", "https://" + "a" * 900], ids=["path", "short", "long"]
)
def test_an_address_is_taken(website):
    assert EmailProduction(website=website, use_case=USE_CASE).website == website


@pytest.mark.parametrize(
    "website",
    ["crm.example.com", "ftp://a.b", "https://ab", "https://a b.c", "https://a.b\n", "http://" + "a" * 901],
    ids=["no scheme", "other scheme", "too short", "blank", "line end", "too long"],
)
def test_what_is_no_address_is_refused(website):
    with pytest.raises(ValidationError, match="must be an address such as https://crm.example.com"):
        EmailProduction(website=website, use_case=USE_CASE)


def test_the_schema_still_says_how_an_address_looks():
    assert EmailProduction.model_json_schema()["properties"]["website"]["pattern"] == r"^https?://[^\s]{3,900}$"
