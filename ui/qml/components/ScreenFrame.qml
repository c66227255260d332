import QtQuick

// Every screen: words first, then what to use, then the action row. Portrait stacks them, landscape
// puts words left and use right; the action row stays where it is.
Item {
    id: frame

    property string title: ""
    property string subtitle: ""
    property var owner: Kiosk // whose notice and way back: the participant's or the staff's
    property string notice: owner.notice
    property string noticeKind: owner.noticeKind
    property bool centred: false
    property real wordsShare: 0.46 // of the width, in landscape
    property bool heroBeside: false // in landscape what is used reaches down beside a row that has its button on the left
    default property alias heroItems: hero.data
    property alias belowItems: below.data
    property alias actions: actionRow
    readonly property alias hero: hero
    // what is free under the words, in landscape
    readonly property real wordsRoom: Theme.portrait ? 0 : actionRow.y - words.y - words.height - 48 * Theme.u
    readonly property real wordsEnd: words.y + words.height
    property alias underItems: beneath.data
    readonly property real side: (Theme.portrait ? 64 : 72) * Theme.u
    readonly property bool tight: Theme.largeText && notice !== ""

    anchors.fill: parent

    Column {
        id: words

        x: frame.side
        y: (Theme.portrait ? 44 : 36) * Theme.u
        width: Theme.portrait || frame.centred ? parent.width - 2 * frame.side : Math.round(parent.width * frame.wordsShare) - frame.side
        spacing: (Theme.largeText ? 14 : 20) * Theme.u

        KText {
            width: parent.width
            visible: text !== ""
            text: frame.title
            font.pixelSize: Theme.textTitle
            font.weight: Font.Bold
            lineHeight: 0.98
            horizontalAlignment: frame.centred ? Text.AlignHCenter : Text.AlignLeft
            Accessible.role: Accessible.Heading
        }
        KText {
            width: parent.width
            visible: text !== "" && !frame.tight
            text: frame.subtitle
            color: Theme.muted
            horizontalAlignment: frame.centred ? Text.AlignHCenter : Text.AlignLeft
        }
        NoticeBox {
            width: parent.width
            text: frame.notice
            kind: frame.noticeKind
        }
        Column {
            id: below

            width: parent.width
            topPadding: (Theme.portrait ? 4 : 12) * Theme.u
            spacing: 18 * Theme.u
        }
    }
    Item {
        id: hero

        readonly property bool under: Theme.portrait || frame.centred

        x: under ? frame.side : Math.round(frame.width * frame.wordsShare) + 48 * Theme.u
        y: under ? words.y + words.height + 24 * Theme.u : 32 * Theme.u
        width: frame.width - x - frame.side
        height: (frame.heroBeside && !under ? frame.height : actionRow.y) - y - 28 * Theme.u
    }
    Item {
        id: beneath

        visible: !Theme.portrait && !frame.centred
        x: words.x
        y: words.y + words.height + 24 * Theme.u
        width: words.width
        height: Math.max(0, frame.wordsRoom)
    }
    ActionRow {
        id: actionRow

        x: frame.side
        width: parent.width - 2 * frame.side
        y: parent.height - height - (Theme.portrait ? 36 : 24) * Theme.u
        backShown: frame.owner.mayGoBack
        onBackTapped: frame.owner.back()
    }
}
