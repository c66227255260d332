pragma ComponentBehavior: Bound

import QtQuick
import "../components"

// Three purposes in plain words; both answers have the same size and lead to the same service.
ScreenFrame {
    id: screen

    title: Words.t["consent.title"]
    subtitle: Words.t["consent.intro"]
    wordsShare: Theme.largeText ? 0.38 : 0.36
    belowItems: NoticeBox {
        visible: !Theme.portrait
        width: parent.width
        kind: "info"
        text: Theme.portrait ? "" : Words.t["consent.closing"]
        textSize: Theme.largeText ? Theme.textSmall : Theme.textBody
    }
    actions.equal: true
    actions.piled: Theme.portrait
    actions.primaryName: "consentYes"
    actions.primaryIcon: "check"
    actions.primaryText: Words.t["consent.yes"]
    actions.secondaryName: "consentNo"
    actions.secondaryIcon: "staff"
    actions.secondaryText: Words.t["consent.no"]
    actions.onPrimaryTapped: Kiosk.consent.agree()
    actions.onSecondaryTapped: Kiosk.consent.decline()

    Column {
        id: items

        width: parent.width
        spacing: (Theme.largeText ? 14 : 24) * Theme.u
        y: Math.max(0, (parent.height - height) * 0.5)

        Repeater {
            model: Kiosk.consent.purposes

            Rectangle {
                id: purpose

                required property var modelData

                width: items.width
                height: Math.max(tip.height + (Theme.largeText ? (Theme.portrait ? 28 : 12) : Theme.portrait ? 72 : 36) * Theme.u,
                    Theme.portrait ? 0 : Math.min(230 * Theme.u, (screen.hero.height - 2 * items.spacing) / 3))
                radius: 32 * Theme.u
                color: Theme.surface
                border.width: Theme.edgeWidth
                border.color: Theme.line

                Tip {
                    id: tip

                    anchors.centerIn: parent
                    width: parent.width - 72 * Theme.u
                    side: (Theme.largeText ? 80 : Theme.portrait ? 120 : 96) * Theme.u
                    textSize: Theme.largeText ? Math.round(42 * Theme.u) : Theme.portrait ? Math.round(36 * Theme.u) : Theme.textBody
                    icon: purpose.modelData.icon
                    title: purpose.modelData.title
                    text: purpose.modelData.text
                }
            }
        }
        NoticeBox {
            visible: Theme.portrait
            width: parent.width
            kind: "info"
            text: Theme.portrait ? Words.t["consent.closing"] : ""
            textSize: Theme.largeText ? Theme.textSmall : Theme.textBody
        }
    }
}
