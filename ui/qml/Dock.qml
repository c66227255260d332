pragma ComponentBehavior: Bound

import QtQuick
import "components"

// Not part of the kiosk: the participant's phone and the simulated camera of a demonstration.
Rectangle {
    id: dock

    readonly property real side: 48 * Theme.u

    color: Theme.page

    Row {
        id: heading

        x: dock.side
        y: 36 * Theme.u
        spacing: 20 * Theme.u

        KText {
            text: Words.t["dock.title"]
            font.pixelSize: Theme.textLead
            font.weight: Font.Bold
        }
        Rectangle {
            width: demo.width + 28 * Theme.u
            height: demo.height + 10 * Theme.u
            radius: height / 2
            color: Theme.badge

            KText {
                id: demo

                anchors.centerIn: parent
                text: Words.t["app.demo"]
                color: Theme.onBadge
                strong: true
                font.pixelSize: Theme.textSmall
            }
        }
    }
    Rectangle {
        id: phone

        x: dock.side
        anchors.top: heading.bottom
        anchors.topMargin: 28 * Theme.u
        anchors.bottom: levers.top
        anchors.bottomMargin: 36 * Theme.u
        width: parent.width - 2 * x
        radius: 60 * Theme.u
        color: Theme.ink

        Rectangle {
            anchors.fill: parent
            anchors.margins: 16 * Theme.u
            radius: 46 * Theme.u
            color: Theme.surface

            KText {
                id: owner

                x: 32 * Theme.u
                y: 24 * Theme.u
                text: Words.t["dock.phone"]
                color: Theme.muted
                strong: true
                font.pixelSize: Theme.textSmall
            }
            KText {
                visible: messages.count === 0
                anchors.centerIn: parent
                text: Words.t["dock.phone_empty"]
                color: Theme.muted
            }
            ListView {
                id: messages

                anchors.fill: parent
                anchors.topMargin: owner.y + owner.height + 16 * Theme.u
                anchors.margins: 24 * Theme.u
                clip: true
                spacing: 16 * Theme.u
                model: DockState.messages
                delegate: Rectangle {
                    id: message

                    required property var modelData

                    width: ListView.view.width
                    height: words.height + time.height + 44 * Theme.u
                    radius: 24 * Theme.u
                    color: Theme.goSoft

                    KText {
                        id: words

                        objectName: "phoneMessage"
                        x: 24 * Theme.u
                        y: 18 * Theme.u
                        width: parent.width - 2 * x
                        text: message.modelData.text
                        color: Theme.onGoSoft
                        font.pixelSize: Theme.textSmall
                    }
                    KText {
                        id: time

                        anchors.top: words.bottom
                        anchors.right: words.right
                        anchors.topMargin: 4 * Theme.u
                        text: message.modelData.time
                        color: Theme.onGoSoft
                        font.pixelSize: Theme.textSmall
                    }
                }
            }
        }
    }
    Column {
        id: levers

        x: dock.side
        width: parent.width - 2 * x
        anchors.bottom: parent.bottom
        anchors.bottomMargin: 36 * Theme.u
        spacing: 14 * Theme.u

        KText {
            text: Words.t["dock.person"]
            strong: true
        }
        Grid {
            width: parent.width
            columns: 2
            spacing: 14 * Theme.u

            Repeater {
                model: ["participant", "impostor", "print", "nobody"]

                KButton {
                    required property string modelData

                    objectName: "person_" + modelData
                    width: (levers.width - 14 * Theme.u) / 2
                    kind: DockState.person === modelData ? "primary" : "plain"
                    icon: DockState.person === modelData ? "check" : ""
                    textSize: Theme.textBody
                    text: Words.t["dock.person_" + modelData]
                    onTapped: DockState.choose(modelData)
                }
            }
        }
        KText {
            text: Words.t["dock.movement"]
            strong: true
        }
        Row {
            width: parent.width
            spacing: 14 * Theme.u

            Repeater {
                model: ["blink", "turn_left", "turn_right"]

                KButton {
                    required property string modelData

                    objectName: "move_" + modelData
                    width: (levers.width - 28 * Theme.u) / 3
                    vertical: true
                    icon: modelData
                    text: Words.t["face.movement." + modelData]
                    onTapped: DockState.perform(modelData)
                }
            }
        }
        KText {
            visible: DockState.people.length > 0
            text: Words.t["dock.people"]
            strong: true
        }
        Repeater {
            model: DockState.people

            KButton {
                required property var modelData
                required property int index

                objectName: "card_" + index
                width: levers.width
                icon: "card"
                textSize: Theme.textSmall
                text: modelData.line
                spokenName: Words.t["dock.card"] + ": " + modelData.name
                onTapped: DockState.presentCard(index)
            }
        }
        KButton {
            objectName: "cardAway"
            visible: DockState.people.length > 0
            width: levers.width
            textSize: Theme.textBody
            text: Words.t["dock.card_away"]
            onTapped: DockState.presentCard(-1)
        }
    }
}
