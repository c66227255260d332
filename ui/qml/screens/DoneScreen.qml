pragma ComponentBehavior: Bound

import QtQuick
import KioskItems
import "../components"

// Verified, or waiting for the centre: what it is, what it unlocks, and proof to take away.
Item {
    id: screen

    readonly property real side: (Theme.portrait ? 64 : 72) * Theme.u
    readonly property bool verified: Kiosk.done.verified
    readonly property color ink: verified ? Theme.onGo : Theme.onLookSoft
    readonly property bool tight: Theme.largeText

    Rectangle {
        id: result

        x: screen.side
        y: (Theme.portrait ? 40 : 32) * Theme.u
        width: Theme.portrait ? parent.width - 2 * x : parent.width * 0.5 - x - 20 * Theme.u
        height: Theme.portrait ? words.height + (screen.tight ? 64 : 88) * Theme.u : Math.max(words.height + 72 * Theme.u, unlocks.visible ? 0 : actions.y - y - 32 * Theme.u - (news.empty ? 0 : news.height + 24 * Theme.u))
        radius: 44 * Theme.u
        color: screen.verified ? Theme.go : Theme.lookSoft
        border.width: Theme.highContrast ? Theme.edgeWidth : 0
        border.color: Theme.line

        Column {
            id: words

            x: 48 * Theme.u
            width: parent.width - 2 * x
            anchors.verticalCenter: parent.verticalCenter
            spacing: (screen.tight ? 14 : 22) * Theme.u

            Row {
                width: parent.width
                spacing: 28 * Theme.u

                Rectangle {
                    id: seal

                    width: Math.round((Theme.portrait && !screen.tight ? 128 : 96) * Theme.u)
                    height: width
                    radius: width / 2
                    anchors.verticalCenter: parent.verticalCenter
                    color: screen.verified ? Theme.onGo : Theme.surface

                    Icon {
                        anchors.centerIn: parent
                        name: screen.verified ? "verified" : "clock"
                        tint: screen.verified ? Theme.go : Theme.onLookSoft
                        side: parent.width * 0.62
                    }
                }
                KText {
                    width: parent.width - seal.width - parent.spacing
                    anchors.verticalCenter: parent.verticalCenter
                    text: Kiosk.done.status
                    color: screen.ink
                    font.pixelSize: Math.round(Theme.textTitle * (screen.verified && !screen.tight ? 1.25 : 1))
                    font.weight: Font.Bold
                    lineHeight: 0.96
                    Accessible.role: Accessible.Heading
                }
            }
            KText {
                width: parent.width
                text: Kiosk.done.title
                color: screen.ink
                strong: true
                font.pixelSize: Theme.textLead
            }
            KText {
                width: parent.width
                text: Kiosk.done.text
                color: screen.ink
            }
        }
    }
    Column {
        id: news

        readonly property bool empty: Kiosk.done.membership === "" && Kiosk.done.updates === ""
        readonly property bool both: Kiosk.done.membership !== "" && Kiosk.done.updates !== ""
        readonly property real textSize: Theme.largeText || both ? Theme.textSmall : Theme.textBody

        x: screen.side
        anchors.top: result.bottom
        anchors.topMargin: empty ? 0 : 24 * Theme.u
        width: result.width
        spacing: 16 * Theme.u

        NoticeBox {
            width: parent.width
            text: Kiosk.done.membership
            textSize: news.textSize
        }
        NoticeBox {
            objectName: "dataUpdates"
            width: parent.width
            kind: "info"
            text: Kiosk.done.updates
            textSize: news.textSize
        }
    }
    Item {
        id: unlocks

        readonly property bool fits: Theme.portrait || !screen.tight

        visible: Kiosk.done.unlocks !== "" && (fits && news.empty || (Theme.portrait && !screen.tight && !news.both))
        x: screen.side
        anchors.top: news.bottom
        anchors.topMargin: 32 * Theme.u
        width: result.width
        height: visible ? heading.height + 20 * Theme.u + tiles.height : 0

        KText {
            id: heading

            width: parent.width
            text: Kiosk.done.unlocks
            strong: true
        }
        Row {
            id: tiles

            readonly property var entries: [
                {icon: "queue", text: Words.t["done.unlock_queue"]},
                {icon: "doctor", text: Words.t["done.unlock_doctor"]},
                {icon: "claim", text: Words.t["done.unlock_claim"]}
            ]

            anchors.top: heading.bottom
            anchors.topMargin: 20 * Theme.u
            width: parent.width
            spacing: 20 * Theme.u

            Repeater {
                model: tiles.entries

                Rectangle {
                    id: tile

                    required property var modelData

                    width: (tiles.width - 40 * Theme.u) / 3
                    height: Math.max((!Theme.portrait ? 88 : Theme.largeText && screen.verified ? 120 : 96) * Theme.u + Theme.textSmall * 2.7,
                        Theme.portrait ? 0 : Math.min(240 * Theme.u, card.y + card.height - unlocks.y - tiles.y))
                    radius: 28 * Theme.u
                    color: Theme.surface
                    border.width: Theme.edgeWidth
                    border.color: Theme.line

                    Icon {
                        id: glyph

                        y: Math.max(24 * Theme.u, parent.height * 0.2)
                        anchors.horizontalCenter: parent.horizontalCenter
                        name: tile.modelData.icon
                        tint: Theme.onGoSoft
                        side: 60 * Theme.u
                    }
                    KText {
                        anchors.top: glyph.bottom
                        anchors.bottom: parent.bottom
                        x: 12 * Theme.u
                        width: parent.width - 2 * x
                        horizontalAlignment: Text.AlignHCenter
                        verticalAlignment: Text.AlignVCenter
                        text: tile.modelData.text
                        strong: true
                        lineHeight: 0.95
                        font.pixelSize: Theme.textSmall
                    }
                }
            }
        }
    }
    Rectangle {
        id: card

        objectName: "digitalCard"
        readonly property real upper: Theme.portrait ? (unlocks.visible ? unlocks.y + unlocks.height : news.y + news.height) + 32 * Theme.u : 32 * Theme.u

        x: Theme.portrait ? screen.side : parent.width * 0.5 + 20 * Theme.u
        y: upper
        width: Theme.portrait ? parent.width - 2 * x : parent.width - x - screen.side
        height: Math.max(0, actions.y - y - 32 * Theme.u)
        radius: 44 * Theme.u
        color: Theme.surface
        border.width: Theme.edgeWidth
        border.color: Theme.line
        clip: true

        Rectangle {
            id: strip

            width: parent.width
            height: stripRow.height + 36 * Theme.u
            radius: parent.radius
            color: Theme.highContrast ? "transparent" : Theme.goSoft

            Rectangle {
                anchors.bottom: parent.bottom
                width: parent.width
                height: parent.radius
                color: parent.color
            }
            Row {
                id: stripRow

                x: 40 * Theme.u
                anchors.verticalCenter: parent.verticalCenter
                spacing: 16 * Theme.u

                Icon {
                    name: "mark"
                    tint: Theme.go
                    ground: Theme.onGo
                    side: 52 * Theme.u
                    anchors.verticalCenter: parent.verticalCenter
                }
                KText {
                    anchors.verticalCenter: parent.verticalCenter
                    text: Words.t["done.card"]
                    color: Theme.onGoSoft
                    strong: true
                }
            }
        }
        Column {
            id: facts

            objectName: "digitalCardFacts"
            anchors.left: parent.left
            anchors.leftMargin: 40 * Theme.u
            anchors.right: code.left
            anchors.rightMargin: 24 * Theme.u
            y: strip.height + Math.max(14 * Theme.u, (parent.height - strip.height - height) / 2)
            spacing: (Theme.largeText ? 8 : !Theme.portrait ? 12 : unlocks.visible && !news.empty ? 9 : 16) * Theme.u

            KText {
                width: parent.width
                text: Kiosk.done.name
                strong: true
                visible: text !== "" && !(Theme.largeText && !Theme.portrait)
            }
            Repeater {
                model: Kiosk.done.lines

                Column {
                    id: line

                    required property var modelData
                    required property int index

                    visible: !Theme.largeText || index < 2
                    width: facts.width

                    KText {
                        width: parent.width
                        text: line.modelData.label
                        color: Theme.muted
                        font.pixelSize: Math.round((Theme.portrait ? 26 : 24) * Theme.u * (Theme.largeText ? 1.3 : 1))
                    }
                    KText {
                        width: parent.width
                        text: line.modelData.value
                        strong: true
                        lineHeight: 0.95
                        font.pixelSize: Math.round((Theme.portrait ? 34 : 30) * Theme.u * (Theme.largeText ? 1.3 : 1))
                    }
                }
            }
        }
        QrItem {
            id: code

            anchors.right: parent.right
            anchors.rightMargin: 32 * Theme.u
            y: strip.height + Math.max(16 * Theme.u, (parent.height - strip.height - height - captionHeight - 12 * Theme.u) / 2)
            readonly property real captionHeight: Theme.largeText ? 0 : 24 * Theme.u * 1.28 * (Theme.portrait ? 2 : 3)
            width: Math.round(Math.max(10, Math.min(parent.width * 0.4, parent.height - strip.height - captionHeight - 52 * Theme.u)))
            height: width
            content: Kiosk.done.qr
            Accessible.role: Accessible.Graphic
            Accessible.name: Words.t["done.card_hint"]
        }
        KText {
            id: below

            anchors.top: code.bottom
            anchors.topMargin: 12 * Theme.u
            anchors.horizontalCenter: code.horizontalCenter
            width: code.width
            horizontalAlignment: Text.AlignHCenter
            spoken: false
            text: Theme.largeText ? "" : Words.t["done.card_hint"]
            font.pixelSize: Math.round(24 * Theme.u)
            color: Theme.muted
        }
    }
    ActionRow {
        id: actions

        x: screen.side
        width: parent.width - 2 * screen.side
        y: parent.height - height - (Theme.portrait ? 36 : 24) * Theme.u
        primaryName: "finishButton"
        primaryIcon: "check"
        primaryText: Words.t["common.finish"]
        onPrimaryTapped: Kiosk.done.finish()
    }
}
