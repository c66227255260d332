import QtQuick

Panel {
    id: help

    icon: "help"
    title: Words.t["help.title"]
    text: Kiosk.helpTip

    Tip {
        width: parent.width
        icon: "care"
        text: Words.t["help.phone"]
    }
    Tip {
        width: parent.width
        icon: "chat"
        text: Words.t["help.pandawa"]
    }
    Tip {
        visible: Theme.portrait || !Theme.largeText
        width: parent.width
        icon: "staff"
        text: Kiosk.mayCallStaff ? Words.t["help.call_hint"] : Words.t["help.desk"]
    }
    KButton {
        objectName: "callStaff"
        visible: Kiosk.mayCallStaff
        width: parent.width
        height: Math.max(implicitHeight, 120 * Theme.u)
        icon: "bell"
        textSize: Theme.textLead
        text: Words.t["help.call"]
        onTapped: Kiosk.callStaff()
    }
    KButton {
        objectName: "closeHelp"
        width: parent.width
        height: Math.max(implicitHeight, 120 * Theme.u)
        kind: "primary"
        text: Kiosk.mayCallStaff ? Words.t["help.close"] : Words.t["help.close_idle"]
        onTapped: Kiosk.closeHelp()
    }
}
