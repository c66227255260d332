import QtQuick
import "../components"

// A rejection ends the visit, so it is asked twice.
Panel {
    icon: "look"
    title: Words.t["staff.reject.title"]
    text: Words.t["staff.reject.text"]

    KButton {
        objectName: "rejectYes"
        width: parent.width
        height: Math.max(implicitHeight, 120 * Theme.u)
        icon: "close"
        textSize: Theme.textLead
        text: Words.t["staff.reject.yes"]
        onTapped: Staff.compare.answerReject(true)
    }
    KButton {
        objectName: "rejectNo"
        width: parent.width
        height: Math.max(implicitHeight, 120 * Theme.u)
        kind: "primary"
        text: Words.t["staff.reject.no"]
        onTapped: Staff.compare.answerReject(false)
    }
}
