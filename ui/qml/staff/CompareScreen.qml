pragma ComponentBehavior: Bound

import QtQuick
import "../components"

// Look at the person and the card, name the reason, then ask the second person.
StaffFrame {
    id: screen

    title: Words.t["staff.compare.title"]
    subtitle: Theme.largeText ? "" : Staff.compare.subtitle
    wordsShare: Theme.largeText ? 0.48 : 0.46
    actions.piled: Theme.portrait
    actions.primaryName: "askSecond"
    actions.primaryText: Words.t["staff.compare.ask_second"]
    actions.primaryEnabled: Staff.compare.mayAsk
    actions.secondaryName: "askReject"
    actions.secondaryIcon: "close"
    actions.secondaryText: Words.t["staff.compare.ask_reject"]
    actions.onPrimaryTapped: Staff.compare.askSecond()
    actions.onSecondaryTapped: Staff.compare.askReject()
    belowItems: [
        Tip {
            width: parent.width
            side: (Theme.largeText ? 56 : 72) * Theme.u
            textSize: Theme.largeText ? Theme.textSmall : Theme.textBody
            icon: "face"
            text: Words.t["staff.compare.check_face"]
        },
        Tip {
            width: parent.width
            side: (Theme.largeText ? 56 : 72) * Theme.u
            textSize: Theme.largeText ? Theme.textSmall : Theme.textBody
            icon: "shield"
            text: Words.t["staff.compare.check_genuine"]
        },
        Tip {
            width: parent.width
            side: (Theme.largeText ? 56 : 72) * Theme.u
            textSize: Theme.largeText ? Theme.textSmall : Theme.textBody
            icon: "id"
            text: Staff.compare.checkNumber
        }
    ]

    KText {
        id: heading

        y: Theme.portrait ? Math.max(0, (parent.height - height - choices.height - 20 * Theme.u) * 0.3) : 0
        width: parent.width
        text: Words.t["staff.compare.reason"]
        strong: true
        font.pixelSize: Theme.largeText ? Theme.textBody : Theme.textLead
        Accessible.role: Accessible.Heading
    }
    Column {
        id: choices

        anchors.top: heading.bottom
        anchors.topMargin: (Theme.largeText ? 12 : 20) * Theme.u
        width: parent.width
        spacing: Math.ceil(Math.max(Theme.target * 0.13, (Theme.portrait ? 18 : 12) * Theme.u))

        Repeater {
            model: Staff.compare.reasons

            ReasonButton {
                required property var modelData

                objectName: "reason_" + modelData.value
                width: choices.width
                text: modelData.text
                chosen: modelData.chosen
                onTapped: Staff.compare.choose(modelData.value)
            }
        }
    }
}
