"""SNS topics."""

from ministack.services import sns

from local.handlers.handler import Place
from local.properties import Json, Properties
from local.refinements.refinement import Refinement

_ATTRIBUTES = ("KmsMasterKeyId", "SignatureVersion", "TracingConfig")


class Topic(Refinement):
    """The options of a topic that the emulator's CloudFormation drops."""

    types = ("AWS::SNS::Topic",)

    def refine(self, place: Place, physical_id: str, properties: Properties) -> dict[str, Json]:
        """Keep the attributes that the template gives."""
        attributes = sns._topics[physical_id]["attributes"]
        for name in _ATTRIBUTES:
            attributes.pop(name, None)
            if properties.text(name):
                attributes[name] = properties.text(name)
        return {}
