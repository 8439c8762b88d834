"""What goes wrong, said to people: English sentences that the window can say in another language.

The text of an error stands where it is raised, with names in braces for what fills it: there the translators'
tool (`make translations`) finds it:

    raise CaptureError("The file {file} is empty. Copy it again.", file=path.name)
"""

import errno
from collections.abc import Mapping
from dataclasses import dataclass, field
from socket import gaierror
from ssl import SSLError
from urllib.error import HTTPError, URLError


@dataclass(frozen=True, slots=True)
class Sentence:
    """English words with places to fill in; a value may be a sentence itself."""

    template: str
    values: Mapping[str, object] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return self.template.format(**self.values) if self.values else self.template


def said(template: str, **values: object) -> Sentence:
    """Return a sentence; the translators' tool collects the first argument."""
    return Sentence(template, values)


class KnownError(Exception):
    """Something that happens to people: the sentence says what happened, why, and what to do."""

    def __init__(self, template: str | Sentence, **values: object) -> None:
        self.sentence = template if isinstance(template, Sentence) else Sentence(template, values)
        super().__init__(str(self.sentence))


class ModelError(KnownError):
    """A model file is missing, damaged or foreign, or was given unusable input; the text says what to do."""


_REASONS = {
    errno.EACCES: said("Permission denied"),
    errno.EPERM: said("Operation not permitted"),
    errno.ENOENT: said("No such file or directory"),
    errno.ENOTDIR: said("Not a directory"),
    errno.EISDIR: said("there is a folder of this name"),
    errno.EROFS: said("Read-only file system"),
    errno.ENOSPC: said("No space left on device"),
    errno.ENAMETOOLONG: said("File name too long"),
    errno.EIO: said("Input/output error"),
    errno.ECONNREFUSED: said("nobody answers there"),
    errno.ETIMEDOUT: said("nobody answers there"),
    errno.ETIME: said("it took too long"),
    errno.EHOSTUNREACH: said("there is no way there: is this computer in the network?"),
    errno.ENETUNREACH: said("there is no way there: is this computer in the network?"),
}


def os_reason(error: OSError) -> Sentence:
    """Return why the system or a server refused, in its words."""
    if isinstance(error, URLError) and not isinstance(error, HTTPError):
        return os_reason(error.reason) if isinstance(error.reason, OSError) else Sentence(str(error.reason))
    if isinstance(error, gaierror):
        return said("no computer of this name is known: is the network there, is the name right?")
    if isinstance(error, SSLError):  # its numbers are not the system's
        return Sentence(str(error.strerror or error))
    if isinstance(error, TimeoutError) and error.errno is None:
        return said("nobody answers there")
    known = _REASONS.get(error.errno or 0)
    return known if known is not None else Sentence(str(error.strerror or error))
