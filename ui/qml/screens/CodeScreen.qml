import QtQuick
import "../components"

// The code from the SMS. It goes off by itself with the last digit.
SecretFrame {
    id: screen

    vm: Kiosk.code
    title: Words.t["otp.title"]
    subtitle: Kiosk.code.subtitle
    warning: Words.t["otp.warning"]
    boxesName: Words.t["otp.spoken"]
    busyText: Kiosk.waiting.title
    actions.secondaryName: "resendCode"
    actions.secondaryIcon: Kiosk.code.mayResend ? "retry" : "clock"
    actions.secondaryText: Kiosk.code.resendText
    belowItems: [
        KText {
            width: parent.width
            visible: screen.notice === "" && !Theme.largeText
            text: Kiosk.code.notReceived
            color: Theme.muted
        },
        KText {
            width: parent.width
            visible: !Theme.portrait && !Theme.largeText
            text: Words.t["otp.other_number"]
            color: Theme.muted
        }
    ]
    actions.onSecondaryTapped: Kiosk.code.resend()
    actions.secondaryEnabled: Kiosk.code.mayResend
}
