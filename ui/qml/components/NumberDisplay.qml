pragma ComponentBehavior: Bound

import QtQuick

// A long number in groups of four, each group in its own box, the present one marked by a bolder frame.
Row {
    id: display

    property string digits: ""
    property var groups: [4, 4, 4, 4]
    property string spoken: ""
    readonly property int units: groups.reduce((sum, size) => sum + size, 0)
    property real largest: 50 * Theme.u // width of a digit's place
    readonly property real wanted: units * largest + groups.length * inner + (groups.length - 1) * spacing
    readonly property real cell: Math.min(largest, (width - (groups.length - 1) * spacing - groups.length * inner) / units)
    readonly property real inner: 20 * Theme.u

    spacing: 14 * Theme.u
    height: Math.round(Math.max(104 * Theme.u, largest * 1.8))
    Accessible.role: Accessible.StaticText
    Accessible.name: spoken
    Accessible.ignored: spoken === ""

    Repeater {
        model: display.groups

        Rectangle {
            id: group

            required property int modelData
            required property int index
            readonly property int first: display.groups.slice(0, index).reduce((sum, size) => sum + size, 0)
            readonly property bool active: display.digits.length >= first && display.digits.length < first + modelData

            width: modelData * display.cell + display.inner
            height: display.height
            radius: 16 * Theme.u
            color: Theme.surface
            border.width: active ? 2 * Theme.edgeWidth : Theme.edgeWidth
            border.color: active ? Theme.go : Theme.edge

            Row {
                anchors.centerIn: parent

                Repeater {
                    model: group.modelData

                    Item {
                        id: place

                        required property int index
                        readonly property int at: group.first + index
                        readonly property bool filled: at < display.digits.length

                        width: display.cell
                        height: group.height

                        KText {
                            anchors.centerIn: parent
                            spoken: false
                            text: place.filled ? display.digits.charAt(place.at) : ""
                            strong: true
                            font.pixelSize: Math.round(display.cell * 1.18)
                        }
                        Rectangle {
                            visible: !place.filled
                            anchors.horizontalCenter: parent.horizontalCenter
                            y: parent.height * 0.72
                            width: parent.width * 0.56
                            height: Math.max(2, Math.round(4 * Theme.u))
                            radius: height / 2
                            color: place.at === display.digits.length ? Theme.go : Theme.edge
                        }
                    }
                }
            }
        }
    }
}
