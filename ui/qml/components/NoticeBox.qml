import QtQuick

// A sentence with a remedy. Icon and frame say the kind; colour is never alone.
Rectangle {
    id: box

    property string text: ""
    property string kind: "look"
    property string icon: kind === "look" ? "look" : kind === "stop" ? "shield" : "info"
    property real textSize: Theme.textBody
    readonly property color ink: kind === "look" ? Theme.onLookSoft : kind === "stop" ? Theme.onStopSoft : Theme.onInfoSoft

    visible: text !== ""
    implicitHeight: visible ? Math.max(glyph.height, words.height) + 40 * Theme.u : 0
    height: implicitHeight
    radius: 20 * Theme.u
    color: kind === "look" ? Theme.lookSoft : kind === "stop" ? Theme.stopSoft : Theme.infoSoft
    border.width: Theme.highContrast ? Theme.edgeWidth : 0
    border.color: Theme.line

    Icon {
        id: glyph

        name: box.icon
        tint: box.ink
        side: 44 * Theme.u
        x: 28 * Theme.u
        anchors.verticalCenter: parent.verticalCenter
    }
    KText {
        id: words

        anchors.left: glyph.right
        anchors.leftMargin: 22 * Theme.u
        anchors.right: parent.right
        anchors.rightMargin: 28 * Theme.u
        anchors.verticalCenter: parent.verticalCenter
        text: box.text
        color: box.ink
        font.pixelSize: box.textSize
        strong: box.kind !== "info"
        Accessible.role: Accessible.AlertMessage
    }
}
