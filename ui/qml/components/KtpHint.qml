import QtQuick

// How to hold the card: icon, one sentence, and which picture of how many is being read.
Rectangle {
    id: box

    readonly property bool good: Camera.live && Kiosk.ktp.tone === "good"
    readonly property bool look: Camera.live && Kiosk.ktp.tone === "look"
    readonly property color ink: good ? Theme.onGoSoft : look ? Theme.onLookSoft : Theme.onInfoSoft
    readonly property real lines: Theme.largeText ? 2 : 1 // of the sentence; their place stays reserved

    readonly property real big: Theme.largeText && !Theme.portrait ? Theme.textBody : Theme.textLead

    height: Math.round(big * 1.35 * lines + Theme.textBody * 1.35 + 44 * Theme.u)
    radius: 28 * Theme.u
    color: good ? Theme.goSoft : look ? Theme.lookSoft : Theme.infoSoft
    border.width: Theme.highContrast ? Theme.edgeWidth : 0
    border.color: Theme.line

    Icon {
        id: glyph

        x: 36 * Theme.u
        anchors.verticalCenter: parent.verticalCenter
        name: Camera.live ? Kiosk.ktp.icon : "camera"
        tint: box.ink
        side: 76 * Theme.u
    }
    Column {
        anchors.left: glyph.right
        anchors.leftMargin: 28 * Theme.u
        anchors.right: parent.right
        anchors.rightMargin: 28 * Theme.u
        anchors.verticalCenter: parent.verticalCenter

        KText {
            width: parent.width
            text: Camera.live ? Kiosk.ktp.hint : Words.t["ktp.camera_off"]
            strong: true
            color: box.ink
            font.pixelSize: box.big
            lineHeight: 0.96
            Accessible.role: Accessible.AlertMessage
        }
        KText {
            width: parent.width
            visible: text !== ""
            text: Camera.live ? Kiosk.ktp.counted : ""
            color: box.ink
        }
    }
}
