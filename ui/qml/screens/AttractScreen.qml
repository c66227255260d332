import QtQuick
import "../components"

// Beranda: what this is, how long, what to bring, one big start.
Item {
    id: screen

    readonly property real side: (Theme.portrait ? 64 : 72) * Theme.u
    readonly property string news: !Kiosk.attract.offered ? Kiosk.attract.reason : Kiosk.notice !== "" ? Kiosk.notice : Kiosk.attract.news
    readonly property bool told: news !== ""
    readonly property bool roomy: !(Theme.largeText && !Theme.portrait)

    Rectangle {
        id: picture

        readonly property real gap: Theme.portrait ? 40 * Theme.u : 36 * Theme.u

        x: Theme.portrait ? screen.side : parent.width * 0.54
        y: gap
        width: parent.width - x - screen.side
        height: Theme.portrait ? Math.max(0, Math.min(620 * Theme.u, actions.y - words.height - bring.height - 150 * Theme.u)) : bring.y - y - 32 * Theme.u
        radius: 44 * Theme.u
        color: Theme.goSoft
        visible: !Theme.highContrast && height > 260 * Theme.u
        clip: true

        Image {
            anchors.fill: parent
            anchors.margins: 20 * Theme.u
            source: "../../../resources/icons/welcome.svg"
            sourceSize: Qt.size(Math.max(1, Math.round(width)), Math.max(1, Math.round(height)))
            fillMode: Image.PreserveAspectFit
            Accessible.ignored: true
        }
    }
    Column {
        id: words

        x: screen.side
        y: Theme.portrait ? (picture.visible ? picture.y + picture.height + 44 * Theme.u : 56 * Theme.u)
            : Math.max(36 * Theme.u, (bring.y - height) / 2)
        width: Theme.portrait || !picture.visible ? parent.width - 2 * x : parent.width * 0.54 - x - 56 * Theme.u
        spacing: (Theme.largeText ? 18 : 26) * Theme.u

        KText {
            width: parent.width
            text: Words.t["attract.title"]
            font.pixelSize: Math.round(Theme.textTitle * (Theme.largeText ? (screen.told && !Theme.portrait ? 0.85 : 1) : Theme.portrait ? 1.4 : 1.22))
            font.weight: Font.Bold
            lineHeight: 0.96
            Accessible.role: Accessible.Heading
        }
        Rectangle {
            visible: screen.roomy || !screen.told
            width: pill.width + 56 * Theme.u
            height: pill.height + 28 * Theme.u
            radius: height / 2
            color: Theme.goSoft
            border.width: Theme.highContrast ? Theme.edgeWidth : 0
            border.color: Theme.line

            Row {
                id: pill

                anchors.centerIn: parent
                spacing: 16 * Theme.u

                Icon {
                    name: "clock"
                    tint: Theme.onGoSoft
                    side: 44 * Theme.u
                    anchors.verticalCenter: parent.verticalCenter
                }
                KText {
                    text: Words.t["attract.lead"]
                    color: Theme.onGoSoft
                    strong: true
                    font.pixelSize: Theme.textLead
                }
            }
        }
        NoticeBox {
            width: parent.width
            text: screen.news
            kind: Kiosk.attract.offered ? "info" : "look"
            textSize: screen.roomy ? Theme.textBody : Theme.textSmall
        }
        KText {
            width: parent.width
            visible: !screen.told && screen.roomy
            text: Words.t["attract.intro"]
            color: Theme.muted
            font.pixelSize: Theme.textBody
        }
        KText {
            width: parent.width
            visible: Theme.portrait && screen.roomy && !screen.told
            text: Words.t["attract.staff"]
            color: Theme.muted
        }
    }
    Rectangle {
        id: bring

        x: screen.side
        y: actions.y - height - (Theme.portrait ? 36 : 28) * Theme.u
        width: parent.width - 2 * x
        height: list.height + (Theme.portrait ? 64 : 44) * Theme.u
        radius: 36 * Theme.u
        color: Theme.surface
        border.width: Theme.edgeWidth
        border.color: Theme.line

        Column {
            id: list

            x: 40 * Theme.u
            y: (Theme.portrait ? 32 : 20) * Theme.u
            width: parent.width - 2 * x
            spacing: (Theme.portrait ? 18 : 10) * Theme.u

            KText {
                width: parent.width
                text: Words.t["attract.bring"]
                strong: true
                font.pixelSize: Theme.portrait ? Theme.textLead : Theme.textBody
            }
            Grid {
                id: grid

                readonly property real columnWidth: Math.floor((width - (columns - 1) * columnSpacing) / columns)

                width: parent.width
                columns: Theme.portrait ? 1 : 3
                columnSpacing: 32 * Theme.u
                rowSpacing: 18 * Theme.u
                verticalItemAlignment: Grid.AlignVCenter

                Tip {
                    width: grid.columnWidth
                    icon: "id"
                    text: Words.t["attract.bring_identity"]
                }
                Tip {
                    width: grid.columnWidth
                    icon: "phone"
                    text: Words.t["attract.bring_phone"]
                }
                Tip {
                    width: grid.columnWidth
                    icon: "face"
                    text: Words.t["attract.bring_face"]
                }
            }
        }
    }
    KText {
        visible: !Theme.portrait && screen.roomy
        x: screen.side
        width: actions.width - 780 * Theme.u
        anchors.verticalCenter: actions.verticalCenter
        text: Words.t["attract.staff"]
        color: Theme.muted
    }
    ActionRow {
        id: actions

        x: screen.side
        width: parent.width - 2 * screen.side
        y: parent.height - height - (Theme.portrait ? 36 : 24) * Theme.u
        primaryName: "startButton"
        primaryText: Words.t["attract.start"]
        primaryEnabled: Kiosk.attract.offered
        onPrimaryTapped: Kiosk.attract.start()
    }
}
