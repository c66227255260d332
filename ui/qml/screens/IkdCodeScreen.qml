import QtQuick
import "../components"

// The camera reads the code that the IKD app shows on a phone.
ScanFrame {
    vm: Kiosk.ikdCode
    title: Words.t["ikd_code.title"]
    subtitle: Words.t["ikd_code.subtitle"]
    waitingForCamera: Words.t["ikd_code.camera_off"]
    tips: [
        {icon: "light", text: Words.t["ikd_code.tip_bright"]},
        {icon: "phone", text: Words.t["ikd_code.tip_distance"]},
        {icon: "clock", text: Words.t["ikd_code.tip_still"]}
    ]
    actions.secondaryName: "useKtp"
    actions.secondaryIcon: "id"
    actions.secondaryText: Words.t["ikd_code.use_ktp"]
    actions.secondaryEnabled: !Kiosk.ikdCode.busy
    actions.onSecondaryTapped: Kiosk.ikdCode.useKtp()
}
