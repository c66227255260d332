import QtQuick
import "../components"

// The face step did not work out; staff have been called and the visit waits for them here.
ScreenFrame {
    id: screen

    title: Words.t["with_staff.title"]
    subtitle: Kiosk.withStaff.text
    wordsShare: 0.46
    actions.secondaryName: "goToCounter"
    actions.secondaryIcon: "counter"
    actions.secondaryText: Words.t["with_staff.counter"]
    actions.onSecondaryTapped: Kiosk.withStaff.goToCounter()
    belowItems: Tip {
        visible: !Theme.portrait
        width: parent.width
        icon: "id"
        text: Words.t["with_staff.card"]
    }

    Column {
        width: parent.width
        y: Math.max(0, (parent.height - height) * (Theme.portrait ? 0.36 : 0.5))
        spacing: (Theme.largeText ? 20 : 32) * Theme.u

        Rectangle {
            width: parent.width
            height: Math.max(disc.height, words.height) + (Theme.largeText ? 44 : Theme.portrait ? 80 : 56) * Theme.u
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
                    name: "staff"
                    tint: Theme.onInfoSoft
                    side: parent.width * 0.56
                }
            }
            KText {
                id: words

                anchors.left: disc.right
                anchors.leftMargin: 36 * Theme.u
                anchors.right: parent.right
                anchors.rightMargin: 36 * Theme.u
                anchors.verticalCenter: parent.verticalCenter
                text: Words.t["with_staff.wait"]
                strong: true
                color: Theme.onInfoSoft
                font.pixelSize: Theme.textLead
            }
        }
        CaseNumber {
            width: parent.width
            number: Kiosk.withStaff.caseNumber
        }
        Tip {
            visible: Theme.portrait
            width: parent.width
            icon: "id"
            text: Words.t["with_staff.card"]
        }
    }
}
