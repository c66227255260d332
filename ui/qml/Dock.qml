pragma ComponentBehavior: Bound

import QtQuick
import "components"

// Not part of the kiosk: the levers of a demonstration, one page at a time.
Rectangle {
    id: dock

    readonly property real side: 40 * Theme.u

    color: Theme.page

    Row {
        id: heading

        x: dock.side
        y: 32 * Theme.u
        spacing: 20 * Theme.u

        KText {
            text: Words.t["dock.title"]
            font.pixelSize: Theme.textLead
            font.weight: Font.Bold
        }
        Pill {
            anchors.verticalCenter: parent.verticalCenter
            text: Words.t["app.demo"]
            textSize: Theme.textSmall
        }
    }
    Row {
        id: tabs

        x: dock.side
        anchors.top: heading.bottom
        anchors.topMargin: 24 * Theme.u
        width: parent.width - 2 * x
        spacing: 12 * Theme.u

        Repeater {
            model: DockState.pages

            KButton {
                required property string modelData
                readonly property bool now: DockState.page === modelData

                objectName: "tab_" + modelData
                width: (tabs.width - 4 * tabs.spacing) / 5
                height: 120 * Theme.u
                vertical: true
                kind: now ? "primary" : "plain"
                icon: modelData === "phone" ? "phone" : modelData === "people" ? "alone" : modelData === "cards" ? "id" : modelData === "faults" ? "plug" : "badge"
                text: Words.t["dock.tab_" + modelData]
                onTapped: DockState.turn(modelData)
            }
        }
    }
    Loader {
        x: dock.side
        anchors.top: tabs.bottom
        anchors.topMargin: 28 * Theme.u
        anchors.bottom: parent.bottom
        anchors.bottomMargin: 36 * Theme.u
        width: parent.width - 2 * x
        source: DockState.page === "phone" ? "dock/PhonePage.qml"
            : DockState.page === "people" ? "dock/PeoplePage.qml"
            : DockState.page === "cards" ? "dock/CardsPage.qml"
            : DockState.page === "faults" ? "dock/FaultsPage.qml" : "dock/StaffPage.qml"
    }
}
