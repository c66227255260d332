import QtQuick
import "../components"

// The visit that stands at this kiosk: masked, and what may be done about it.
Rectangle {
    id: card

    readonly property bool there: Staff.queue.hasVisit

    implicitHeight: lines.height + (Theme.largeText ? 40 : 56) * Theme.u
    height: implicitHeight
    radius: 36 * Theme.u
    color: there ? Theme.infoSoft : Theme.surface
    border.width: there && !Theme.highContrast ? 0 : Theme.edgeWidth
    border.color: Theme.line

    Column {
        id: lines

        anchors.centerIn: parent
        width: parent.width - 72 * Theme.u
        spacing: (Theme.largeText ? 6 : 12) * Theme.u

        KText {
            width: parent.width
            visible: card.there
            text: Words.t["staff.queue.here"] + " · " + Staff.queue.caseNumber
            strong: true
            color: Theme.onInfoSoft
        }
        KText {
            width: parent.width
            visible: card.there
            text: Staff.queue.what
            strong: true
            color: Theme.onInfoSoft
            font.pixelSize: Theme.largeText ? Theme.textBody : Theme.textLead
        }
        KText {
            width: parent.width
            visible: text !== ""
            text: Staff.queue.who
            color: Theme.onInfoSoft
        }
        KText {
            width: parent.width
            text: Staff.queue.advice
            color: card.there ? Theme.onInfoSoft : Theme.muted
            font.pixelSize: Theme.largeText && !Theme.portrait ? Theme.textSmall : Theme.textBody
        }
    }
}
