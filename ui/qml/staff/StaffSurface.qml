pragma ComponentBehavior: Bound

import QtQuick
import "../components"

// What staff see: header, one screen at a time, bar, and at most one panel above all.
Rectangle {
    id: surface

    readonly property bool covered: Staff.idleOpen || Staff.compare.confirming

    objectName: "staffSurface"
    color: Theme.page

    MouseArea {
        anchors.fill: parent
    }
    StaffHeader {
        id: header

        width: parent.width
    }
    Loader {
        anchors.top: header.bottom
        anchors.bottom: footer.top
        width: parent.width
        enabled: !surface.covered
        source: Staff.screen === "" ? "" : Staff.screen + "Screen.qml"
    }
    Bar {
        id: footer

        width: parent.width
        anchors.bottom: parent.bottom
        places: 4
        enabled: !surface.covered

        BarButton {
            objectName: "signOut"
            width: footer.share
            height: footer.tall
            icon: "leave"
            text: Words.t["staff.sign_out"]
            onTapped: Staff.signOut()
        }
        LookButtons {
            share: footer.share
            tall: footer.tall
        }
    }
    Loader {
        anchors.fill: parent
        active: surface.covered
        source: Staff.idleOpen ? "StaffIdlePanel.qml" : Staff.compare.confirming ? "RejectPanel.qml" : ""
    }
}
