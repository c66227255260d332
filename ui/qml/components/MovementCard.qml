pragma ComponentBehavior: Bound

import QtQuick

// The movement asked for: a big arrow and its word, and a dot for each movement; between two the look straight ahead.
Rectangle {
    id: card

    height: Math.max(132 * Theme.u, word.height + 40 * Theme.u)
    radius: 28 * Theme.u
    color: Theme.infoSoft
    border.width: Theme.highContrast ? Theme.edgeWidth : 0
    border.color: Theme.line

    Icon {
        id: arrow

        x: 40 * Theme.u
        anchors.verticalCenter: parent.verticalCenter
        name: Kiosk.face.movement !== "" ? Kiosk.face.movement : "face"
        tint: Theme.onInfoSoft
        side: 88 * Theme.u
    }
    KText {
        id: word

        anchors.left: arrow.right
        anchors.leftMargin: 32 * Theme.u
        anchors.right: dots.left
        anchors.rightMargin: 20 * Theme.u
        anchors.verticalCenter: parent.verticalCenter
        text: Kiosk.face.movement !== "" ? Kiosk.face.movementWord : Words.t["face.movement_wait"]
        strong: true
        color: Theme.onInfoSoft
        font.pixelSize: Math.round(Theme.textLead * 1.2)
    }
    Row {
        id: dots

        anchors.right: parent.right
        anchors.rightMargin: 40 * Theme.u
        anchors.verticalCenter: parent.verticalCenter
        spacing: 16 * Theme.u

        Repeater {
            model: Kiosk.face.allMovements

            Rectangle {
                required property int index
                readonly property bool done: index < Kiosk.face.doneMovements

                width: Math.round(40 * Theme.u)
                height: width
                radius: width / 2
                color: done ? Theme.go : Theme.surface
                border.width: Theme.edgeWidth
                border.color: Theme.onInfoSoft

                Icon {
                    visible: parent.done
                    anchors.centerIn: parent
                    name: "check"
                    tint: Theme.onGo
                    side: 26 * Theme.u
                }
            }
        }
    }
}
