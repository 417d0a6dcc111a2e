"""Rule ids without identity, so that one exception serves every cell of a shape.

cdk-nag puts the offending text into the id of a finding, and with it account ids, regions and stack names:
`AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ssm:eu-west-1:111122223333:parameter/cells/acme-crm/*]`. An
exception is written in the template, where nothing but declared values may tell two cells apart, so it names
`AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ssm:{region}:{account}:parameter/cells/{product}/*]`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import cast

from assembly.document import Json, as_object, as_text
from assembly.load import CloudAssembly, Stack

_STACK_OUTPUT = '{"Fn::GetStackOutput":'
_REFERENCE = "{reference}"
_ACCOUNT_ID = re.compile(r"(?<![A-Za-z0-9])\d{12}(?![A-Za-z0-9])")


def neutral(rule: str, stack: Stack, assembly: CloudAssembly, names: Mapping[str, str]) -> str:
    """Return the id of a finding with identity replaced by placeholders; only the part in brackets changes.

    - the stack's own account and region: `{account}`, `{region}`; the id of any other account: `{other}`;
    - an output of another stack: `<ProductCell-Data.FilesArn>`, with the stack's construct id;
    - each whole word that is a key of `names`: its value in braces, `{"acme-crm": "product"}` gives `{product}`.
    """
    head, bracket, detail = rule.partition("[")
    if not bracket:
        return rule
    detail = _name_outputs(detail, assembly)
    detail = detail.replace("<AWS::Region>", "{region}").replace("<AWS::AccountId>", "{account}")
    words = {**names, stack.environment.account: "account", stack.region: "region"}
    placeholders = {word: f"{{{name}}}" for word, name in words.items()}
    return f"{head}[" + _ACCOUNT_ID.sub("{other}", replacing_words(placeholders)(detail))


def replacing_words(words: Mapping[str, str]) -> Callable[[str], str]:
    """Return what puts other words in the place of words: whole words only, and the longest first."""
    longest_first = "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))
    if not longest_first:
        return lambda text: text
    pattern = re.compile(rf"(?<![A-Za-z0-9])(?:{longest_first})(?![A-Za-z0-9])")
    return lambda text: pattern.sub(lambda found: words[found[0]], text)


def excused_by(declared: str, found: str) -> bool:
    """Whether a declared rule id names a finding.

    The two are equal; or the declared one says `{reference}` where the finding has exactly one reference to a
    resource, such as `<FilesBucket6F0C2A1E.Arn>`: a reusable construct cannot know the logical ids around it.
    """
    if _REFERENCE not in declared:
        return declared == found
    pattern = r"<[^<>]+>".join(re.escape(part) for part in declared.split(_REFERENCE))
    return re.fullmatch(pattern, found) is not None


def _name_outputs(text: str, assembly: CloudAssembly) -> str:
    """Replace each `Fn::GetStackOutput`, which cdk-nag leaves as JSON, by a reference like those inside one stack."""
    start = text.find(_STACK_OUTPUT)
    if start < 0:
        return text
    decoded, length = json.JSONDecoder().raw_decode(text[start:])
    output = as_object(as_object(cast(Json, decoded)).get("Fn::GetStackOutput"))  # raw_decode is typed Any
    stack_name, region = as_text(output.get("StackName")), as_text(output.get("Region"))
    producer = next(
        (s.id for s in assembly.stacks if s.stack_name == stack_name and region in ("", s.region)), stack_name
    )
    reference = f"<{producer}.{as_text(output.get('OutputName'))}>"
    return text[:start] + reference + _name_outputs(text[start + length :], assembly)
