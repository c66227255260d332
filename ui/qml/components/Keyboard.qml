pragma ComponentBehavior: Bound

import QtQuick

// Letters, digits and the three signs of a username, as on a typewriter; where ten keys of full size do not fit
// in a row, they flow on.
Item {
    id: board

    readonly property var keys: [
        "1", "2", "3", "4", "5", "6", "7", "8", "9", "0",
        "q", "w", "e", "r", "t", "y", "u", "i", "o", "p",
        "a", "s", "d", "f", "g", "h", "j", "k", "l", "",
        "z", "x", "c", "v", "b", "n", "m", ".", "_", "-"
    ]
    readonly property real gap: Math.ceil(Theme.target * 0.13)
    readonly property int columns: Math.max(1, Math.min(10, Math.floor((width + gap) / (Theme.target + gap))))
    readonly property int lines: Math.ceil(keys.length / columns)
    readonly property real keyWidth: (width - (columns - 1) * gap) / columns
    readonly property real keyHeight: Math.max(Theme.target, Math.min(136 * Theme.u, (height - (lines - 1) * gap) / lines))

    signal pressed(string letter)
    signal erased()

    Repeater {
        model: board.keys

        KButton {
            required property string modelData
            required property int index
            readonly property bool removes: modelData === ""

            objectName: removes ? "charDelete" : "char" + modelData
            x: (index % board.columns) * (board.keyWidth + board.gap)
            y: Math.floor(index / board.columns) * (board.keyHeight + board.gap)
            width: board.keyWidth
            height: board.keyHeight
            padding: 4 * Theme.u
            radius: 16 * Theme.u
            icon: removes ? "delete" : ""
            text: modelData
            spokenName: removes ? Words.t["common.delete"] : modelData
            textSize: Math.round(44 * Theme.u)
            onTapped: removes ? board.erased() : board.pressed(modelData)
        }
    }
}
