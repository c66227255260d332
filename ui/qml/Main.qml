pragma ComponentBehavior: Bound

import QtQuick
import "components"

// The frame: header, one screen at a time, bar, and at most one panel above all. When staff have the screen,
// nothing of the participant's is left in the window.
Rectangle {
    id: main

    readonly property bool covered: Kiosk.helpOpen || Kiosk.cancelOpen || Kiosk.idleOpen

    color: Theme.page

    Header {
        id: header

        width: parent.width
        visible: !Staff.open
        enabled: !main.covered
    }
    Loader {
        id: screen

        anchors.top: header.bottom
        anchors.bottom: footer.top
        width: parent.width
        active: !Staff.open
        enabled: !main.covered
        source: "screens/" + Kiosk.screen + "Screen.qml"
    }
    Footer {
        id: footer

        width: parent.width
        anchors.bottom: parent.bottom
        visible: !Staff.open
        enabled: !main.covered
    }
    Loader {
        anchors.fill: parent
        active: main.covered && !Staff.open
        source: Kiosk.idleOpen ? "components/IdlePanel.qml"
            : Kiosk.cancelOpen ? "components/CancelPanel.qml"
            : Kiosk.helpOpen ? "components/HelpPanel.qml" : ""
    }
    HoldMark {
        objectName: "staffMark"
        visible: !Staff.open
        width: Theme.target
        height: Theme.target
        x: Math.max(0, Math.round(header.markX - width / 2))
        y: Math.max(0, Math.round(header.markY - height / 2))
        onHeld: Staff.enter()
    }
    Loader {
        anchors.fill: parent
        active: Staff.open
        source: "staff/StaffSurface.qml"
    }
}
