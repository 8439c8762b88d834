"""The bill of materials in CycloneDX: `python -m bundle.sbom LICENCES.json OUT.json`."""

import re
import sys
from pathlib import Path
from typing import Final

from cyclonedx.model import ExternalReference, ExternalReferenceType, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import DisjunctiveLicense, LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from desktop.licences import Kind, Part, read

_TYPES: Final[dict[Kind, ComponentType]] = {
    "program": ComponentType.APPLICATION,
    "model": ComponentType.MACHINE_LEARNING_MODEL,
    "runtime": ComponentType.PLATFORM,
    "library": ComponentType.LIBRARY,
}
_EXPRESSION: Final = re.compile(r"[A-Za-z0-9.+-]+(?: (?:AND|OR|WITH) [A-Za-z0-9.+-]+)*")
_KNOWN: Final = re.compile(r"\b(?:AGPL|LGPL|GPL|Apache|BSD|MIT|PSF|ISC|0BSD|MPL|Unlicense)\b")


class SbomError(Exception):
    """The bill is not valid CycloneDX; the text says where."""


def bill(parts: tuple[Part, ...]) -> str:
    """Return the bill of materials as CycloneDX 1.6; the first part is the program. Raises SbomError."""
    program, *others = [_component(part) for part in parts]
    bom = Bom(components=others)
    bom.metadata.component = program
    bom.register_dependency(program, others)
    text: str = JsonV1Dot6(bom).output_as_string(indent=1)
    problem = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if problem is not None:
        raise SbomError(str(problem))
    return text


def _component(part: Part) -> Component:
    licence = (
        LicenseExpression(part.licence)
        if _EXPRESSION.fullmatch(part.licence) and _KNOWN.search(part.licence)
        else DisjunctiveLicense(name=part.licence)
    )
    home = [ExternalReference(type=ExternalReferenceType.WEBSITE, url=XsUri(part.address))]
    return Component(
        name=part.name,
        version=part.version or None,
        type=_TYPES[part.kind],
        bom_ref=f"{part.name}@{part.version}",
        licenses=[licence],
        purl=_address(part),
        external_references=home if part.address else [],
    )


def _address(part: Part) -> PackageURL | None:
    if part.kind != "library" or not part.version or "(" in part.name or part.name == "Qt":
        return None
    if any(text.title == "copyright" for text in part.texts):
        return PackageURL("deb", "debian", part.name, part.version)
    return PackageURL("pypi", None, part.name.lower().replace("_", "-"), part.version)


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(bill(read(Path(sys.argv[1]))), encoding="utf-8")
