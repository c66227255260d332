import QtQuick
import "../components"

// Running, passed or not: icon and word, then what to do.
Rectangle {
    id: verdict

    readonly property bool running: Staff.test.running
    readonly property bool passed: Staff.test.passed
    readonly property color ink: running ? Theme.onInfoSoft : passed ? Theme.onGoSoft : Theme.onLookSoft

    implicitHeight: lines.height + (Theme.largeText ? 32 : 56) * Theme.u
    height: implicitHeight
    radius: 36 * Theme.u
    color: running ? Theme.infoSoft : passed ? Theme.goSoft : Theme.lookSoft
    border.width: Theme.highContrast ? Theme.edgeWidth : 0
    border.color: Theme.line

    Column {
        id: lines

        anchors.centerIn: parent
        width: parent.width - 72 * Theme.u
        spacing: (Theme.largeText ? 8 : 16) * Theme.u

        Row {
            width: parent.width
            spacing: 20 * Theme.u

            Spinner {
                visible: verdict.running
                side: 56 * Theme.u
                anchors.verticalCenter: parent.verticalCenter
            }
            Icon {
                visible: !verdict.running
                name: verdict.passed ? "check" : "look"
                tint: verdict.ink
                side: 56 * Theme.u
                anchors.verticalCenter: parent.verticalCenter
            }
            KText {
                width: parent.width - 76 * Theme.u
                anchors.verticalCenter: parent.verticalCenter
                text: Staff.test.verdict
                strong: true
                color: verdict.ink
                font.pixelSize: Theme.textLead
                Accessible.role: Accessible.AlertMessage
            }
        }
        KText {
            width: parent.width
            visible: text !== ""
            text: Staff.test.reason
            color: verdict.ink
        }
    }
}
