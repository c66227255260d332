import QtQuick
import "../components"

// One of several reasons; the chosen one carries a filled disc with a tick.
KButtonBase {
    id: reason

    property string text: ""
    property bool chosen: false

    radius: 22 * Theme.u
    spokenName: text
    implicitHeight: Math.max(Theme.target, words.height + 20 * Theme.u, (Theme.portrait ? 112 : 88) * Theme.u)
    color: chosen ? Theme.goSoft : Theme.keyFace
    border.color: chosen && !Theme.highContrast ? Theme.go : Theme.edge
    border.width: chosen ? 2 * Theme.edgeWidth : Theme.edgeWidth
    Accessible.checkable: true
    Accessible.checked: chosen

    Rectangle {
        id: disc

        x: 28 * Theme.u
        anchors.verticalCenter: parent.verticalCenter
        width: Math.round(48 * Theme.u)
        height: width
        radius: width / 2
        color: reason.chosen ? Theme.go : Theme.surface
        border.width: Theme.edgeWidth
        border.color: reason.chosen ? Theme.go : Theme.edge

        Icon {
            visible: reason.chosen
            anchors.centerIn: parent
            name: "check"
            tint: Theme.onGo
            side: 32 * Theme.u
        }
    }
    KText {
        id: words

        anchors.left: disc.right
        anchors.leftMargin: 24 * Theme.u
        anchors.right: parent.right
        anchors.rightMargin: 24 * Theme.u
        anchors.verticalCenter: parent.verticalCenter
        spoken: false
        text: reason.text
        strong: reason.chosen
        color: reason.chosen ? Theme.onGoSoft : Theme.onKey
        font.pixelSize: Theme.largeText ? Theme.textSmall : Theme.textBody
    }
}
