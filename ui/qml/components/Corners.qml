pragma ComponentBehavior: Bound

import QtQuick

// Four corners round a place in the picture.
Item {
    id: corners

    property color tint: Theme.badge
    property real arm: 76 * Theme.u
    property real thick: Math.round(10 * Theme.u)

    Repeater {
        model: 4

        Item {
            id: corner

            required property int index
            readonly property bool rightSide: index % 2 === 1
            readonly property bool lower: index > 1

            width: corners.arm
            height: corners.arm
            x: rightSide ? corners.width - width : 0
            y: lower ? corners.height - height : 0

            Rectangle {
                width: corners.arm
                height: corners.thick
                radius: height / 2
                y: corner.lower ? corners.arm - height : 0
                color: corners.tint
            }
            Rectangle {
                width: corners.thick
                height: corners.arm
                radius: width / 2
                x: corner.rightSide ? corners.arm - width : 0
                color: corners.tint
            }
        }
    }
}
