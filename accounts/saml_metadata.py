"""What an identity provider says of itself, so that AWS trusts what it signs.

See https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml.html.
"""

from typing import Annotated

from pydantic import AfterValidator, Field

_NAMES = {"md": "urn:oasis:names:tc:SAML:2.0:metadata", "ds": "http://www.w3.org/2000/09/xmldsig#"}


def _metadata(text: str) -> str:
    # At the start of a command nobody needs it.
    from xml.etree import ElementTree

    if "<!" in text.replace("<!--", ""):
        raise ValueError("declares a document type, which no metadata needs: give the file as the provider wrote it")
    try:
        # Nothing is resolved: entities come from a document type only.
        root = ElementTree.fromstring(text.strip())  # noqa: S314
    except ElementTree.ParseError as error:
        raise ValueError(f"is no XML: {error}") from None
    if root.find("md:IDPSSODescriptor", _NAMES) is None:
        raise ValueError("is no metadata of an identity provider: it has no EntityDescriptor with an IDPSSODescriptor")
    if root.find(".//ds:X509Certificate", _NAMES) is None:
        raise ValueError("has no certificate (X509Certificate), without which nothing that it signs can be checked")
    return text.strip()


SamlMetadata = Annotated[str, Field(min_length=1000, max_length=10_000_000), AfterValidator(_metadata)]
"""The metadata document of an identity provider, as XML. AWS takes from 1,000 to 10,000,000 characters."""
