pragma ComponentBehavior: Bound

import QtQuick
import "../components"

// What is pulled out or slow, and a clock that jumps.
Item {
    id: page

    readonly property real gap: 14 * Theme.u

    Column {
        width: parent.width
        spacing: 2 * page.gap

        Repeater {
            model: DockFaults.parts.length // a button that was pressed stays itself when its words change

            Rectangle {
                id: part

                required property int index
                readonly property var modelData: DockFaults.parts[index]

                width: page.width
                height: lines.height + 48 * Theme.u
                radius: 28 * Theme.u
                color: Theme.surface
                border.width: Theme.edgeWidth
                border.color: Theme.line

                Column {
                    id: lines

                    x: 28 * Theme.u
                    y: 24 * Theme.u
                    width: parent.width - 2 * x
                    spacing: page.gap

                    Item {
                        width: parent.width
                        height: state.height

                        Icon {
                            id: glyph

                            anchors.verticalCenter: parent.verticalCenter
                            name: part.modelData.icon
                            tint: Theme.onGoSoft
                            side: 52 * Theme.u
                        }
                        KText {
                            anchors.left: glyph.right
                            anchors.leftMargin: 16 * Theme.u
                            anchors.verticalCenter: parent.verticalCenter
                            text: part.modelData.title
                            strong: true
                        }
                        Pill {
                            id: state

                            anchors.right: parent.right
                            icon: part.modelData.out ? "close" : part.modelData.slow ? "clock" : "check"
                            text: part.modelData.state
                            textSize: Theme.textSmall
                            color: part.modelData.out ? Theme.stopSoft : part.modelData.slow ? Theme.lookSoft : Theme.goSoft
                            ink: part.modelData.out ? Theme.onStopSoft : part.modelData.slow ? Theme.onLookSoft : Theme.onGoSoft
                        }
                    }
                    Row {
                        width: parent.width
                        spacing: page.gap

                        KButton {
                            objectName: "plug_" + part.modelData.part
                            width: (lines.width - page.gap) / 2
                            icon: "plug"
                            text: part.modelData.out ? Words.t["dock.plug"] : Words.t["dock.unplug"]
                            onTapped: DockFaults.switchPlug(part.modelData.part)
                        }
                        KButton {
                            objectName: "slow_" + part.modelData.part
                            width: (lines.width - page.gap) / 2
                            icon: "clock"
                            text: part.modelData.slow ? Words.t["dock.quick"] : Words.t["dock.slow"]
                            onTapped: DockFaults.switchPace(part.modelData.part)
                        }
                    }
                }
            }
        }
        KText {
            topPadding: 12 * Theme.u
            text: Words.t["dock.clock"]
            strong: true
        }
        Row {
            width: parent.width
            spacing: page.gap

            Repeater {
                model: DockFaults.jumps

                KButton {
                    required property int modelData

                    objectName: "clock_" + modelData
                    width: (page.width - 2 * page.gap) / 3
                    vertical: true
                    icon: "forward"
                    text: Words.t["dock.clock_" + modelData]
                    onTapped: DockFaults.advance(modelData)
                }
            }
        }
        KText {
            width: parent.width
            visible: text !== ""
            text: DockFaults.moved
            color: Theme.muted
        }
    }
}
