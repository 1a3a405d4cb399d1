"""What every section of the settings has in common."""

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Section(BaseModel):
    """Keys in camelCase, unknown ones refused, no conversions: a number in quotes is text and is refused as one.

    The docstring of an attribute is its description in the configuration reference.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        alias_generator=to_camel,
        use_attribute_docstrings=True,
        hide_input_in_errors=True,
    )
