import QtQuick
import "../components"

// Three ways to say who one is.
ScreenFrame {
    id: screen

    readonly property real cardHeight: Math.min((Theme.portrait ? 280 : 230) * Theme.u, (hero.height - 56 * Theme.u) / 3)

    title: Words.t["identity.title"]
    subtitle: Words.t["identity.subtitle"]
    wordsShare: 0.38

    underItems: Guide {
        drawing: "guide_nik"
        room: screen.wordsRoom
        y: parent.height - height
    }

    Column {
        width: parent.width
        spacing: 28 * Theme.u
        y: Math.max(0, (parent.height - height) * (Theme.portrait ? 0.42 : 0.5))

        ChoiceCard {
            objectName: "chooseNik"
            width: parent.width
            height: Math.max(implicitHeight, screen.cardHeight)
            icon: "id"
            title: Words.t["identity.nik"]
            text: Words.t["identity.nik_text"]
            onTapped: Kiosk.identity.chooseNik()
        }
        ChoiceCard {
            objectName: "chooseCard"
            width: parent.width
            height: Math.max(implicitHeight, screen.cardHeight)
            icon: "scan"
            title: Words.t["identity.card"]
            text: Words.t["identity.card_text"]
            onTapped: Kiosk.identity.chooseCard()
        }
        ChoiceCard {
            objectName: "chooseCardNumber"
            width: parent.width
            height: Math.max(implicitHeight, screen.cardHeight)
            icon: "card"
            title: Words.t["identity.card_number"]
            text: Words.t["identity.card_number_text"]
            onTapped: Kiosk.identity.chooseCardNumber()
        }
    }
}
