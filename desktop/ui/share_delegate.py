"""Paints the shares of a session as one small stacked bar in a table's cell."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop.store import SessionRecord
from desktop.ui.history_model import RECORD
from desktop.ui.palette import STACK_ORDER, emotion_colour
from models.emotion import EMOTIONS


class ShareDelegate(QStyledItemDelegate):
    """The longer a colour, the larger its share; pleasant on the left."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint the cell's ground as any other, and the bar on it."""
        style = option.widget.style() if isinstance(option.widget, QWidget) else QApplication.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, option.widget)
        record = index.data(RECORD)
        if not isinstance(record, SessionRecord) or record.summary.shares is None:
            return
        area = QRectF(option.rect).adjusted(6, 0, -10, 0)
        height = min(12.0, area.height() * 0.5)
        area = QRectF(area.left(), area.center().y() - height / 2, area.width(), height)
        ground = option.palette.color(QPalette.ColorRole.Base)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        left = area.left()
        for name in STACK_ORDER:
            width = area.width() * record.summary.shares[EMOTIONS.index(name)]
            painter.setBrush(emotion_colour(name, ground))
            painter.drawRect(QRectF(left, area.top(), width, area.height()))
            left += width
        painter.restore()
