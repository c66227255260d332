import QtQuick
import "../components"

// The number that was read, whole and large: only the person can compare it with the card. It goes with the screen.
ScreenFrame {
    id: screen

    title: Words.t["ktp_check.title"]
    subtitle: Words.t["ktp_check.subtitle"]
    centred: Theme.portrait
    wordsShare: 0.42
    actions.equal: true
    actions.primaryName: "readingRight"
    actions.primaryIcon: "check"
    actions.primaryText: Words.t["ktp_check.yes"]
    actions.secondaryName: "readingWrong"
    actions.secondaryIcon: "close"
    actions.secondaryText: Words.t["ktp_check.no"]
    actions.onPrimaryTapped: Kiosk.ktpCheck.right()
    actions.onSecondaryTapped: Kiosk.ktpCheck.wrong()

    Rectangle {
        id: card

        readonly property real place: (Theme.portrait && !Theme.largeText ? 90 : 76) * Theme.u // of a digit

        anchors.horizontalCenter: parent.horizontalCenter
        y: Math.max(0, (parent.height - height - own.height - own.anchors.topMargin) * 0.4)
        width: Math.min(parent.width, 952 * Theme.u)
        height: lines.height + (Theme.largeText ? 48 : 88) * Theme.u
        radius: 48 * Theme.u
        color: Theme.surface
        border.width: Theme.edgeWidth
        border.color: Theme.line

        Column {
            id: lines

            anchors.centerIn: parent
            width: parent.width - 80 * Theme.u
            spacing: 24 * Theme.u

            Repeater {
                model: 2

                NumberDisplay {
                    required property int index

                    anchors.horizontalCenter: parent ? parent.horizontalCenter : undefined
                    largest: card.place
                    width: Math.min(lines.width, wanted)
                    groups: [4, 4]
                    digits: Kiosk.ktpCheck.digits.slice(8 * index, 8 * index + 8)
                    spoken: index === 0 ? Kiosk.ktpCheck.spoken : ""
                }
            }
            KText {
                width: parent.width
                visible: text !== ""
                horizontalAlignment: Text.AlignHCenter
                text: Kiosk.ktpCheck.region
                font.pixelSize: Theme.largeText ? Theme.textSmall : Theme.textBody
                color: Theme.muted
            }
        }
    }
    KButton {
        id: own

        objectName: "typeNik"
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.top: card.bottom
        anchors.topMargin: (Theme.largeText ? 24 : 36) * Theme.u
        width: Math.min(parent.width, Math.max(560 * Theme.u, implicitWidth))
        height: Math.max(implicitHeight, 112 * Theme.u)
        icon: "keypad"
        text: Words.t["ktp_check.type_instead"]
        onTapped: Kiosk.ktpCheck.typeNik()
    }
}
