import QtQuick
import KioskItems
import "../components"

// The camera's picture as a technician needs it: not mirrored, and a sign when there is none.
CameraView {
    id: camera

    oval: false
    mirrored: false
    stroke: 8 * Theme.u
    ring: Theme.edge
    ground: Theme.highContrast ? Theme.surface : Theme.line
    feed: Camera
    Component.onDestruction: feed = null

    Icon {
        visible: !Camera.live
        anchors.centerIn: parent
        name: "camera"
        tint: Theme.highContrast ? Theme.ink : Theme.muted
        side: 88 * Theme.u
    }
}
