import QtQuick
import "../components"

// Initials only: nobody behind reads a name.
ScreenFrame {
    title: Words.t["confirm.title"]
    subtitle: Words.t["confirm.subtitle"]
    centred: true
    actions.equal: true
    actions.primaryName: "confirmYes"
    actions.primaryIcon: "check"
    actions.primaryText: Words.t["confirm.yes"]
    actions.secondaryName: "confirmNo"
    actions.secondaryIcon: "close"
    actions.secondaryText: Words.t["confirm.no"]
    actions.onPrimaryTapped: Kiosk.confirm.yes()
    actions.onSecondaryTapped: Kiosk.confirm.no()

    Rectangle {
        anchors.centerIn: parent
        width: Math.min(parent.width, 860 * Theme.u)
        height: Math.min(parent.height, (Theme.portrait ? 520 : 380) * Theme.u)
        radius: 48 * Theme.u
        color: Theme.surface
        border.width: Theme.edgeWidth
        border.color: Theme.line

        Rectangle {
            id: person

            anchors.horizontalCenter: parent.horizontalCenter
            y: parent.height * 0.12
            width: Math.min(150 * Theme.u, parent.height * 0.32)
            height: width
            radius: width / 2
            color: Theme.goSoft

            Icon {
                anchors.centerIn: parent
                name: "alone"
                tint: Theme.onGoSoft
                side: parent.width * 0.56
            }
        }
        KText {
            anchors.top: person.bottom
            anchors.bottom: parent.bottom
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            verticalAlignment: Text.AlignVCenter
            text: Kiosk.confirm.initials
            font.pixelSize: Math.min(Theme.textHuge, parent.height * 0.36)
            font.weight: Font.Bold
            font.letterSpacing: 10 * Theme.u
            wrapMode: Text.NoWrap
            Accessible.name: Kiosk.confirm.spoken
        }
    }
}
