import QtQuick
import "../components"

// Nobody takes this for a participant's screen: who is signed in, PETUGAS, and DEMO where nothing is real.
Rectangle {
    id: header

    readonly property real side: (Theme.portrait ? 56 : 48) * Theme.u

    color: Theme.surface
    height: Math.round((Theme.portrait ? 124 : 112) * Theme.u)

    Rectangle {
        id: disc

        x: header.side
        anchors.verticalCenter: parent.verticalCenter
        width: Math.round(72 * Theme.u)
        height: width
        radius: width / 2
        color: Theme.infoSoft
        border.width: Theme.highContrast ? Theme.edgeWidth : 0
        border.color: Theme.line

        Icon {
            anchors.centerIn: parent
            name: "staff"
            tint: Theme.onInfoSoft
            side: 44 * Theme.u
        }
    }
    Column {
        anchors.left: disc.right
        anchors.leftMargin: 20 * Theme.u
        anchors.right: pills.left
        anchors.rightMargin: 20 * Theme.u
        anchors.verticalCenter: parent.verticalCenter

        KText {
            width: parent.width
            text: Staff.name !== "" ? Staff.name : Words.t["staff.door"]
            font.pixelSize: Math.round(36 * Theme.u)
            font.weight: Font.Bold
            fontSizeMode: Text.HorizontalFit
            minimumPixelSize: Math.round(24 * Theme.u)
            wrapMode: Text.NoWrap
            elide: Text.ElideRight
        }
        KText {
            width: parent.width
            text: Staff.role !== "" ? Staff.role : Kiosk.branch
            font.pixelSize: Math.round(24 * Theme.u)
            color: Theme.muted
        }
    }
    Row {
        id: pills

        anchors.right: parent.right
        anchors.rightMargin: header.side
        anchors.verticalCenter: parent.verticalCenter
        spacing: 16 * Theme.u

        Pill {
            icon: "lock"
            text: Words.t["staff.badge"]
            color: Theme.infoSoft
            ink: Theme.onInfoSoft
        }
        Pill {
            visible: Kiosk.demo
            text: Words.t["app.demo"]
        }
    }
    Rectangle {
        anchors.bottom: parent.bottom
        width: parent.width
        height: 2 * Theme.edgeWidth
        color: Theme.onInfoSoft
    }
}
