pragma ComponentBehavior: Bound

import QtQuick
import "../components"

// Who needs help here: the visit at this kiosk first, then those that ended with staff.
StaffFrame {
    id: screen

    readonly property bool many: Staff.queue.entries.length > 0

    title: Words.t["staff.queue.title"]
    wordsShare: 0.42
    actions.primaryName: "openVisit"
    actions.primaryText: Staff.queue.decidable ? Words.t["staff.queue.open"] : ""
    actions.onPrimaryTapped: Staff.queue.openVisit()
    belowItems: VisitCard {
        visible: !Theme.portrait
        width: parent.width
    }

    VisitCard {
        id: here

        visible: Theme.portrait
        width: parent.width
    }
    KText {
        id: heading

        y: here.visible ? here.y + here.height + 40 * Theme.u : 0
        width: parent.width
        text: Words.t["staff.queue.ended"]
        strong: true
        font.pixelSize: Theme.largeText ? Theme.textBody : Theme.textLead
        Accessible.role: Accessible.Heading
    }
    Paged {
        visible: screen.many
        anchors.top: heading.bottom
        anchors.topMargin: 20 * Theme.u
        anchors.bottom: parent.bottom
        width: parent.width
        rows: Staff.queue.entries
        delegate: Component {
            HelpRow {}
        }
    }
    KText {
        visible: !screen.many
        anchors.top: heading.bottom
        anchors.topMargin: 20 * Theme.u
        width: parent.width
        text: Words.t["staff.queue.nobody"]
        color: Theme.muted
    }
}
