import QtQuick

// The documented way in for staff: a finger held on the mark for three seconds. Nothing on the screen tells of it.
Item {
    id: mark

    property int holdMs: 3000

    signal held()

    Accessible.ignored: true

    MouseArea {
        id: area

        anchors.fill: parent
    }
    Timer {
        interval: mark.holdMs
        running: area.pressed
        onTriggered: mark.held()
    }
}
