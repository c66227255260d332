pragma ComponentBehavior: Bound

import QtQuick
import "../components"

// What is on record now and under whose names; then the screen goes back to the participant.
StaffFrame {
    id: screen

    readonly property bool rejected: Staff.decided.rejected

    title: Staff.decided.title
    subtitle: Staff.decided.text
    actions.primaryName: "handBack"
    actions.primaryText: Words.t["staff.decided.hand_back"]
    actions.onPrimaryTapped: Staff.decided.handBack()

    Column {
        width: parent.width
        y: Math.max(0, (parent.height - height) * (Theme.portrait ? 0.36 : 0.5))
        spacing: (Theme.largeText ? 20 : 32) * Theme.u

        Rectangle {
            anchors.horizontalCenter: parent.horizontalCenter
            width: Math.round((Theme.portrait ? 240 : Theme.largeText ? 112 : 160) * Theme.u)
            height: width
            radius: width / 2
            color: screen.rejected ? Theme.stopSoft : Theme.go
            border.width: Theme.highContrast ? Theme.edgeWidth : 0
            border.color: Theme.line

            Icon {
                anchors.centerIn: parent
                name: screen.rejected ? "close" : "check"
                tint: screen.rejected ? Theme.onStopSoft : Theme.onGo
                side: parent.width * 0.56
            }
        }
        Repeater {
            model: Staff.decided.people

            Rectangle {
                id: person

                required property var modelData

                width: parent ? parent.width : 0
                height: tip.height + (Theme.largeText ? 32 : 56) * Theme.u
                radius: 32 * Theme.u
                color: Theme.surface
                border.width: Theme.edgeWidth
                border.color: Theme.line

                Tip {
                    id: tip

                    anchors.centerIn: parent
                    width: parent.width - 72 * Theme.u
                    textSize: Theme.largeText ? Theme.textBody : Theme.textLead
                    icon: "staff"
                    title: person.modelData.name
                    text: person.modelData.role
                }
            }
        }
    }
}
