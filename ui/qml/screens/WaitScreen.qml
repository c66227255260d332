import QtQuick
import "../components"

// Looking the person up, or the centre settling: honest waiting, or the reason why not.
ScreenFrame {
    id: screen

    readonly property bool stuck: !Kiosk.waiting.active

    centred: true
    title: stuck ? Kiosk.waiting.title : ""
    subtitle: stuck ? Words.t["lookup.busy_text"] : ""
    notice: ""
    actions.primaryName: "retryButton"
    actions.primaryIcon: "retry"
    actions.primaryText: stuck ? Words.t["common.retry"] : ""
    actions.onPrimaryTapped: Kiosk.waiting.retry()

    WaitPanel {
        visible: !screen.stuck
        width: Math.min(parent.width, 1000 * Theme.u)
        anchors.horizontalCenter: parent.horizontalCenter
        y: Math.max(0, (parent.height - height) * 0.42)
        side: (Theme.portrait ? 360 : 260) * Theme.u
    }
    Rectangle {
        visible: screen.stuck
        width: Math.min(360 * Theme.u, parent.height * 0.7)
        height: width
        radius: width / 2
        anchors.horizontalCenter: parent.horizontalCenter
        y: (parent.height - height) * 0.4
        color: Theme.lookSoft
        border.width: Theme.highContrast ? Theme.edgeWidth : 0
        border.color: Theme.line

        Icon {
            anchors.centerIn: parent
            name: "clock"
            tint: Theme.onLookSoft
            side: parent.width * 0.5
        }
    }
}
