import QtQuick

// A turning ring, 0.5 turns a second; it stands still where motion is switched off.
Item {
    id: spinner

    property real side: 200 * Theme.u

    width: side
    height: side

    Icon {
        id: ring

        anchors.fill: parent
        side: spinner.side
        name: "ring"
        tint: Theme.highContrast ? Theme.ink : Theme.go
    }
    Timer {
        // 20 steps a second: an animator would repaint at every refresh of the panel
        interval: 50
        repeat: true
        running: spinner.visible && Theme.motion
        onTriggered: ring.rotation = (ring.rotation + 9) % 360
    }
}
