pragma ComponentBehavior: Bound

import QtQuick

// What to do one after the other, numbered.
Column {
    id: list

    property var steps: []

    spacing: (Theme.largeText ? 12 : 18) * Theme.u

    Repeater {
        model: list.steps

        Item {
            id: step

            required property string modelData
            required property int index

            width: list.width
            height: Math.max(disc.height, words.height)

            Rectangle {
                id: disc

                width: Math.round(60 * Theme.u * (Theme.largeText ? 1.2 : 1))
                height: width
                radius: width / 2
                anchors.verticalCenter: parent.verticalCenter
                color: Theme.go

                KText {
                    anchors.centerIn: parent
                    spoken: false
                    text: step.index + 1
                    strong: true
                    color: Theme.onGo
                    font.pixelSize: Math.round(parent.width * 0.56)
                }
            }
            KText {
                id: words

                anchors.left: disc.right
                anchors.leftMargin: 24 * Theme.u
                anchors.right: parent.right
                anchors.verticalCenter: parent.verticalCenter
                text: step.modelData
                strong: true
                Accessible.name: Words.t["ikd.step_spoken"].replace("{step}", step.index + 1).replace("{text}", text)
            }
        }
    }
}
