import QtQuick
import KioskItems
import "../components"

// The phone scans a code from this screen: what to do, the code, and how long it is good for.
ScreenFrame {
    id: screen

    readonly property bool over: Kiosk.ikd.over
    readonly property var steps: [Words.t["ikd.step_open"], Words.t["ikd.step_scan"], Words.t["ikd.step_approve"]]

    title: Words.t["ikd.title"]
    subtitle: Kiosk.ikd.offered || Kiosk.ikd.opening ? Words.t["ikd.subtitle"] : ""
    actions.piled: Theme.portrait
    actions.primaryName: Kiosk.ikd.ktpInstead ? "useKtp" : "newLogin"
    actions.primaryIcon: Kiosk.ikd.ktpInstead ? "id" : "retry"
    actions.primaryText: !over ? "" : Kiosk.ikd.ktpInstead ? Words.t["ikd.use_ktp"] : Words.t["ikd.new_login"]
    actions.onPrimaryTapped: Kiosk.ikd.ktpInstead ? Kiosk.ikd.useKtp() : Kiosk.ikd.newLogin()
    actions.secondaryName: over && Kiosk.ikd.ktpInstead ? "newLogin" : "showPhone"
    actions.secondaryIcon: over && Kiosk.ikd.ktpInstead ? "retry" : "phone"
    actions.secondaryText: Kiosk.ikd.opening ? "" : over && Kiosk.ikd.ktpInstead ? Words.t["ikd.new_login"] : Words.t["ikd.show_phone"]
    actions.onSecondaryTapped: over && Kiosk.ikd.ktpInstead ? Kiosk.ikd.newLogin() : Kiosk.ikd.showPhone()
    belowItems: [
        StepLines {
            visible: Kiosk.ikd.offered
            width: parent ? parent.width : 0
            steps: screen.steps
        },
        KText {
            width: parent ? parent.width : 0
            visible: !Theme.portrait && text !== ""
            text: Kiosk.ikd.userCode
            color: Theme.muted
            font.pixelSize: Theme.largeText ? Theme.textSmall : Theme.textBody
        }
    ]

    WaitPanel {
        visible: Kiosk.ikd.opening
        width: Math.min(parent.width, 900 * Theme.u)
        anchors.horizontalCenter: parent.horizontalCenter
        y: Math.max(0, (parent.height - height) * 0.42)
        side: (Theme.portrait ? 320 : 220) * Theme.u
    }
    Item {
        id: offer

        visible: Kiosk.ikd.offered
        anchors.fill: parent

        Rectangle {
            id: card

            readonly property real room: parent.height - clock.height - (code.visible ? code.height + 16 * Theme.u : 0) - 28 * Theme.u

            width: Math.round(Math.min(parent.width, room, 820 * Theme.u))
            height: width
            anchors.horizontalCenter: parent.horizontalCenter
            y: Math.max(0, (parent.height - height - (parent.height - room)) * 0.4)
            radius: 36 * Theme.u
            color: "#ffffff" // in every theme: what scans it needs dark on light
            border.width: Theme.edgeWidth
            border.color: Theme.line

            QrItem {
                objectName: "loginCode"
                anchors.fill: parent
                anchors.margins: 16 * Theme.u
                content: Kiosk.ikd.qr
                Accessible.role: Accessible.Graphic
                Accessible.name: Words.t["ikd.code_spoken"]
            }
        }
        Row {
            id: clock

            anchors.top: card.bottom
            anchors.topMargin: 24 * Theme.u
            anchors.horizontalCenter: parent.horizontalCenter
            spacing: 18 * Theme.u

            Icon {
                anchors.verticalCenter: parent.verticalCenter
                name: "clock"
                tint: Theme.onGoSoft
                side: 48 * Theme.u
            }
            KText {
                anchors.verticalCenter: parent.verticalCenter
                text: Kiosk.ikd.countdown
                strong: true
                color: Theme.onGoSoft
                font.pixelSize: Theme.textLead
            }
        }
        KText {
            id: code

            visible: text !== "" && Theme.portrait
            anchors.top: clock.bottom
            anchors.topMargin: 16 * Theme.u
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: Kiosk.ikd.userCode
            color: Theme.muted
        }
    }
    Rectangle {
        visible: screen.over
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
            name: Kiosk.ikd.ktpInstead ? "id" : "clock"
            tint: Theme.onLookSoft
            side: parent.width * 0.5
        }
    }
}
