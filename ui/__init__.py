"""The face of the kiosk: QML screens, one view-model per screen, dock, gallery, autopilot."""

from ui import environment as environment  # first of all: Qt reads it when it is imported
