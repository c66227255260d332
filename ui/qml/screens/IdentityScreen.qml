import QtQuick
import "../components"

// Four ways to say who one is: under each other, or two by two where the panel is wide.
ScreenFrame {
    id: screen

    // the names alone, where a notice leaves no room for large text
    readonly property bool brief: Theme.largeText && ways.room < 3 * 1.3 * Theme.textBody + 40 * Theme.u

    // smaller cards, so that the way by case number has its place under a notice as well
    readonly property bool snug: !Theme.portrait && ways.room < 180 * Theme.u

    title: Words.t["identity.title"]
    subtitle: notice === "" || Theme.portrait ? Words.t["identity.subtitle"] : ""
    centred: !Theme.portrait
    actions.secondaryName: "chooseCase"
    actions.secondaryIcon: "clock"
    actions.secondaryText: Words.t["identity.case"]
    actions.onSecondaryTapped: Kiosk.identity.chooseCase()

    Grid {
        id: ways

        readonly property real gap: (Theme.portrait ? 24 : 28) * Theme.u
        readonly property real cardWidth: (width - (columns - 1) * gap) / columns
        readonly property real room: (parent.height - (4 / columns - 1) * gap) / (4 / columns)
        readonly property real cardHeight: Math.min(room, (Theme.portrait ? 260 : 250) * Theme.u)

        width: parent.width
        columns: Theme.portrait ? 1 : 2
        spacing: gap
        y: Math.max(0, (parent.height - height) * 0.42)

        ChoiceCard {
            objectName: "chooseIkd"
            width: ways.cardWidth
            height: Math.max(implicitHeight, ways.cardHeight)
            snug: screen.snug
            icon: "phone"
            title: Words.t["identity.ikd"]
            text: screen.brief ? "" : Words.t["identity.ikd_text"]
            onTapped: Kiosk.identity.chooseIkd()
        }
        ChoiceCard {
            objectName: "chooseKtp"
            width: ways.cardWidth
            height: Math.max(implicitHeight, ways.cardHeight)
            snug: screen.snug
            icon: "id"
            title: Words.t["identity.ktp"]
            text: screen.brief ? "" : Words.t["identity.ktp_text"]
            onTapped: Kiosk.identity.chooseKtp()
        }
        ChoiceCard {
            objectName: "chooseNik"
            width: ways.cardWidth
            height: Math.max(implicitHeight, ways.cardHeight)
            snug: screen.snug
            icon: "keypad"
            title: Words.t["identity.nik"]
            text: screen.brief ? "" : Words.t["identity.nik_text"]
            onTapped: Kiosk.identity.chooseNik()
        }
        ChoiceCard {
            objectName: "chooseCard"
            width: ways.cardWidth
            height: Math.max(implicitHeight, ways.cardHeight)
            snug: screen.snug
            icon: "card"
            title: Words.t["identity.card"]
            text: screen.brief ? "" : Words.t["identity.card_text"]
            onTapped: Kiosk.identity.chooseCard()
        }
    }
}
