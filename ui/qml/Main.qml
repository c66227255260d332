pragma ComponentBehavior: Bound

import QtQuick
import "components"

// The frame: header, one screen at a time, bar, and at most one panel above all.
Rectangle {
    id: main

    readonly property bool covered: Kiosk.helpOpen || Kiosk.cancelOpen || Kiosk.idleOpen

    color: Theme.page

    Header {
        id: header

        width: parent.width
        enabled: !main.covered
    }
    Loader {
        id: screen

        anchors.top: header.bottom
        anchors.bottom: footer.top
        width: parent.width
        enabled: !main.covered
        source: "screens/" + Kiosk.screen + "Screen.qml"
    }
    Footer {
        id: footer

        width: parent.width
        anchors.bottom: parent.bottom
        enabled: !main.covered
    }
    Loader {
        anchors.fill: parent
        active: main.covered
        source: Kiosk.idleOpen ? "components/IdlePanel.qml"
            : Kiosk.cancelOpen ? "components/CancelPanel.qml"
            : Kiosk.helpOpen ? "components/HelpPanel.qml" : ""
    }
}
