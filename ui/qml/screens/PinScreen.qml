import QtQuick
import "../components"

// Choose a PIN, then type it once more.
SecretFrame {
    id: screen

    readonly property bool tips: !Kiosk.pin.repeating && !Kiosk.pin.busy && notice === "" && !Theme.largeText

    vm: Kiosk.pin
    title: Kiosk.pin.title
    subtitle: Kiosk.pin.subtitle
    warning: Words.t["pin.warning"]
    boxesName: Words.t["pin.spoken"]
    busyText: Kiosk.waiting.title
    belowItems: [
        Tip {
            width: parent.width
            visible: screen.tips
            side: 56 * Theme.u
            icon: "calendar"
            text: Words.t["pin.tip_date"]
        },
        Tip {
            width: parent.width
            visible: screen.tips
            side: 56 * Theme.u
            icon: "keypad"
            text: Words.t["pin.tip_sequence"]
        },
        Tip {
            width: parent.width
            visible: screen.tips
            side: 56 * Theme.u
            icon: "lock"
            text: Words.t["pin.tip_secret"]
        }
    ]
}
