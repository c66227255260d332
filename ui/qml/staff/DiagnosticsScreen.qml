pragma ComponentBehavior: Bound

import QtQuick
import "../components"

// Every part of the kiosk with its state, what is offered, the live picture, and the guided tests.
StaffFrame {
    id: screen

    title: Words.t["staff.diagnostics.title"]
    subtitle: Theme.largeText && !Theme.portrait ? "" : Staff.diagnostics.checked
    wordsShare: 0.4
    actions.equal: true
    actions.piled: Theme.portrait && Theme.largeText
    actions.primaryName: "test_camera"
    actions.primaryIcon: "camera"
    actions.primaryText: Words.t["staff.diagnostics.test_camera"]
    actions.secondaryName: "test_scanner"
    actions.secondaryIcon: "scan"
    actions.secondaryText: Words.t["staff.diagnostics.test_scanner"]
    actions.onPrimaryTapped: Staff.diagnostics.test("camera")
    actions.onSecondaryTapped: Staff.diagnostics.test("scanner")
    belowItems: ServiceLines {
        width: parent.width
    }
    underItems: CameraPanel {
        width: parent.width
        room: screen.wordsRoom
    }

    CameraPanel {
        id: camera

        visible: Theme.portrait
        width: parent.width
    }
    Paged {
        visible: Staff.diagnostics.known
        y: camera.visible ? camera.height + 28 * Theme.u : 0
        width: parent.width
        height: parent.height - y
        gap: 12 * Theme.u
        rows: Staff.diagnostics.parts
        delegate: Component {
            PartRow {}
        }
    }
    Spinner {
        visible: !Staff.diagnostics.known
        anchors.centerIn: parent
        side: 160 * Theme.u
    }
}
