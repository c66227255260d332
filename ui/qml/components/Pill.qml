import QtQuick

// A short word in a round frame: DEMO, PETUGAS, the state of a part.
Rectangle {
    id: pill

    property string text: ""
    property string icon: ""
    property color ink: Theme.onBadge
    property real textSize: Math.round(28 * Theme.u)

    width: inside.width + 40 * Theme.u
    height: inside.height + 20 * Theme.u
    radius: height / 2
    color: Theme.badge
    border.width: Theme.highContrast ? Theme.edgeWidth : 0
    border.color: Theme.line

    Row {
        id: inside

        anchors.centerIn: parent
        spacing: 10 * Theme.u

        Icon {
            visible: pill.icon !== ""
            anchors.verticalCenter: parent.verticalCenter
            name: pill.icon
            tint: pill.ink
            ground: pill.color
            side: pill.textSize
        }
        KText {
            anchors.verticalCenter: parent.verticalCenter
            text: pill.text
            color: pill.ink
            font.pixelSize: pill.textSize
            font.weight: Font.Bold
            font.letterSpacing: 1 * Theme.u
            wrapMode: Text.NoWrap
        }
    }
}
