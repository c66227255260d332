import QtQuick

// A card over a dimmed screen. The screen below cannot be touched while it is open.
Rectangle {
    id: panel

    objectName: "panel"

    property string icon: ""
    property string title: ""
    property string text: ""
    default property alias contents: slot.data

    anchors.fill: parent
    color: Theme.scrim

    MouseArea {
        anchors.fill: parent
    }
    Rectangle {
        id: card

        anchors.centerIn: parent
        anchors.verticalCenterOffset: Theme.portrait ? 80 * Theme.u : 0
        width: Math.min(parent.width - 96 * Theme.u, 960 * Theme.u)
        height: column.height + 112 * Theme.u
        radius: 36 * Theme.u
        color: Theme.surface
        border.width: Theme.highContrast ? Theme.edgeWidth : 0
        border.color: Theme.line

        Column {
            id: column

            x: 56 * Theme.u
            y: 56 * Theme.u
            width: parent.width - 2 * x
            spacing: (Theme.portrait ? 28 : 20) * Theme.u

            Row {
                width: parent.width
                spacing: 24 * Theme.u

                Icon {
                    id: glyph

                    name: panel.icon
                    tint: Theme.onGoSoft
                    side: 72 * Theme.u
                    anchors.verticalCenter: parent.verticalCenter
                }
                KText {
                    width: parent.width - glyph.width - parent.spacing
                    anchors.verticalCenter: parent.verticalCenter
                    text: panel.title
                    font.pixelSize: Theme.textTitle
                    font.weight: Font.Bold
                    lineHeight: 0.98
                    Accessible.role: Accessible.Heading
                }
            }
            KText {
                width: parent.width
                visible: text !== ""
                text: panel.text
                font.pixelSize: Theme.textLead
            }
            Column {
                id: slot

                width: parent.width
                spacing: (Theme.portrait ? 22 : 16) * Theme.u
            }
        }
    }
}
