import QtQuick
import KioskItems
import "../components"

// The e-KTP in a frame of its own size: one hint under the picture, and how to hold the card.
ScreenFrame {
    id: screen

    readonly property string tone: Camera.live ? Kiosk.ktp.tone : "plain"

    title: Words.t["ktp.title"]
    subtitle: Words.t["ktp.subtitle"]
    wordsShare: 0.44
    heroBeside: true
    actions.secondaryName: "typeNik"
    actions.secondaryIcon: "keypad"
    actions.secondaryText: Words.t["ktp.type_instead"]
    actions.onSecondaryTapped: Kiosk.ktp.typeNik()
    underItems: Guide {
        drawing: "guide_ktp"
        room: screen.wordsRoom
        y: parent.height - height
    }

    CameraView {
        id: camera

        readonly property rect share: Kiosk.ktp.guide(pictureSize.width, pictureSize.height)
        readonly property rect place: Qt.rect(pictureRect.x + share.x * pictureRect.width,
            pictureRect.y + share.y * pictureRect.height, share.width * pictureRect.width, share.height * pictureRect.height)
        readonly property real below: hint.height + 24 * Theme.u

        anchors.horizontalCenter: parent.horizontalCenter
        height: Math.max(0, Math.min(parent.width / 1.35, parent.height - below))
        width: Math.min(parent.width, height * 1.78) // never flatter than the picture: all of the guide is seen
        oval: false
        mirrored: false
        stroke: 10 * Theme.u
        ring: Theme.edge
        ground: Theme.highContrast ? Theme.surface : Theme.line
        guide: place
        dim: Qt.alpha(Theme.scrim, Theme.highContrast ? 0.7 : 0.55)
        feed: Camera
        Component.onDestruction: feed = null

        Corners {
            objectName: "ktpGuide"
            x: camera.place.x
            y: camera.place.y
            width: camera.place.width
            height: camera.place.height
            tint: screen.tone === "good" ? Theme.go : screen.tone === "look" ? Theme.badge
                : Theme.highContrast ? Theme.ink : Theme.surface
        }
        Icon {
            visible: !Camera.live
            anchors.centerIn: parent
            name: "camera"
            tint: Theme.highContrast ? Theme.goPressed : Theme.surface
            side: 120 * Theme.u
        }
    }
    KtpHint {
        id: hint

        anchors.top: camera.bottom
        anchors.topMargin: 24 * Theme.u
        width: parent.width
    }
    Item {
        id: how

        readonly property real free: parent.height - hint.y - hint.height - 28 * Theme.u

        visible: Theme.portrait && free > 150 * Theme.u
        anchors.top: hint.bottom
        anchors.topMargin: 28 * Theme.u
        width: parent.width
        height: Math.max(0, free)

        Guide {
            id: drawing

            drawing: "guide_ktp"
            wanted: 400 * Theme.u
            room: how.free
        }
        Column {
            anchors.left: drawing.right
            anchors.leftMargin: 36 * Theme.u
            anchors.right: parent.right
            anchors.verticalCenter: drawing.verticalCenter
            visible: !Theme.largeText
            spacing: 14 * Theme.u

            Tip {
                width: parent.width
                side: 60 * Theme.u
                icon: "id"
                text: Words.t["ktp.tip_hold"]
            }
            Tip {
                width: parent.width
                side: 60 * Theme.u
                icon: "glare"
                text: Words.t["ktp.tip_glare"]
            }
        }
    }
}
