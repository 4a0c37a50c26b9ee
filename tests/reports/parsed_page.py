# SPDX-License-Identifier: Apache-2.0
"""What an HTML parser sees in the page: elements, attributes, text."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"input", "link", "meta"}


@dataclass
class Node:
    """An element with what is in it."""

    tag: str
    attributes: dict[str, str | None]
    children: list["Node | str"] = field(default_factory=list)

    def find(self, tag: str = "", **attributes: str) -> list["Node"]:
        """Elements below with this tag and these attributes; of `class_` one word suffices."""
        return [node for node in self.walk() if tag in ("", node.tag) and node.fits(attributes)]

    def one(self, tag: str = "", **attributes: str) -> "Node":
        """The only such element."""
        (found,) = self.find(tag, **attributes)
        return found

    def fits(self, wanted: dict[str, str]) -> bool:
        """True when it has these attributes."""
        for name, value in wanted.items():
            own = self.attributes.get(name.rstrip("_").replace("_", "-")) or ""
            if value not in (own.split() if name == "class_" else [own]):
                return False
        return True

    def walk(self) -> Iterator["Node"]:
        """All elements below, in the order of the page."""
        for child in self.children:
            if isinstance(child, Node):
                yield child
                yield from child.walk()

    @property
    def text(self) -> str:
        """All text below, as it stands there."""
        return "".join(child if isinstance(child, str) else child.text for child in self.children)


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"{tag} has an attribute twice"
        node = Node(tag, dict(attrs))
        self._open[-1].children.append(node)
        if tag not in VOID:
            self._open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].children.append(Node(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open[-1].tag == tag, f"{tag} is closed in {self._open[-1].tag}"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


def parse(text: str) -> Node:
    """The page as a tree; fails when elements are not closed in order, which no browser would tell."""
    parser = _Parser()
    parser.feed(text)
    parser.close()
    assert parser._open == [parser.root]
    return parser.root
