"""The smallest window that PySide6 can show; `bundle.speed` measures the program against it."""

import sys

from PySide6.QtWidgets import QApplication, QLabel

application = QApplication(sys.argv)
label = QLabel("Hello, world")
label.resize(400, 300)
label.show()
sys.exit(application.exec())
