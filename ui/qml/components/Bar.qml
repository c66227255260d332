import QtQuick

// The row at the bottom of every screen, for the participant and for staff.
Rectangle {
    id: bar

    property int places: 5
    default property alias buttons: sides.data
    readonly property real share: (width - 2 * sides.leftPadding - (places - 1) * sides.spacing) / places
    readonly property real tall: Math.round(Math.max(Theme.target, (Theme.portrait ? 116 : 92) * Theme.u))

    color: Theme.surface
    height: tall + Math.round(20 * Theme.u)

    Rectangle {
        width: parent.width
        height: Theme.edgeWidth
        color: Theme.line
    }
    Row {
        id: sides

        anchors.centerIn: parent
        leftPadding: (Theme.portrait ? 24 : 40) * Theme.u
        rightPadding: leftPadding
        spacing: 14 * Theme.u
    }
}
