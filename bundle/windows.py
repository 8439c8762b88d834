"""What Windows shows under Properties > Details of the executable."""

from desktop import __version__

_TEXT = """VSVersionInfo(
  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3f, flags=0x0, OS=0x40004, fileType=0x1,
                    subtype=0x0, date=(0, 0)),
  kids=[
    StringFileInfo([StringTable("040904B0", [
      StringStruct("CompanyName", "The Classmood developers"),
      StringStruct("FileDescription", "Classmood"),
      StringStruct("FileVersion", "{version}"),
      StringStruct("InternalName", "classmood"),
      StringStruct("LegalCopyright", "The Classmood developers. AGPL-3.0-or-later"),
      StringStruct("OriginalFilename", "{name}.exe"),
      StringStruct("ProductName", "Classmood"),
      StringStruct("ProductVersion", "{version}"),
    ])]),
    VarFileInfo([VarStruct("Translation", [1033, 1200])]),
  ],
)
"""


def version_resource(name: str, version: str = __version__) -> str:
    """Return PyInstaller's text of the version resource of NAME.exe."""
    parts = [int(part) for part in version.split(".")[:3]]
    numbers = tuple([*parts, 0, 0, 0, 0][:4])
    return _TEXT.format(numbers=numbers, version=version, name=name)
