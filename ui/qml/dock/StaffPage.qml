pragma ComponentBehavior: Bound

import QtQuick
import "../components"

// The invented staff: what they type, the code of their app, and their badge.
Item {
    id: page

    KText {
        id: intro

        width: parent.width
        text: list.count > 0 ? Words.t["dock.staff_text"] : Words.t["dock.staff_none"]
        color: Theme.muted
    }
    ListView {
        id: list

        anchors.top: intro.bottom
        anchors.topMargin: 20 * Theme.u
        anchors.bottom: parent.bottom
        width: parent.width
        clip: true
        spacing: 18 * Theme.u
        model: DockStaff.members
        delegate: Rectangle {
            id: member

            required property var modelData
            required property int index

            width: ListView.view.width
            height: lines.height + 44 * Theme.u
            radius: 28 * Theme.u
            color: Theme.surface
            border.width: Theme.edgeWidth
            border.color: Theme.line

            Column {
                id: lines

                x: 28 * Theme.u
                y: 22 * Theme.u
                width: member.width - 2 * x
                spacing: 6 * Theme.u

                KText {
                    width: parent.width
                    text: member.modelData.name + " · " + member.modelData.role
                    strong: true
                }
                KText {
                    width: parent.width
                    text: member.modelData.login + " · " + member.modelData.pin
                    font.pixelSize: Theme.textSmall
                    wrapMode: Text.Wrap
                }
                Row {
                    width: parent.width
                    spacing: 20 * Theme.u

                    KText {
                        objectName: "code_" + member.modelData.username
                        anchors.verticalCenter: parent.verticalCenter
                        text: DockStaff.codes[member.index] || ""
                        strong: true
                        font.pixelSize: Theme.textLead
                    }
                    KText {
                        anchors.verticalCenter: parent.verticalCenter
                        text: DockStaff.left
                        color: Theme.muted
                        font.pixelSize: Theme.textSmall
                    }
                }
                KButton {
                    objectName: "badge_" + member.modelData.username
                    width: parent.width
                    icon: "badge"
                    textSize: Theme.textBody
                    text: Words.t["dock.staff_badge"]
                    onTapped: DockStaff.holdBadge(member.index)
                }
            }
        }
    }
}
