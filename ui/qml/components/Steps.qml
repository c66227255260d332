pragma ComponentBehavior: Bound

import QtQuick

// Where am I: Identitas - Wajah - Kode - PIN. Number or tick, weight and line; not colour alone.
Row {
    id: steps

    readonly property var names: [Words.t["step.identity"], Words.t["step.face"], Words.t["step.code"], Words.t["step.pin"]]

    Accessible.role: Accessible.ProgressBar
    Accessible.name: Words.t["step.spoken"].replace("{now}", Math.min(Kiosk.progress + 1, 4)).replace("{all}", 4)
        .replace("{name}", names[Math.min(Math.max(Kiosk.progress, 0), 3)])

    Repeater {
        model: 4

        Item {
            id: step

            required property int index
            readonly property bool done: index < Kiosk.progress
            readonly property bool now: index === Kiosk.progress
            readonly property color ink: now || done ? Theme.onGoSoft : Theme.muted

            width: steps.width / 4
            height: steps.height

            Rectangle {
                visible: step.index > 0
                anchors.right: disc.left
                anchors.rightMargin: 8 * Theme.u
                anchors.verticalCenter: disc.verticalCenter
                width: step.width / 2 - disc.width / 2 - 8 * Theme.u
                height: Math.max(2, Math.round(4 * Theme.u))
                radius: height / 2
                color: step.done || step.now ? Theme.go : Theme.line
            }
            Rectangle {
                visible: step.index < 3
                anchors.left: disc.right
                anchors.leftMargin: 8 * Theme.u
                anchors.verticalCenter: disc.verticalCenter
                width: step.width / 2 - disc.width / 2 - 8 * Theme.u
                height: Math.max(2, Math.round(4 * Theme.u))
                radius: height / 2
                color: step.done ? Theme.go : Theme.line
            }
            Rectangle {
                id: disc

                width: Math.round(46 * Theme.u)
                height: width
                radius: width / 2
                anchors.horizontalCenter: parent.horizontalCenter
                y: Math.max(0, (parent.height - height - label.height) / 2)
                color: step.done || step.now ? Theme.go : Theme.surface
                border.width: Theme.edgeWidth
                border.color: step.done || step.now ? Theme.go : Theme.edge

                Icon {
                    visible: step.done
                    anchors.centerIn: parent
                    name: "check"
                    tint: Theme.onGo
                    side: 28 * Theme.u
                }
                KText {
                    visible: !step.done
                    anchors.centerIn: parent
                    spoken: false
                    text: step.index + 1
                    strong: true
                    font.pixelSize: Math.round(26 * Theme.u)
                    color: step.now ? Theme.onGo : Theme.muted
                }
            }
            KText {
                id: label

                anchors.top: disc.bottom
                width: parent.width
                horizontalAlignment: Text.AlignHCenter
                spoken: false
                text: steps.names[step.index]
                strong: step.now
                color: step.ink
                font.pixelSize: Theme.textSmall
            }
        }
    }
}
