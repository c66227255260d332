pragma ComponentBehavior: Bound

import QtQuick
import "../components"

// Who stands before the camera, and what they do.
Item {
    id: page

    readonly property real gap: 14 * Theme.u

    Column {
        width: parent.width
        spacing: page.gap

        KText {
            text: Words.t["dock.person"]
            strong: true
        }
        Grid {
            width: parent.width
            columns: 2
            spacing: page.gap

            Repeater {
                model: ["participant", "impostor", "print", "phone", "nobody"]

                KButton {
                    required property string modelData

                    objectName: "person_" + modelData
                    width: (page.width - page.gap) / 2
                    kind: DockState.person === modelData ? "primary" : "plain"
                    icon: DockState.person === modelData ? "check" : ""
                    textSize: Theme.textBody
                    text: Words.t["dock.person_" + modelData]
                    onTapped: DockState.choose(modelData)
                }
            }
        }
        KText {
            topPadding: 12 * Theme.u
            text: Words.t["dock.movement"]
            strong: true
        }
        Grid {
            width: parent.width
            columns: 2
            spacing: page.gap

            Repeater {
                model: ["blink", "turn_left", "turn_right", "nod"]

                KButton {
                    required property string modelData

                    objectName: "move_" + modelData
                    width: (page.width - page.gap) / 2
                    vertical: true
                    icon: modelData
                    text: Words.t["face.movement." + modelData]
                    onTapped: DockState.perform(modelData)
                }
            }
        }
    }
}
