import QtQuick

// Help on the step, and staff at the press of a button. Once they are called it says so, with the case number.
Panel {
    id: help

    readonly property bool called: Kiosk.staffCalled

    icon: called ? "staff" : "help"
    title: called ? Words.t["help.called_title"] : Words.t["help.title"]
    text: called ? Words.t["help.called_text"] : Kiosk.helpTip

    Tip {
        visible: !help.called
        width: parent.width
        icon: "care"
        text: Words.t["help.phone"]
    }
    Tip {
        visible: !help.called
        width: parent.width
        icon: "chat"
        text: Words.t["help.pandawa"]
    }
    Tip {
        visible: !help.called && (Theme.portrait || !Theme.largeText)
        width: parent.width
        icon: "staff"
        text: Kiosk.mayCallStaff ? Words.t["help.call_hint"] : Words.t["help.desk"]
    }
    CaseNumber {
        visible: help.called && number !== ""
        width: parent.width
        number: Kiosk.caseNumber
        hinted: Theme.portrait || !Theme.largeText
        small: !Theme.portrait
    }
    KButton {
        objectName: "callStaff"
        visible: Kiosk.mayCallStaff && !help.called
        width: parent.width
        height: Math.max(implicitHeight, 120 * Theme.u)
        icon: "bell"
        textSize: Theme.textLead
        text: Words.t["help.call"]
        onTapped: Kiosk.callStaff()
    }
    KButton {
        objectName: "goToCounter"
        visible: help.called
        width: parent.width
        height: Math.max(implicitHeight, 120 * Theme.u)
        icon: "counter"
        textSize: Theme.textLead
        text: Words.t["help.counter"]
        onTapped: Kiosk.goToCounter()
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
