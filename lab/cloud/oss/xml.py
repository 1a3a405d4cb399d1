"""The little XML that object storage speaks."""

from typing import Any
from xml.etree import ElementTree

from lab.cloud.errors import ApiError


def document(name: str, content: Any) -> bytes:
    """content: text, numbers, or a dict of such by element; a list stands for several elements of that name."""
    text: bytes = ElementTree.tostring(_element(name, content), encoding="utf-8", xml_declaration=True)
    return text


def texts(body: bytes, name: str) -> list[str]:
    """Contents of all elements of that name, whatever their namespace, in order. Raises ApiError if it is no XML."""
    if b"<!" in body:
        raise ApiError("MalformedXML", "The XML you provided was not well-formed: it declares something.")
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError as error:
        raise ApiError("MalformedXML", f"The XML you provided was not well-formed: {error}.") from error
    return [one.text or "" for one in root.iter() if one.tag.rpartition("}")[2] == name]


def _element(name: str, content: Any) -> ElementTree.Element:
    element = ElementTree.Element(name)
    if not isinstance(content, dict):
        element.text = str(content)
        return element
    for inner, value in content.items():
        for one in value if isinstance(value, list) else [value]:
            element.append(_element(inner, one))
    return element
