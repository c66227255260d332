import QtQuick
import "../components"

// One part of the kiosk: state as word and icon, version and fault, the last guided test.
PagedRow {
    id: part

    readonly property string kind: part.row.kind || "plain"

    inner: 24 * Theme.u
    room: Math.max(words.height, state.height)

    Column {
        id: words

        x: part.inner
        anchors.verticalCenter: parent.verticalCenter
        width: parent.width - state.width - 2 * part.inner - 16 * Theme.u
        spacing: 2 * Theme.u

        KText {
            width: parent.width
            text: part.row.title || ""
            strong: true
            font.pixelSize: Theme.textBody
        }
        KText {
            width: parent.width
            visible: text !== ""
            text: part.row.text || ""
            color: Theme.muted
            font.pixelSize: Theme.textSmall
            wrapMode: Text.Wrap
        }
        KText {
            width: parent.width
            visible: text !== ""
            text: part.row.test || ""
            color: part.row.test_kind === "look" ? Theme.onLookSoft : Theme.onGoSoft
            font.pixelSize: Theme.textSmall
        }
    }
    Pill {
        id: state

        anchors.right: parent.right
        anchors.rightMargin: part.inner
        anchors.verticalCenter: parent.verticalCenter
        icon: part.row.icon || ""
        text: part.row.state || ""
        textSize: Theme.textSmall
        color: part.kind === "good" ? Theme.goSoft : part.kind === "stop" ? Theme.stopSoft : part.kind === "look" ? Theme.lookSoft : Theme.off
        ink: part.kind === "good" ? Theme.onGoSoft : part.kind === "stop" ? Theme.onStopSoft : part.kind === "look" ? Theme.onLookSoft : Theme.onOff
    }
}
