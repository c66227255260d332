import QtQuick
import KioskItems
import "../components"

// The camera looks for the code of a JKN card.
ScreenFrame {
    id: screen

    title: Words.t["card.title"]
    subtitle: Words.t["card.subtitle"]
    wordsShare: 0.4
    actions.secondaryName: "typeInstead"
    actions.secondaryIcon: "keypad"
    actions.secondaryText: Words.t["card.type_instead"]
    actions.onSecondaryTapped: Kiosk.card.typeInstead()
    belowItems: [
        Tip {
            visible: !Theme.portrait
            width: parent.width
            icon: "card"
            text: Words.t["card.tip_distance"]
        },
        Tip {
            visible: !Theme.portrait && !screen.tight
            width: parent.width
            icon: "light"
            text: Words.t["card.tip_light"]
        },
        Tip {
            visible: !Theme.portrait && !Theme.largeText
            width: parent.width
            icon: "clock"
            text: Words.t["card.tip_still"]
        }
    ]

    CameraView {
        id: camera

        anchors.horizontalCenter: parent.horizontalCenter
        width: Math.min(parent.width, 1.3 * (parent.height - (Theme.portrait ? tips.height + 130 * Theme.u : 90 * Theme.u)))
        height: width / 1.3
        oval: false
        mirrored: false
        stroke: 10 * Theme.u
        ring: Theme.edge
        ground: Theme.highContrast ? Theme.surface : Theme.line
        feed: Camera
        Component.onDestruction: feed = null

        // the aim: four corners
        Repeater {
            model: 4

            Item {
                required property int index
                readonly property real arm: 76 * Theme.u
                readonly property real thick: Math.round(10 * Theme.u)
                readonly property bool rightSide: index % 2 === 1
                readonly property bool lower: index > 1

                width: arm
                height: arm
                x: rightSide ? camera.width * 0.86 - arm : camera.width * 0.14
                y: lower ? camera.height * 0.86 - arm : camera.height * 0.14

                Rectangle {
                    width: parent.arm
                    height: parent.thick
                    radius: height / 2
                    y: parent.lower ? parent.arm - height : 0
                    color: Theme.badge
                }
                Rectangle {
                    width: parent.thick
                    height: parent.arm
                    radius: width / 2
                    x: parent.rightSide ? parent.arm - width : 0
                    color: Theme.badge
                }
            }
        }
        Icon {
            visible: !Camera.live
            anchors.centerIn: parent
            name: "camera"
            tint: Theme.highContrast ? Theme.goPressed : Theme.muted
            side: 120 * Theme.u
        }
    }
    Row {
        id: state

        anchors.top: camera.bottom
        anchors.topMargin: 24 * Theme.u
        anchors.horizontalCenter: parent.horizontalCenter
        spacing: 20 * Theme.u

        Spinner {
            side: 44 * Theme.u
            anchors.verticalCenter: parent.verticalCenter
        }
        KText {
            text: Camera.live ? Words.t["card.searching"] : Words.t["card.camera_off"]
            strong: true
            color: Theme.onGoSoft
        }
    }
    Column {
        id: tips

        visible: Theme.portrait
        anchors.top: state.bottom
        anchors.topMargin: 32 * Theme.u
        width: parent.width
        spacing: 18 * Theme.u

        Tip {
            width: parent.width
            icon: "card"
            text: Words.t["card.tip_distance"]
        }
        Tip {
            width: parent.width
            icon: "light"
            text: Words.t["card.tip_light"]
        }
        Tip {
            width: parent.width
            icon: "clock"
            text: Words.t["card.tip_still"]
        }
    }
}
