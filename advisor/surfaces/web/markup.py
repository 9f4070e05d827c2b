"""Escaped HTML in small pieces; all text reaches the page through `text`, `attributes` or `interface`."""

from __future__ import annotations

import html

from advisor.surfaces.wording import word

# Characters that steer terminals and mean nothing in HTML; each is shown as one replacement character, so that places stay where they are.
_CONTROLS = {code: "\ufffd" for code in (*range(32), *range(127, 160)) if chr(code) not in "\t\n\r"}


def text(value: object) -> str:
    """The value as text of an element, every special character escaped."""
    return html.escape(str(value), quote=True).translate(_CONTROLS)


def attributes(**values: object) -> str:
    """Attributes with a space before each; None and False are left out, True stands alone, `_` becomes `-` and a last one is dropped."""
    parts = []
    for name, value in values.items():
        if value is None or value is False:
            continue
        name = name.rstrip("_").replace("_", "-")
        parts.append(f" {name}" if value is True else f' {name}="{text(value)}"')
    return "".join(parts)


def tag(name: str, content: str, /, **values: object) -> str:
    """An element around content that is HTML already."""
    return f"<{name}{attributes(**values)}>{content}</{name}>"


def void(name: str, /, **values: object) -> str:
    """An element that holds nothing, such as an input."""
    return f"<{name}{attributes(**values)}>"


def interface(name: str, element: str = "span", **others: object) -> str:
    """A string of the interface in English, which the page itself puts into the reader's language (see assets/chat.js)."""
    return tag(element, text(word(name, "en")), data_t=name, **others)
