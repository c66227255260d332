import QtQuick
import KioskItems
import "../components"

// The oval camera is the hero: one hint under it, the movement as icon and word, a ring of progress.
ScreenFrame {
    id: screen

    readonly property bool ready: Kiosk.face.ready
    readonly property bool busy: Kiosk.waiting.active
    readonly property bool moving: Kiosk.face.running && Kiosk.face.allMovements > 0
    readonly property bool coloured: Kiosk.face.lightOffered && !Theme.highContrast // a dress with its own colours keeps them
    readonly property bool short: !Theme.portrait && Theme.largeText && moving // no room for what the dots say as well
    readonly property bool tipsBelow: Theme.portrait && ready && notice === "" && !Theme.largeText

    title: busy || Kiosk.face.stuck ? Kiosk.waiting.title : ready ? Words.t[Kiosk.face.capturing ? "defer_face.title" : "face.title"] : Words.t["face.title_running"]
    subtitle: busy ? Kiosk.waiting.text : notice !== "" ? "" : ready ? Words.t[(Kiosk.face.capturing ? "defer_" : "") + (coloured ? "face.subtitle_light" : "face.subtitle")] : short ? "" : Kiosk.face.movesText
    heroBeside: Kiosk.face.running
    wordsShare: 0.44
    actions.primaryName: Kiosk.face.stuck ? "retryButton" : "beginFace"
    actions.primaryIcon: Kiosk.face.stuck || Kiosk.face.again ? "retry" : "next"
    actions.primaryText: Kiosk.face.stuck ? Words.t["common.retry"]
        : !ready ? "" : Kiosk.face.again ? Words.t["face.begin_again"] : Words.t["face.begin"]
    actions.onPrimaryTapped: Kiosk.face.stuck ? Kiosk.face.retry() : coloured ? Kiosk.face.begin() : Kiosk.face.beginWithoutLight()
    // the row keeps its place while an attempt runs, so that the oval does not jump with the button
    actions.reserved: Kiosk.face.running
    actions.secondaryName: ready ? "without_light" : "other_movement"
    actions.secondaryIcon: ready ? "contrast" : "shuffle"
    actions.secondaryText: Kiosk.face.mayDecline ? Words.t["face.other_movement"] : ready && coloured ? Words.t["face.without_light"] : ""
    actions.onSecondaryTapped: ready ? Kiosk.face.beginWithoutLight() : Kiosk.face.otherMovement()
    actions.note: Theme.portrait && moving ? Words.t["face.help"] : ""
    actions.noteIcon: "help"
    belowItems: [
        KText {
            width: parent.width
            visible: text !== "" && !Theme.portrait && !screen.tight && !screen.short
            text: screen.busy || Kiosk.face.stuck ? "" : Kiosk.face.attemptText
            color: Theme.muted
        },
        Tip {
            visible: !Theme.portrait && screen.ready && !screen.tight
            width: parent.width
            icon: "mask"
            text: Words.t["face.tip_mask"]
        },
        Tip {
            visible: !Theme.portrait && screen.ready && !screen.tight && !Theme.largeText
            width: parent.width
            icon: "light"
            text: Words.t["face.tip_light"]
        },
        Tip {
            visible: !Theme.portrait && screen.ready && !screen.tight && !Theme.largeText
            width: parent.width
            icon: "alone"
            text: Words.t["face.tip_alone"]
        },
        MovementCard {
            visible: !Theme.portrait && screen.moving
            width: parent.width
        },
        KText {
            width: parent.width
            visible: !Theme.portrait && screen.moving
            text: Words.t["face.help"]
            color: Theme.muted
        },
        KText {
            width: parent.width
            visible: !Theme.portrait && screen.busy && !Kiosk.face.matched
            text: Kiosk.waiting.about
            color: Theme.muted
        }
    ]

    Rectangle {
        objectName: "screenLight"
        visible: opacity > 0
        opacity: Kiosk.face.lit ? 1 : 0
        x: Theme.portrait ? -screen.side : 0
        y: -(Theme.portrait ? 14 : 32) * Theme.u
        width: Theme.portrait ? screen.width : parent.width + screen.side
        height: camera.height + 14 * Theme.u - y
        color: Kiosk.face.light

        Behavior on color {
            enabled: Theme.motion

            ColorAnimation { duration: 66 } // one frame of the camera to the next; the fade itself is the plan's
        }
        Behavior on opacity {
            enabled: Theme.motion

            NumberAnimation { duration: 200 }
        }
    }
    CameraView {
        id: camera

        readonly property real below: hint.height + (movement.visible ? movement.height + 24 * Theme.u : 0)
            + (screen.tipsBelow ? tips.height + 32 * Theme.u : 0) + 40 * Theme.u

        anchors.horizontalCenter: parent.horizontalCenter
        height: Math.max(0, Math.min(parent.height - below, 900 * Theme.u))
        width: Math.min(parent.width, height * 0.78)
        stroke: 14 * Theme.u
        ring: Theme.edge
        ground: Theme.highContrast ? Theme.surface : Theme.line
        doneColour: Theme.go
        steps: Kiosk.face.allMovements
        done: Kiosk.face.doneMovements
        feed: Camera
        Component.onDestruction: feed = null

        Icon {
            visible: !Camera.live && !screen.busy
            anchors.centerIn: parent
            name: "alone"
            tint: Theme.highContrast ? Theme.goPressed : Theme.muted
            side: parent.width * 0.42
        }
        Rectangle {
            visible: Kiosk.face.matched
            anchors.centerIn: parent
            width: parent.width * 0.46
            height: width
            radius: width / 2
            color: Theme.go

            Icon {
                anchors.centerIn: parent
                name: "check"
                tint: Theme.onGo
                side: parent.width * 0.58
            }
        }
        Spinner {
            visible: screen.busy && !Kiosk.face.matched
            anchors.centerIn: parent
            side: parent.width * 0.4
        }
    }
    KText {
        id: hint

        anchors.top: camera.bottom
        anchors.topMargin: 20 * Theme.u
        width: parent.width
        // the place of two lines stays reserved, so that the oval does not jump with the words
        height: (screen.tipsBelow || (!Theme.portrait && screen.ready)) && text === "" ? 12 * Theme.u : font.pixelSize * (Theme.largeText && Theme.portrait ? 3.8 : 2.6)
        horizontalAlignment: Text.AlignHCenter
        font.pixelSize: Theme.largeText && !Theme.portrait ? Theme.textBody : Theme.textLead
        strong: true
        color: Theme.onGoSoft
        text: Kiosk.face.running ? (Kiosk.face.hint !== "" ? Kiosk.face.hint : Camera.live ? "" : Words.t["face.camera_off"])
            : Kiosk.face.matched ? Words.t["face.glasses_back"]
            : screen.busy && Theme.portrait ? Kiosk.waiting.about
            : Theme.portrait ? Kiosk.face.attemptText : ""
        Accessible.role: Accessible.AlertMessage
    }
    MovementCard {
        id: movement

        visible: Theme.portrait && screen.moving
        anchors.top: hint.bottom
        anchors.topMargin: 24 * Theme.u
        width: parent.width
    }
    Column {
        id: tips

        visible: screen.tipsBelow
        anchors.top: hint.bottom
        width: parent.width
        spacing: 18 * Theme.u

        Tip {
            width: parent.width
            icon: "mask"
            text: Words.t["face.tip_mask"]
        }
        Tip {
            width: parent.width
            icon: "light"
            text: Words.t["face.tip_light"]
        }
        Tip {
            width: parent.width
            icon: "alone"
            text: Words.t["face.tip_alone"]
        }
    }
}
