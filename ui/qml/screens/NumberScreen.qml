import QtQuick
import "../components"

// NIK, card number, case number or phone number: what was typed, in groups, above the keys.
ScreenFrame {
    id: screen

    title: Kiosk.number.title
    subtitle: Kiosk.number.subtitle
    actions.primaryName: "submitNumber"
    actions.primaryText: Words.t["common.next"]
    actions.primaryEnabled: Kiosk.number.complete
    actions.secondaryName: Kiosk.number.section === "defer_phone" ? "skipPhone" : "forceNik"
    actions.secondaryText: Kiosk.number.other
    actions.onPrimaryTapped: Kiosk.number.submit()
    actions.onSecondaryTapped: Kiosk.number.doOther()
    belowItems: KText {
        visible: !Theme.portrait && screen.notice === ""
        width: parent.width
        text: Kiosk.number.hint
        color: Theme.onGoSoft
    }

    underItems: Guide {
        drawing: Kiosk.number.section === "nik" ? "guide_nik" : "guide_card"
        room: Kiosk.number.section === "nik" || Kiosk.number.section === "card_number" ? screen.wordsRoom : 0
        y: parent.height - height
    }

    NumberDisplay {
        id: display

        anchors.horizontalCenter: parent.horizontalCenter
        width: Math.min(parent.width, wanted)
        digits: Kiosk.number.digits
        groups: Kiosk.number.groups
        spoken: Kiosk.number.spoken
    }
    KText {
        id: region

        // its place stays reserved, so that the keys do not jump
        anchors.top: display.bottom
        anchors.topMargin: Kiosk.number.section === "nik" ? (Theme.portrait ? 14 : 8) * Theme.u : 0
        width: parent.width
        height: Kiosk.number.section === "nik" ? Math.round(Theme.portrait ? Theme.textSmall * 2.8 : 84 * Theme.u) : 0
        horizontalAlignment: Text.AlignHCenter
        font.pixelSize: Math.round(Theme.textSmall * 1.1)
        fontSizeMode: Text.Fit // "Kepulauan Seribu Selatan, Kabupaten Administrasi Kepulauan Seribu, Daerah Khusus Ibukota Jakarta"
        minimumPixelSize: Math.round(24 * Theme.u)
        text: Kiosk.number.region
        color: Theme.muted
    }
    KText {
        id: hint

        visible: Theme.portrait && screen.notice === ""
        anchors.top: region.bottom
        anchors.topMargin: 14 * Theme.u
        width: parent.width
        height: visible ? font.pixelSize * (Theme.largeText ? 3.9 : 2.7) : 0
        horizontalAlignment: Text.AlignHCenter
        text: Kiosk.number.hint
        color: Theme.onGoSoft
    }
    Keypad {
        anchors.top: hint.visible ? hint.bottom : region.bottom
        anchors.topMargin: (Theme.portrait ? 20 : region.height > 0 ? 14 : 28) * Theme.u
        anchors.bottom: parent.bottom
        width: parent.width
        onPressed: digit => Kiosk.number.press(digit)
        onErased: Kiosk.number.erase()
    }
}
