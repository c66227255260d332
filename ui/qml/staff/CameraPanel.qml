import QtQuick
import "../components"

// Live picture with its numbers beside it.
Item {
    id: panel

    property real room: 420 * Theme.u
    readonly property real share: width * (Theme.portrait ? 0.5 : Theme.largeText ? 0.34 : 0.48)

    implicitHeight: Math.max(picture.height, numbers.height)
    height: implicitHeight

    LivePicture {
        id: picture

        height: Math.round(Math.max(0, Math.min(panel.room, panel.share * 0.75)))
        width: Math.round(Math.min(panel.share, height * 1.34))
    }
    Column {
        id: numbers

        x: picture.width + (Theme.largeText ? 20 : 32) * Theme.u
        y: Math.max(0, (picture.height - height) / 2)
        width: panel.width - x

        Measures {
            width: parent.width
            rows: Staff.diagnostics.picture
        }
        KText {
            width: parent.width
            visible: Staff.diagnostics.picture.length === 0 && !Camera.live
            text: Words.t["staff.diagnostics.no_picture"]
            color: Theme.muted
            font.pixelSize: Theme.textSmall
        }
    }
}
