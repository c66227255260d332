import QtQuick

// Round the code that the camera sees, in the picture's own place: amber while it is only seen, green with a tick once
// it is read.
Item {
    id: mark

    property rect box // in shares of the picture
    property rect picture
    property bool read: false

    x: picture.x + box.x * picture.width - frame.border.width
    y: picture.y + box.y * picture.height - frame.border.width
    width: box.width * picture.width + 2 * frame.border.width
    height: box.height * picture.height + 2 * frame.border.width

    // shorter than the pause between two boxes
    Behavior on x {
        enabled: Theme.motion && mark.visible

        NumberAnimation { duration: 60 }
    }
    Behavior on y {
        enabled: Theme.motion && mark.visible

        NumberAnimation { duration: 60 }
    }

    Rectangle {
        id: frame

        anchors.fill: parent
        radius: 16 * Theme.u
        color: "transparent"
        border.width: Math.max(3, Math.round(10 * Theme.u))
        border.color: mark.read ? Theme.go : Theme.badge
    }
    Rectangle {
        width: Math.round(76 * Theme.u)
        height: width
        radius: width / 2
        x: Math.min(mark.width - width / 2, (mark.parent?.width ?? 0) - mark.x - width) // never beyond the picture
        y: Math.max(-height / 2, -mark.y)
        color: mark.read ? Theme.go : Theme.badge

        Icon {
            anchors.centerIn: parent
            name: mark.read ? "check" : "scan"
            tint: mark.read ? Theme.onGo : Theme.onBadge
            ground: parent.color
            side: parent.width * 0.62
        }
    }
}
