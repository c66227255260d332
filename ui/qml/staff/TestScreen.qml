import QtQuick
import "../components"

// A guided test: what to do, what is seen, and the verdict with what was measured.
StaffFrame {
    id: screen

    readonly property bool over: !Staff.test.running
    readonly property bool pictured: Staff.test.camera
    readonly property bool counted: over && Staff.test.measured.length > 0

    title: Staff.test.title
    subtitle: Staff.test.instruction
    wordsShare: 0.44
    actions.primaryName: "testAgain"
    actions.primaryIcon: "retry"
    actions.primaryText: Words.t["staff.test.again"]
    actions.primaryEnabled: over
    actions.onPrimaryTapped: Staff.test.again()
    belowItems: Verdict {
        visible: !Theme.portrait
        width: parent.width
    }

    Verdict {
        id: verdict

        visible: Theme.portrait
        y: Theme.portrait ? hero.height + 36 * Theme.u : 0
        width: parent.width
    }
    Item {
        id: hero

        readonly property real below: (Theme.portrait ? verdict.height + 36 * Theme.u : 0) + (screen.counted ? numbers.height + 36 * Theme.u : 0)

        width: parent.width
        height: Math.min(parent.height - below, (Theme.portrait ? 760 : 900) * Theme.u)

        LivePicture {
            visible: screen.pictured
            anchors.centerIn: parent
            width: Math.min(parent.width, parent.height * 1.34)
            height: width * 0.75
        }
        Rectangle {
            visible: !screen.pictured
            anchors.centerIn: parent
            width: Math.min(360 * Theme.u, parent.height * 0.7)
            height: width
            radius: width / 2
            color: Theme.infoSoft
            border.width: Theme.highContrast ? Theme.edgeWidth : 0
            border.color: Theme.line

            Icon {
                anchors.centerIn: parent
                name: "scan"
                tint: Theme.onInfoSoft
                side: parent.width * 0.5
            }
        }
    }
    Rectangle {
        id: numbers

        visible: screen.counted
        y: Theme.portrait ? verdict.y + verdict.height + 24 * Theme.u : hero.height + 24 * Theme.u
        width: parent.width
        height: measures.height + 40 * Theme.u
        radius: 28 * Theme.u
        color: Theme.surface
        border.width: Theme.edgeWidth
        border.color: Theme.line

        Measures {
            id: measures

            anchors.centerIn: parent
            width: parent.width - 64 * Theme.u
            rows: Staff.test.measured
        }
    }
}
