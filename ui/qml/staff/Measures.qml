pragma ComponentBehavior: Bound

import QtQuick
import "../components"

// Label left, number right, one line each.
Column {
    id: measures

    property var rows: []
    property real textSize: Theme.textSmall

    spacing: 8 * Theme.u

    Repeater {
        model: measures.rows

        Item {
            id: line

            required property var modelData

            width: measures.width
            height: Math.max(label.height, value.height)

            KText {
                id: label

                width: parent.width - value.width - 16 * Theme.u
                text: line.modelData.label
                color: Theme.muted
                font.pixelSize: measures.textSize
            }
            KText {
                id: value

                anchors.right: parent.right
                text: line.modelData.value
                strong: true
                font.pixelSize: measures.textSize
                wrapMode: Text.NoWrap
            }
        }
    }
}
