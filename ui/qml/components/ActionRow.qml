import QtQuick

// The one place of "go on": lowest row of every screen, back at the left, primary at the right.
Item {
    id: row

    property bool backShown: false
    property string primaryText: ""
    property string primaryName: ""
    property string primaryIcon: "next"
    property bool primaryEnabled: true
    property string secondaryText: ""
    property string secondaryName: ""
    property string secondaryIcon: ""
    property bool secondaryEnabled: true
    property bool piled: false // one above the other
    property string note: "" // said in the free part of the row
    property string noteIcon: "shield"
    property bool reserved: false // takes its place while there is nothing to press, too
    property bool equal: false // both answers have the same size
    readonly property bool empty: !backShown && primaryText === "" && secondaryText === "" && !noteShown
    readonly property bool both: primaryText !== "" && secondaryText !== ""
    readonly property bool stacked: both && (piled || Theme.portrait && Theme.largeText)
    readonly property bool noteShown: note !== "" && !both && (secondaryText === "" || !Theme.portrait)
    readonly property real gap: 20 * Theme.u
    readonly property real low: Math.round(Math.max(Theme.target, (Theme.portrait ? 136 : 112) * Theme.u))
    readonly property real tall: Math.max(low, primaryText !== "" ? primary.implicitHeight : 0, secondaryText !== "" ? secondary.implicitHeight : 0, noteShown ? caution.implicitHeight : 0)
    readonly property real start: backShown ? backWidth + gap : 0
    readonly property real backWidth: Math.round((Theme.largeText ? 208 : 176) * Theme.u)
    readonly property real rest: width - start
    readonly property real half: (rest - gap) / 2

    signal backTapped()
    signal primaryTapped()
    signal secondaryTapped()

    implicitHeight: empty && !reserved ? 0 : stacked ? 2 * tall + gap : tall
    height: implicitHeight

    KButton {
        objectName: "backButton"
        visible: row.backShown
        vertical: true
        width: row.backWidth
        height: row.tall
        y: row.height - height
        icon: "back"
        text: Words.t["common.back"]
        onTapped: row.backTapped()
    }
    KButton {
        id: secondary

        objectName: row.secondaryName
        visible: row.secondaryText !== ""
        x: row.start
        y: row.stacked ? row.tall + row.gap : 0
        width: row.stacked || (!row.both && Theme.portrait) ? row.rest : !row.both ? Math.min(row.half, Math.max(560 * Theme.u, implicitWidth)) : row.equal || Theme.portrait ? row.half : Math.min(row.half, implicitWidth + 80 * Theme.u)
        height: row.tall
        icon: row.secondaryIcon
        text: row.secondaryText
        enabled: row.secondaryEnabled
        textSize: row.equal ? primary.textSize : Theme.textBody
        onTapped: row.secondaryTapped()
    }
    NoticeBox {
        id: caution

        readonly property real from: secondary.visible ? secondary.x + secondary.width + row.gap : row.start

        visible: row.noteShown
        x: from
        width: row.width - from
        height: row.tall
        kind: "info"
        icon: row.noteIcon
        text: row.note
        textSize: Theme.portrait || Theme.largeText ? Theme.textSmall : Theme.textBody
    }
    KButton {
        id: primary

        readonly property real alone: Theme.portrait ? row.rest : Math.min(row.rest, Math.max(720 * Theme.u, implicitWidth))

        objectName: row.primaryName
        visible: row.primaryText !== ""
        kind: "primary"
        width: row.stacked && !row.equal ? row.width : row.stacked ? row.rest : !row.both ? alone : row.equal || Theme.portrait ? row.half : row.half
        x: row.width - width
        y: 0
        height: row.tall
        icon: row.primaryIcon
        iconLast: row.primaryIcon === "next"
        text: row.primaryText
        enabled: row.primaryEnabled
        onTapped: row.primaryTapped()
    }
}
