import QtQuick
import "../components"

// Looking the person up, or the centre settling: honest waiting, or the reason why not.
ScreenFrame {
    id: screen

    readonly property bool stuck: !Kiosk.waiting.active
    readonly property bool choosing: stuck && Kiosk.waiting.mayDefer

    centred: true
    title: stuck ? Kiosk.waiting.title : ""
    subtitle: choosing ? Words.t["lookup.choice.text"] : stuck ? Words.t["lookup.busy_text"] : ""
    notice: ""
    actions.primaryName: "retryButton"
    actions.primaryIcon: "retry"
    actions.primaryText: stuck && Kiosk.waiting.mayRetry ? Words.t["common.retry"] : ""
    actions.onPrimaryTapped: Kiosk.waiting.retry()

    WaitPanel {
        visible: !screen.stuck
        width: Math.min(parent.width, 1000 * Theme.u)
        anchors.horizontalCenter: parent.horizontalCenter
        y: Math.max(0, (parent.height - height) * 0.42)
        side: (Theme.portrait ? 360 : 260) * Theme.u
    }
    Column {
        id: ways

        readonly property bool brief: Theme.largeText && !Theme.portrait

        visible: screen.choosing
        width: Math.min(parent.width, 1200 * Theme.u)
        anchors.horizontalCenter: parent.horizontalCenter
        y: Math.max(0, (parent.height - height) * 0.42)
        spacing: 28 * Theme.u

        ChoiceCard {
            objectName: "deferButton"
            width: parent.width
            height: Math.max(implicitHeight, (Theme.portrait ? 260 : 200) * Theme.u)
            icon: "clock"
            title: Words.t["lookup.choice.defer"]
            text: ways.brief ? "" : Words.t["lookup.choice.defer_text"]
            onTapped: Kiosk.waiting.defer()
        }
        ChoiceCard {
            objectName: "staffButton"
            width: parent.width
            height: Math.max(implicitHeight, (Theme.portrait ? 260 : 200) * Theme.u)
            icon: "staff"
            title: Words.t["lookup.choice.staff"]
            text: ways.brief ? "" : Words.t["lookup.choice.staff_text"]
            onTapped: Kiosk.waiting.goToCounter()
        }
    }
    Rectangle {
        visible: screen.stuck && !screen.choosing
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
