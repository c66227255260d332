pragma ComponentBehavior: Bound

import QtQuick
import "../components"

// What the start screen offers, or which part it waits for.
Column {
    id: services

    spacing: 8 * Theme.u

    Repeater {
        model: Staff.diagnostics.services

        NoticeBox {
            required property var modelData

            width: services.width
            kind: modelData.offered ? "info" : "look"
            icon: modelData.offered ? "check" : "look"
            text: modelData.text
            textSize: Theme.textSmall
        }
    }
}
