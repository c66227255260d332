import QtQuick

// One row of a Paged list; its height comes from what is in it.
Rectangle {
    property var row: ({})
    property real room: 0
    property real inner: 28 * Theme.u

    radius: 28 * Theme.u
    color: Theme.surface
    border.width: Theme.edgeWidth
    border.color: Theme.line
    implicitHeight: room + 2 * inner
}
