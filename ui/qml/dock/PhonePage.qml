pragma ComponentBehavior: Bound

import QtQuick
import "../components"

// What arrived at the participant's phone, newest first.
Rectangle {
    id: phone

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
                    width: message.width - 2 * x
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
