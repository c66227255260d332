import QtQuick

// The number instead of a story, big enough to be read out from a step away.
Rectangle {
    id: box

    property string number: ""
    property bool hinted: true
    property bool small: false

    height: lines.height + (Theme.largeText || small ? 44 : Theme.portrait ? 112 : 72) * Theme.u
    radius: 40 * Theme.u
    color: Theme.surface
    border.width: Theme.edgeWidth
    border.color: Theme.line

    Column {
        id: lines

        anchors.centerIn: parent
        width: parent.width - 72 * Theme.u
        spacing: 8 * Theme.u

        KText {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: Words.t["ended.case"]
            color: Theme.muted
        }
        KText {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: box.number
            font.pixelSize: Math.round((box.small ? 72 : box.number.length > 9 ? (Theme.portrait ? 84 : 72) : Theme.portrait ? 112 : 96) * Theme.u)
            font.weight: Font.Bold
            font.letterSpacing: 6 * Theme.u
            wrapMode: Text.NoWrap
        }
        KText {
            width: parent.width
            visible: box.hinted
            horizontalAlignment: Text.AlignHCenter
            text: Words.t["ended.case_hint"]
            color: Theme.muted
        }
    }
}
