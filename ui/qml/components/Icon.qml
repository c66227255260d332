import QtQuick

// One of our line icons in a colour of the theme. Decoration: a word always stands beside it.
Image {
    id: icon

    property string name: ""
    property color tint: Theme.ink
    property color ground: Theme.surface
    property real side: 48 * Theme.u

    function hex(colour: color): string {
        return String(colour).slice(-6);
    }

    width: Math.max(1, Math.round(side))
    height: width
    source: name === "" ? "" : "image://icon/" + name + "/" + hex(tint) + "/" + hex(ground)
    sourceSize: Qt.size(width, height)
    smooth: true
    Accessible.ignored: true
}
