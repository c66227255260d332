pragma ComponentBehavior: Bound

import QtQuick
import "../components"

// Whose card, which card, and the answer on that person's phone.
Item {
    id: page

    readonly property real gap: 14 * Theme.u
    readonly property real half: (width - gap) / 2

    Column {
        width: parent.width
        spacing: page.gap

        KText {
            text: Words.t["dock.people"]
            strong: true
        }
        Grid {
            width: parent.width
            columns: 2
            spacing: page.gap

            Repeater {
                model: DockCards.names

                KButton {
                    required property string modelData
                    required property int index

                    objectName: "holder_" + index
                    width: page.half
                    kind: DockCards.chosen === index ? "primary" : "plain"
                    padding: 16 * Theme.u
                    textSize: Theme.textSmall
                    text: modelData
                    onTapped: DockCards.choose(index)
                }
            }
        }
        KText {
            width: parent.width
            text: DockCards.numbers
            color: Theme.muted
            font.pixelSize: Theme.textSmall
        }
        KText {
            topPadding: 8 * Theme.u
            text: Words.t["dock.hold"]
            strong: true
        }
        Grid {
            width: parent.width
            columns: 2
            spacing: page.gap

            Repeater {
                model: DockCards.things

                KButton {
                    required property string modelData
                    readonly property bool shown: DockCards.held === modelData

                    objectName: "hold_" + modelData
                    width: page.half
                    height: Math.max(implicitHeight, 110 * Theme.u)
                    kind: shown ? "primary" : "plain"
                    padding: 16 * Theme.u
                    icon: shown ? "check" : modelData === "jkn" ? "card" : modelData.startsWith("ktp") ? "id" : "phone"
                    textSize: Theme.textSmall
                    text: Words.t["dock.hold_" + modelData]
                    onTapped: DockCards.hold(modelData)
                }
            }
            KButton {
                objectName: "takeAway"
                width: page.half
                height: Math.max(implicitHeight, 110 * Theme.u)
                padding: 16 * Theme.u
                icon: "close"
                textSize: Theme.textSmall
                text: Words.t["dock.take_away"]
                onTapped: DockCards.takeAway()
            }
        }
        KText {
            topPadding: 8 * Theme.u
            text: Words.t["dock.login"]
            strong: true
        }
        Row {
            width: parent.width
            spacing: page.gap

            KButton {
                objectName: "loginApprove"
                width: page.half
                height: Math.max(implicitHeight, 110 * Theme.u)
                padding: 16 * Theme.u
                icon: "check"
                textSize: Theme.textSmall
                text: Words.t["dock.login_approve"]
                onTapped: DockCards.answerLogin(true)
            }
            KButton {
                objectName: "loginDeny"
                width: page.half
                height: Math.max(implicitHeight, 110 * Theme.u)
                padding: 16 * Theme.u
                icon: "close"
                textSize: Theme.textSmall
                text: Words.t["dock.login_deny"]
                onTapped: DockCards.answerLogin(false)
            }
        }
    }
}
