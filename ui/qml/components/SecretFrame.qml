import QtQuick

// The code and the PIN look and work the same: warning, hidden boxes, keys that can be shuffled.
ScreenFrame {
    id: screen

    property var vm
    property string warning: ""
    property string boxesName: ""
    property string busyText: ""
    property string seen: "" // digits that may be read; empty keeps them hidden

    wordsShare: 0.48
    actions.note: warning

    CodeBoxes {
        id: boxes

        anchors.horizontalCenter: parent.horizontalCenter
        width: Math.min(parent.width, length * 104 * Theme.u + (length - 1) * spacing)
        length: screen.vm.length
        count: screen.vm.count
        seen: screen.seen
        spoken: screen.boxesName + ". " + screen.vm.spoken
        opacity: screen.vm.busy ? 0.35 : 1
    }
    Row {
        visible: screen.vm.busy
        anchors.centerIn: boxes
        spacing: 20 * Theme.u

        Rectangle {
            width: busyRow.width + 48 * Theme.u
            height: boxes.height
            radius: 18 * Theme.u
            color: Theme.surface
            border.width: Theme.edgeWidth
            border.color: Theme.line

            Row {
                id: busyRow

                anchors.centerIn: parent
                spacing: 20 * Theme.u

                Spinner {
                    side: 56 * Theme.u
                    anchors.verticalCenter: parent.verticalCenter
                }
                KText {
                    anchors.verticalCenter: parent.verticalCenter
                    text: screen.vm.busy ? screen.busyText : ""
                    strong: true
                }
            }
        }
    }
    Keypad {
        anchors.top: boxes.bottom
        anchors.topMargin: (Theme.portrait ? 32 : 24) * Theme.u
        anchors.bottom: caution.visible ? caution.top : parent.bottom
        anchors.bottomMargin: caution.visible ? 28 * Theme.u : 0
        width: parent.width
        enabled: !screen.vm.busy
        order: screen.vm.order
        shuffles: true
        onPressed: digit => screen.vm.press(digit)
        onErased: screen.vm.erase()
        onShuffled: screen.vm.shuffle()
    }
    NoticeBox {
        id: caution

        visible: text !== ""
        anchors.bottom: parent.bottom
        width: parent.width
        kind: "info"
        icon: "shield"
        text: screen.actions.noteShown ? "" : screen.warning
        textSize: Theme.textSmall
    }
}
