import QtQuick

// A drawing of where the number stands. Left out when there is no room for it.
Image {
    property string drawing: ""
    property real room: 0
    property real wanted: 460 * Theme.u

    width: Math.min(wanted, room * 640 / 404)
    height: width * 404 / 640
    visible: room > 150 * Theme.u
    source: "../../../resources/icons/" + drawing + ".svg"
    sourceSize: Qt.size(Math.max(1, Math.round(width)), Math.max(1, Math.round(height)))
    fillMode: Image.PreserveAspectFit
    Accessible.ignored: true
}
