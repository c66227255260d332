import QtQuick

// An icon in a soft circle with one sentence.
Item {
    id: tip

    property string icon: ""
    property string title: ""
    property string text: ""
    property real side: 72 * Theme.u
    property real textSize: Theme.textBody

    implicitHeight: Math.max(side, words.height)
    height: implicitHeight

    Rectangle {
        id: disc

        width: Math.round(tip.side)
        height: width
        radius: width / 2
        anchors.verticalCenter: parent.verticalCenter
        color: Theme.goSoft
        border.width: Theme.highContrast ? Theme.edgeWidth : 0
        border.color: Theme.line

        Icon {
            anchors.centerIn: parent
            name: tip.icon
            tint: Theme.onGoSoft
            side: tip.side * 0.56
        }
    }
    Column {
        id: words

        anchors.left: disc.right
        anchors.leftMargin: 24 * Theme.u
        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        spacing: 2 * Theme.u

        KText {
            width: parent.width
            visible: text !== ""
            text: tip.title
            strong: true
            font.pixelSize: tip.textSize
        }
        KText {
            width: parent.width
            visible: text !== ""
            text: tip.text
            color: tip.title === "" ? Theme.ink : Theme.muted
            font.pixelSize: tip.textSize
        }
    }
}
