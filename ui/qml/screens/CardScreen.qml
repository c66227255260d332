import QtQuick
import "../components"

// The camera looks for the code of a JKN card.
ScanFrame {
    vm: Kiosk.card
    title: Words.t["card.title"]
    subtitle: Words.t["card.subtitle"]
    waitingForCamera: Words.t["card.camera_off"]
    tips: [
        {icon: "card", text: Words.t["card.tip_distance"]},
        {icon: "light", text: Words.t["card.tip_light"]},
        {icon: "clock", text: Words.t["card.tip_still"]}
    ]
    actions.secondaryName: "typeInstead"
    actions.secondaryIcon: "keypad"
    actions.secondaryText: Words.t["card.type_instead"]
    actions.onSecondaryTapped: Kiosk.card.typeInstead()
}
