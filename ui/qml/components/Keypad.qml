pragma ComponentBehavior: Bound

import QtQuick

// Big digits, like on a telephone. The order may be another one, so that a watcher learns nothing.
Item {
    id: pad

    property var order: ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"]
    property bool shuffles: false
    readonly property real gap: 16 * Theme.u
    readonly property real keyWidth: (Math.min(width, 780 * Theme.u) - 2 * gap) / 3
    readonly property real keyHeight: Math.max(Theme.target, Math.min(168 * Theme.u, (height - 3 * gap) / 4))
    readonly property real usedWidth: 3 * keyWidth + 2 * gap
    readonly property real usedHeight: 4 * keyHeight + 3 * gap

    signal pressed(string digit)
    signal erased()
    signal shuffled()

    Item {
        width: pad.usedWidth
        height: pad.usedHeight
        anchors.horizontalCenter: parent.horizontalCenter
        y: Math.max(0, (pad.height - height) / 2)

        Repeater {
            model: pad.order

            KButton {
                required property string modelData
                required property int index

                objectName: "key" + modelData
                x: (index === 9 ? 1 : index % 3) * (pad.keyWidth + pad.gap)
                y: Math.floor(index / 3) * (pad.keyHeight + pad.gap)
                width: pad.keyWidth
                height: pad.keyHeight
                text: modelData
                spokenName: Words.t["common.digit"].replace("{digit}", modelData)
                textSize: Theme.textKey
                padding: 8 * Theme.u
                onTapped: pad.pressed(modelData)
            }
        }
        KButton {
            objectName: "shuffleKeys"
            visible: pad.shuffles
            x: 0
            y: 3 * (pad.keyHeight + pad.gap)
            width: pad.keyWidth
            height: pad.keyHeight
            vertical: true
            icon: "shuffle"
            text: Words.t["common.shuffle"]
            onTapped: pad.shuffled()
        }
        KButton {
            objectName: "keyDelete"
            x: 2 * (pad.keyWidth + pad.gap)
            y: 3 * (pad.keyHeight + pad.gap)
            width: pad.keyWidth
            height: pad.keyHeight
            vertical: true
            icon: "delete"
            text: Words.t["common.delete"]
            onTapped: pad.erased()
        }
    }
}
