import QtQuick

Panel {
    icon: "cancel"
    title: Words.t["cancel.title"]
    text: Words.t["cancel.text"]

    KButton {
        objectName: "cancelYes"
        width: parent.width
        height: Math.max(implicitHeight, 120 * Theme.u)
        icon: "erase"
        textSize: Theme.textLead
        text: Words.t["cancel.yes"]
        onTapped: Kiosk.answerCancel(true)
    }
    KButton {
        objectName: "cancelNo"
        width: parent.width
        height: Math.max(implicitHeight, 120 * Theme.u)
        kind: "primary"
        text: Words.t["cancel.no"]
        onTapped: Kiosk.answerCancel(false)
    }
}
