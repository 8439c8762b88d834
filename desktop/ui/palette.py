"""Colours, in one place: one per emotion (Okabe-Ito, safe for colour-blind eyes) and one table per theme."""

from dataclasses import dataclass

from PySide6.QtGui import QColor

# Okabe and Ito 2008, "Color Universal Design", and a grey; told apart with every kind of colour vision.
ON_LIGHT = {
    "angry": "#D55E00",  # vermillion
    "disgust": "#F0E442",  # yellow
    "fear": "#CC79A7",  # reddish purple
    "happy": "#009E73",  # bluish green
    "neutral": "#5E6873",  # slate grey
    "sad": "#0072B2",  # blue
    "surprise": "#E69F00",  # orange
}
ON_DARK = ON_LIGHT | {
    "neutral": "#C9D0D6",
    "sad": "#3A9BDC",
}  # and on pictures: lines have a dark halo
UNSURE_COLOUR = "#D7DCE1"
RECORDING_COLOUR = "#D55E00"
PAUSED_COLOUR = "#E69F00"
STACK_ORDER = ("happy", "surprise", "neutral", "sad", "fear", "disgust", "angry")  # pleasant at the bottom
LABEL_BACKGROUND = QColor(15, 20, 26, 214)
LABEL_TEXT = QColor("#FFFFFF")
HALO = QColor(10, 14, 18, 130)  # around lines that cross a picture of any brightness


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of one theme, as the style sheet and the palette use them."""

    name: str
    window: str
    surface: str  # cards, menus, fields
    hover: str
    pressed: str
    border: str
    track: str  # empty part of a bar or slider
    text: str
    muted: str
    accent: str
    accent_hover: str
    on_accent: str
    danger: str
    warning: str
    success: str
    danger_surface: str  # banner backgrounds, with `text` on them
    warning_surface: str
    stage: str  # behind the picture


LIGHT = Theme(
    name="light",
    window="#F3F5F7",
    surface="#FFFFFF",
    hover="#EAEEF2",
    pressed="#DDE3E9",
    border="#D9DFE5",
    track="#E9EDF1",
    text="#1A2027",
    muted="#58636F",
    accent="#0B63A5",
    accent_hover="#09548C",
    on_accent="#FFFFFF",
    danger="#B3430A",
    warning="#8A5A00",
    success="#00734F",
    danger_surface="#FCEBE2",
    warning_surface="#FDF3DC",
    stage="#E4E9EE",
)
DARK = Theme(
    name="dark",
    window="#12161A",
    surface="#1B2127",
    hover="#262E36",
    pressed="#303A44",
    border="#2D363F",
    track="#2A323A",
    text="#E8ECF0",
    muted="#9DA8B4",
    accent="#5FB0EA",
    accent_hover="#7CC0F0",
    on_accent="#0A1620",
    danger="#F2935C",
    warning="#EDB84A",
    success="#46C79B",
    danger_surface="#3A241A",
    warning_surface="#352B16",
    stage="#0B0E11",
)


def emotion_colour(emotion: str, ground: QColor) -> QColor:
    """Return the colour of an emotion that stands out on `ground`."""
    return QColor((ON_LIGHT if ground.lightness() > 127 else ON_DARK)[emotion])


def blend(colour: QColor, background: QColor, share: float) -> QColor:
    """Return `colour` laid over `background` with an opacity of `share`, 0..1, as an opaque colour."""
    return QColor.fromRgbF(
        colour.redF() * share + background.redF() * (1 - share),
        colour.greenF() * share + background.greenF() * (1 - share),
        colour.blueF() * share + background.blueF() * (1 - share),
    )
