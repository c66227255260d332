import QtQuick
import "../components"

// Every other way a visit ends: what happened, where to go, and a number instead of a story.
ScreenFrame {
    title: Kiosk.ended.title
    subtitle: Kiosk.ended.text
    notice: ""
    wordsShare: 0.46
    actions.primaryName: "finishButton"
    actions.primaryIcon: "check"
    actions.primaryText: Words.t["common.finish"]
    actions.onPrimaryTapped: Kiosk.ended.finish()
    belowItems: KText {
        width: parent.width
        visible: !Theme.portrait && !Theme.largeText
        text: Kiosk.ended.left
        color: Theme.muted
    }

    Column {
        width: parent.width
        y: Math.max(0, (parent.height - height) * (Theme.portrait ? 0.36 : 0.5))
        spacing: (Theme.largeText ? 20 : 32) * Theme.u

        Rectangle {
            width: parent.width
            height: next.height + (Theme.largeText ? 44 : Theme.portrait ? 112 : 72) * Theme.u
            radius: 40 * Theme.u
            color: Theme.infoSoft
            border.width: Theme.highContrast ? Theme.edgeWidth : 0
            border.color: Theme.line

            Rectangle {
                id: disc

                x: 40 * Theme.u
                anchors.verticalCenter: parent.verticalCenter
                width: Math.round((Theme.portrait ? 152 : 128) * Theme.u)
                height: width
                radius: width / 2
                color: Theme.surface
                border.width: Theme.highContrast ? Theme.edgeWidth : 0
                border.color: Theme.line

                Icon {
                    anchors.centerIn: parent
                    name: Kiosk.ended.icon
                    tint: Theme.onInfoSoft
                    side: parent.width * 0.56
                }
            }
            Column {
                id: next

                anchors.left: disc.right
                anchors.leftMargin: 36 * Theme.u
                anchors.right: parent.right
                anchors.rightMargin: 36 * Theme.u
                anchors.verticalCenter: parent.verticalCenter
                spacing: 8 * Theme.u

                KText {
                    width: parent.width
                    visible: Theme.portrait || !Theme.largeText
                    text: Words.t["ended.where"]
                    color: Theme.onInfoSoft
                }
                KText {
                    width: parent.width
                    text: Kiosk.ended.next
                    strong: true
                    color: Theme.onInfoSoft
                    font.pixelSize: Theme.textLead
                }
            }
        }
        CaseNumber {
            visible: number !== ""
            width: parent.width
            number: Kiosk.ended.caseNumber
            hinted: !Theme.largeText || Theme.portrait || number.length <= 9
        }
        KText {
            width: parent.width
            visible: Theme.portrait
            horizontalAlignment: Text.AlignHCenter
            text: Kiosk.ended.left
            color: Theme.muted
        }
    }
}
