import QtQuick

// One of a few ways to go on: icon, what it is, what one needs for it.
KButtonBase {
    id: card

    property string icon: ""
    property string title: ""
    property string text: ""
    property bool snug: false

    implicitHeight: Math.max(Theme.target, tip.height + (snug ? 20 : 40) * Theme.u)
    spokenName: title + ". " + text

    Tip {
        id: tip

        anchors.left: parent.left
        anchors.leftMargin: 40 * Theme.u
        anchors.right: arrow.left
        anchors.rightMargin: 24 * Theme.u
        anchors.verticalCenter: parent.verticalCenter
        side: (card.snug ? 68 : Theme.portrait && !Theme.largeText ? 136 : 104) * Theme.u
        textSize: Theme.portrait && !Theme.largeText ? Theme.textLead : Theme.textBody
        icon: card.icon
        title: card.title
        text: card.text
    }
    Icon {
        id: arrow

        anchors.right: parent.right
        anchors.rightMargin: 40 * Theme.u
        anchors.verticalCenter: parent.verticalCenter
        name: "next"
        tint: Theme.onGoSoft
        side: 48 * Theme.u
    }
}
