import QtQuick

Panel {
    icon: "clock"
    title: Words.t["idle.title"]
    text: Kiosk.idleText

    KButton {
        objectName: "stillHere"
        width: parent.width
        height: Math.max(implicitHeight, 136 * Theme.u)
        kind: "primary"
        icon: "check"
        text: Words.t["idle.stay"]
        onTapped: Kiosk.stillHere()
    }
}
