"""Objects whose fields are named as their API names them: VpcId on the wire is vpc_id here."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_pascal

from lab.cloud.tags import as_tag_list


class Document(BaseModel):
    """Parameters that a model does not name are dropped: the next read shows the user that the lab lacks them."""

    model_config = ConfigDict(alias_generator=to_pascal, validate_by_name=True, validate_by_alias=True, extra="ignore")

    # Whether Describe… actions show the tags with the object; some products show them nowhere but in ListTagResources.
    shows_tags: ClassVar[bool] = True

    resource_tags: dict[str, str] = Field(default_factory=dict, alias="ResourceTags")

    @classmethod
    def of(cls, parameters: Mapping[str, Any], **fields: object) -> Self:
        """From a request's parameters; fields go before parameters of the same meaning."""
        given = {cls.model_fields[name].alias or name: value for name, value in fields.items()}
        return cls.model_validate({**parameters, **given})

    def changed(self, parameters: Mapping[str, str], *allowed: str) -> Self:
        """With those of the allowed parameters (wire names) that are given."""
        news = {name: parameters[name] for name in allowed if name in parameters}
        return type(self).model_validate({**self.model_dump(by_alias=True), **news})

    def shown(self, **more: object) -> dict[str, Any]:
        """As a Describe… action shows it: no empty fields, tags in the wire's form."""
        document = self.model_dump(by_alias=True, exclude_none=True, exclude={"resource_tags"})
        tags = {"Tags": as_tag_list(self.resource_tags)} if self.shows_tags else {}
        return {**document, **tags, **more}
