"""Horizontal bars of the class's current shares, one per emotion."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.ui.glyphs import paint_glyph
from desktop.ui.palette import STACK_ORDER, emotion_colour
from desktop.ui.words import emotion_name, percent
from models.emotions import EMOTIONS, FOUR_EMOTIONS, Classification

_CENTRE_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_CENTRE_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
Rows = list[tuple[str, float | None]]  # emotion and share, from pleasant to unpleasant


def share_rows(shares: Sequence[float] | None, four: bool) -> Rows:
    """Return the rows for shares in the order of EMOTIONS, in the view asked for; None without a face."""
    names = FOUR_EMOTIONS if four else EMOTIONS
    if shares is None:
        return [(name, None) for name in STACK_ORDER if name in names]
    view = Classification(tuple(shares))
    view = view.four() if four else view
    values = dict(zip(view.emotions, view.probabilities, strict=True))
    return [(name, values[name]) for name in STACK_ORDER if name in names]


class ShareBars(QWidget):
    """Glyph, name, bar and percentage per emotion."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._four = False
        self._shares: tuple[float, ...] | None = None  # in the order of EMOTIONS
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._describe()

    def set_four(self, four: bool) -> None:
        """Choose the four-emotion view."""
        self._four = four
        self._describe()
        self.updateGeometry()
        self.update()

    def show_shares(self, shares: Sequence[float] | None) -> None:
        """Show shares in the order of EMOTIONS, or none when no face is seen."""
        self._shares = None if shares is None else tuple(shares)
        self._describe()
        self.update()

    def rows(self) -> Rows:
        """Return what is shown."""
        return share_rows(self._shares, self._four)

    def sizeHint(self) -> QSize:
        """Return room for every row."""
        height = QFontMetricsF(self.font()).height() * 1.55
        return QSize(280, round(height * (4 if self._four else 7)))

    def minimumSizeHint(self) -> QSize:
        """Return the same height with narrower bars."""
        return QSize(200, self.sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        """Say the words again in another language, paint again in another theme."""
        if event.type() == QEvent.Type.LanguageChange:
            self._describe()
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.updateGeometry()
            self.update()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows."""
        del event
        metrics = QFontMetricsF(self.font())
        rows = self.rows()
        name_width = max(metrics.horizontalAdvance(emotion_name(name)) for name, _ in rows)
        height = self.height() / len(rows)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for place, (name, share) in enumerate(rows):
                self._paint_row(
                    painter, QRectF(0, place * height, self.width(), height), name, share, name_width
                )

    def _paint_row(
        self, painter: QPainter, row: QRectF, name: str, share: float | None, name_width: float
    ) -> None:
        metrics = QFontMetricsF(painter.font())
        palette = self.palette()
        ink = palette.color(QPalette.ColorRole.Text if share else QPalette.ColorRole.PlaceholderText)
        side = min(row.height() * 0.7, metrics.height())
        glyph = QRectF(row.left() + 1, row.center().y() - side / 2, side, side)
        paint_glyph(painter, name, glyph, ink)
        words = QRectF(glyph.right() + side * 0.5, row.top(), name_width, row.height())
        painter.setPen(ink)
        painter.drawText(words, _CENTRE_LEFT, emotion_name(name))
        number_width = metrics.horizontalAdvance(percent(1.0))
        number = QRectF(row.right() - number_width, row.top(), number_width, row.height())
        painter.drawText(number, _CENTRE_RIGHT, "\u2013" if share is None else percent(share))
        left, right = words.right() + side * 0.8, number.left() - side * 0.45
        paint_bar(painter, QRectF(left, row.top(), right - left, row.height()), name, share, palette)

    def _describe(self) -> None:
        """Tell screen readers what the bars show."""
        said = [f"{emotion_name(n)} {percent(share)}" for n, share in self.rows() if share is not None]
        self.setAccessibleName(self.tr("Current shares of emotions"))
        self.setAccessibleDescription(", ".join(said) or self.tr("No face is seen"))


def paint_bar(painter: QPainter, area: QRectF, name: str, share: float | None, palette: QPalette) -> None:
    """Paint one bar, vertically centred in `area`: its empty track, and the share in the emotion's colour."""
    thickness = max(6.0, area.height() * 0.34)
    top = area.center().y() - thickness / 2
    bar = QRectF(QPointF(area.left(), top), QPointF(area.right(), top + thickness))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(palette.color(QPalette.ColorRole.AlternateBase))
    painter.drawRoundedRect(bar, thickness / 2, thickness / 2)
    if share:
        bar.setWidth(max(thickness, bar.width() * share))
        painter.setBrush(emotion_colour(name, palette.color(QPalette.ColorRole.Base)))
        painter.drawRoundedRect(bar, thickness / 2, thickness / 2)
