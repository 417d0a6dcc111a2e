"""What GitHub would take for markup in a Markdown text: everything outside of code."""

import re

_LINE_ENDS = re.compile(r"\r\n|\n|\r")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.*?[^`]|.*?)(?<!`)\1(?!`)", re.DOTALL)
_HTML_CODE = re.compile(r"<code>[^<]*</code>")


def outside_code(text: str) -> str:
    """The text without fenced blocks, code spans and the HTML element for code."""
    kept, fence = [], ""
    for line in _LINE_ENDS.split(text):
        found = _FENCE.fullmatch(line)
        if fence:
            if found and found[1].startswith(fence) and not found[2].strip():
                fence = ""
        elif found and "`" not in found[2]:
            fence = found[1]
        else:
            kept.append(_without_spans(line))
    assert not fence, "a block of code is not closed"
    return "\n".join(kept)


def cells_of_row(line: str) -> list[str]:
    """The cells of a row of a table, as GitHub divides it: before it looks for code."""
    return re.split(r"(?<!\\)\|", line)[1:-1]


def _without_spans(line: str) -> str:
    if line.startswith("|"):
        return "|".join(["", *(_SPAN.sub("", cell) for cell in cells_of_row(line)), ""])
    return _SPAN.sub("", _HTML_CODE.sub("", line))
