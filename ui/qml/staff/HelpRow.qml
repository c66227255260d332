import QtQuick
import "../components"

// One ended visit that went on to staff. Done ones step back: grey ground, a tick and who took care of it.
PagedRow {
    id: help

    readonly property bool handled: help.row.handled === true

    color: handled ? Theme.off : Theme.surface
    room: Math.max(words.height, handled ? 0 : button.height)

    Column {
        id: words

        x: help.inner
        anchors.verticalCenter: parent.verticalCenter
        width: parent.width - 2 * help.inner - (help.handled ? 0 : button.width + 20 * Theme.u)
        spacing: 4 * Theme.u

        KText {
            width: parent.width
            text: help.row.number ? help.row.when + " · " + help.row.number : ""
            strong: true
            color: help.handled ? Theme.onOff : Theme.ink
        }
        KText {
            width: parent.width
            visible: text !== ""
            text: help.row.what || ""
            color: help.handled ? Theme.onOff : Theme.muted
        }
        Row {
            visible: help.handled
            width: parent.width
            spacing: 12 * Theme.u

            Icon {
                id: tick

                name: "check"
                tint: Theme.onOff
                side: 36 * Theme.u
                anchors.verticalCenter: parent.verticalCenter
            }
            KText {
                width: parent.width - tick.width - parent.spacing
                text: help.row.by || ""
                color: Theme.onOff
            }
        }
    }
    KButton {
        id: button

        objectName: "markHandled_" + help.row.number
        visible: !help.handled
        anchors.right: parent.right
        anchors.rightMargin: help.inner
        anchors.verticalCenter: parent.verticalCenter
        width: Math.round((Theme.portrait ? 300 : 280) * Theme.u)
        height: Math.max(implicitHeight, 104 * Theme.u)
        textSize: Theme.largeText ? Theme.textSmall : Theme.textBody
        text: Words.t["staff.queue.mark"]
        onTapped: Staff.queue.markHandled(help.row.number)
    }
}
