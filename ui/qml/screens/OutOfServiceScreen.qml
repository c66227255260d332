import QtQuick
import "../components"

// The kiosk cannot record anything, so it offers nothing and says where to go.
ScreenFrame {
    title: Words.t["out_of_service.title"]
    subtitle: Words.t["out_of_service.text"]
    notice: ""
    centred: true

    Rectangle {
        anchors.horizontalCenter: parent.horizontalCenter
        y: (parent.height - height) * 0.4
        width: Math.min(420 * Theme.u, parent.height * 0.8)
        height: width
        radius: width / 2
        color: Theme.lookSoft
        border.width: Theme.highContrast ? Theme.edgeWidth : 0
        border.color: Theme.line

        Icon {
            anchors.centerIn: parent
            name: "counter"
            tint: Theme.onLookSoft
            side: parent.width * 0.5
        }
    }
}
