import QtQuick

// What the machine is doing, about how long, and a way out when it is too long.
Column {
    id: panel

    property real side: 220 * Theme.u

    spacing: 28 * Theme.u

    Item {
        width: parent.width
        height: panel.side

        Spinner {
            visible: !Kiosk.waiting.matched
            anchors.centerIn: parent
            side: panel.side
        }
        KText {
            visible: !Kiosk.waiting.matched
            anchors.centerIn: parent
            text: Kiosk.waiting.elapsed
            font.pixelSize: Math.min(Theme.textBody, Math.round(panel.side * 0.16)) // inside the ring
            spoken: false
            strong: true
            color: Theme.muted
        }
        Rectangle {
            visible: Kiosk.waiting.matched
            anchors.centerIn: parent
            width: panel.side
            height: width
            radius: width / 2
            color: Theme.go

            Icon {
                anchors.centerIn: parent
                name: "check"
                tint: Theme.onGo
                side: panel.side * 0.56
            }
        }
    }
    KText {
        width: parent.width
        horizontalAlignment: Text.AlignHCenter
        text: Kiosk.waiting.title
        font.pixelSize: Theme.textTitle
        font.weight: Font.Bold
    }
    KText {
        width: parent.width
        horizontalAlignment: Text.AlignHCenter
        visible: text !== ""
        text: Kiosk.waiting.text
        font.pixelSize: Theme.textLead
    }
    KText {
        width: parent.width
        horizontalAlignment: Text.AlignHCenter
        color: Theme.muted
        text: Kiosk.waiting.about
        Accessible.role: Accessible.AlertMessage
    }
}
