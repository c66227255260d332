import QtQuick
import "../components"

Panel {
    icon: "clock"
    title: Words.t["staff.idle.title"]
    text: Staff.idleText

    KButton {
        objectName: "staffStillHere"
        width: parent.width
        height: Math.max(implicitHeight, 136 * Theme.u)
        kind: "primary"
        icon: "check"
        text: Words.t["idle.stay"]
        onTapped: Staff.stillHere()
    }
}
