import QtQuick
import "../components"

// NIK or card number: what was typed, in groups, above the keys.
ScreenFrame {
    id: screen

    title: Kiosk.number.title
    subtitle: Kiosk.number.subtitle
    actions.primaryName: "submitNumber"
    actions.primaryText: Words.t["common.next"]
    actions.primaryEnabled: Kiosk.number.complete
    actions.secondaryName: "forceNik"
    actions.secondaryText: Kiosk.number.mayForce ? Words.t["nik.force"] : ""
    actions.onPrimaryTapped: Kiosk.number.submit()
    actions.onSecondaryTapped: Kiosk.number.force()
    belowItems: KText {
        visible: !Theme.portrait && screen.notice === ""
        width: parent.width
        text: Kiosk.number.hint
        color: Theme.onGoSoft
    }

    underItems: Guide {
        drawing: Kiosk.number.section === "nik" ? "guide_nik" : "guide_card"
        room: screen.wordsRoom
        y: parent.height - height
    }

    NumberDisplay {
        id: display

        anchors.horizontalCenter: parent.horizontalCenter
        width: Math.min(parent.width, units * 50 * Theme.u + groups.length * inner + (groups.length - 1) * spacing)
        digits: Kiosk.number.digits
        groups: Kiosk.number.groups
        spoken: Kiosk.number.spoken
    }
    KText {
        id: hint

        visible: Theme.portrait && screen.notice === ""
        anchors.top: display.bottom
        anchors.topMargin: 20 * Theme.u
        width: parent.width
        height: visible ? font.pixelSize * (Theme.largeText ? 3.9 : 2.7) : 0
        horizontalAlignment: Text.AlignHCenter
        text: Kiosk.number.hint
        color: Theme.onGoSoft
    }
    Keypad {
        anchors.top: hint.visible ? hint.bottom : display.bottom
        anchors.topMargin: (Theme.portrait ? 20 : 28) * Theme.u
        anchors.bottom: parent.bottom
        width: parent.width
        onPressed: digit => Kiosk.number.press(digit)
        onErased: Kiosk.number.erase()
    }
}
