import QtQuick
import "../components"

// Badge before scanner or camera, or the username by hand. For the second person also what is being signed.
StaffFrame {
    id: screen

    title: Staff.signIn.title
    subtitle: Staff.signIn.subtitle
    notice: Staff.signIn.hint !== "" ? Staff.signIn.hint : Staff.notice
    wordsShare: 0.4
    actions.primaryName: "submitUsername"
    actions.primaryText: Words.t["common.next"]
    actions.onPrimaryTapped: Staff.signIn.submitUsername()
    belowItems: NoticeBox {
        width: parent.width
        kind: "info"
        icon: "staff"
        text: screen.tight && !Theme.portrait ? "" : Staff.signIn.signs // said again with PIN and code
        textSize: Theme.portrait && !Theme.largeText ? Theme.textBody : Theme.textSmall
    }

    Rectangle {
        id: name

        readonly property real wide: parent.width + (Theme.portrait ? 56 * Theme.u : 0)

        x: (parent.width - width) / 2
        width: wide
        // kept from below, so that the keys stay where they are when a notice comes
        y: Theme.portrait ? Math.max(0, parent.height - height - 36 * Theme.u - board.height - 96 * Theme.u) : 0
        height: Math.round(104 * Theme.u)
        radius: 18 * Theme.u
        color: Theme.surface
        border.width: 2 * Theme.edgeWidth
        border.color: Theme.go
        Accessible.role: Accessible.StaticText
        Accessible.name: Staff.signIn.usernameSpoken

        Icon {
            id: badge

            x: 28 * Theme.u
            anchors.verticalCenter: parent.verticalCenter
            name: "alone"
            tint: Theme.onGoSoft
            side: 52 * Theme.u
        }
        KText {
            anchors.left: badge.right
            anchors.leftMargin: 20 * Theme.u
            anchors.right: parent.right
            anchors.rightMargin: 28 * Theme.u
            height: parent.height
            verticalAlignment: Text.AlignVCenter
            spoken: false
            text: Staff.signIn.username !== "" ? Staff.signIn.username : Words.t["staff.sign_in.name_empty"]
            strong: Staff.signIn.username !== ""
            color: Staff.signIn.username !== "" ? Theme.ink : Theme.muted
            font.pixelSize: Staff.signIn.username !== "" ? Math.round(48 * Theme.u) : Math.min(Theme.textBody, Math.round(44 * Theme.u))
            fontSizeMode: Text.HorizontalFit
            minimumPixelSize: Math.round(24 * Theme.u)
            wrapMode: Text.NoWrap
        }
    }
    Keyboard {
        id: board

        readonly property real room: parent.height - name.height - 24 * Theme.u

        x: name.x
        width: name.width
        height: Math.min(room, lines * 136 * Theme.u + (lines - 1) * gap)
        anchors.top: name.bottom
        anchors.topMargin: (Theme.portrait ? 36 : 24) * Theme.u
        onPressed: letter => Staff.signIn.typeLetter(letter)
        onErased: Staff.signIn.eraseLetter()
    }
}
