pragma ComponentBehavior: Bound

import QtQuick

// A secret being typed: a dot for each digit, never the digit unless it is handed in as seen.
Row {
    id: boxes

    property int length: 6
    property int count: 0
    property string seen: ""
    property string spoken: ""
    readonly property real box: Math.min(104 * Theme.u, (width - (length - 1) * spacing) / length)

    spacing: 16 * Theme.u
    height: Math.round(116 * Theme.u)
    Accessible.role: Accessible.StaticText
    Accessible.name: spoken

    Repeater {
        model: boxes.length

        Rectangle {
            id: place

            required property int index
            readonly property bool filled: index < boxes.count

            width: boxes.box
            height: boxes.height
            radius: 18 * Theme.u
            color: Theme.surface
            border.width: index === boxes.count ? 2 * Theme.edgeWidth : Theme.edgeWidth
            border.color: index === boxes.count ? Theme.go : Theme.edge

            Rectangle {
                visible: place.filled && boxes.seen === ""
                anchors.centerIn: parent
                width: Math.round(30 * Theme.u)
                height: width
                radius: width / 2
                color: Theme.ink
            }
            KText {
                anchors.centerIn: parent
                spoken: false
                text: boxes.seen.charAt(place.index)
                strong: true
                font.pixelSize: Math.round(64 * Theme.u)
            }
        }
    }
}
