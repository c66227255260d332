pragma ComponentBehavior: Bound

import QtQuick
import KioskItems

// The camera looks for a code, on a card or on a phone: the picture with a mark round the code, what is known of it,
// and how to hold it.
ScreenFrame {
    id: screen

    property var vm
    property string waitingForCamera: ""
    property var tips: [] // {icon, text}, the most helpful first

    wordsShare: 0.44
    heroBeside: true
    belowItems: Repeater {
        model: screen.tips

        Tip {
            required property var modelData
            required property int index

            visible: !Theme.portrait && (index === 0 || index === 1 && !screen.tight || !Theme.largeText)
            width: parent ? parent.width : 0
            icon: modelData.icon
            text: modelData.text
        }
    }

    CameraView {
        id: camera

        readonly property real edge: 10 * Theme.u
        readonly property real shape: pictureSize.width / pictureSize.height // all that the reader sees is on the screen

        anchors.horizontalCenter: parent.horizontalCenter
        width: Math.min(parent.width, shape * (parent.height - (Theme.portrait ? tips.height + 32 * Theme.u : 0) - line.height - 32 * Theme.u))
        height: width / shape
        oval: false
        mirrored: false
        stroke: edge
        ring: Theme.edge
        ground: Theme.highContrast ? Theme.surface : Theme.line
        feed: Camera
        Component.onDestruction: feed = null

        Corners {
            visible: !screen.vm.boxShown && !screen.vm.busy
            x: camera.width * 0.14
            y: camera.height * 0.14
            width: camera.width * 0.72
            height: camera.height * 0.72
        }
        Item {
            anchors.fill: parent
            anchors.margins: camera.edge
            clip: true

            CodeMark {
                objectName: "codeMark"
                visible: Camera.live && screen.vm.boxShown && !screen.vm.busy
                box: screen.vm.box
                picture: Qt.rect(camera.pictureRect.x - camera.edge, camera.pictureRect.y - camera.edge,
                    camera.pictureRect.width, camera.pictureRect.height)
                read: screen.vm.boxRead
            }
        }
        Icon {
            visible: !Camera.live && !screen.vm.busy
            anchors.centerIn: parent
            name: "camera"
            tint: Theme.highContrast ? Theme.goPressed : Theme.muted
            side: 120 * Theme.u
        }
        Rectangle {
            visible: screen.vm.busy
            anchors.centerIn: parent
            width: 240 * Theme.u
            height: width
            radius: width / 2
            color: Theme.surface
            border.width: Theme.edgeWidth
            border.color: Theme.line

            Spinner {
                anchors.centerIn: parent
                side: 150 * Theme.u
            }
        }
    }
    Column {
        id: line

        anchors.top: camera.bottom
        anchors.topMargin: 20 * Theme.u
        width: parent.width
        // the place of the longer words stays reserved, so that the picture does not jump with them
        height: Theme.textBody * 1.4 * (Theme.largeText ? 2 : 1) + (screen.vm.busy ? about.height : 0)

        Row {
            anchors.horizontalCenter: parent.horizontalCenter
            spacing: 20 * Theme.u

            Item {
                id: glyph

                readonly property bool searching: !Camera.live || screen.vm.known === "searching" || screen.vm.busy

                width: 44 * Theme.u
                height: width
                anchors.verticalCenter: parent.verticalCenter

                Spinner {
                    visible: glyph.searching && !screen.vm.busy
                    side: parent.width
                }
                Icon {
                    visible: !glyph.searching
                    name: screen.vm.known === "read" ? "check" : "pause"
                    tint: Theme.onGoSoft
                    side: parent.width
                }
            }
            KText {
                anchors.verticalCenter: parent.verticalCenter
                width: Math.min(implicitWidth, line.width - glyph.width - parent.spacing)
                text: screen.vm.busy ? Kiosk.waiting.title : Camera.live ? screen.vm.line : screen.waitingForCamera
                strong: true
                color: Theme.onGoSoft
                Accessible.role: Accessible.AlertMessage
            }
        }
        KText {
            id: about

            visible: screen.vm.busy
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: Kiosk.waiting.about
            color: Theme.muted
        }
    }
    Column {
        id: tips

        visible: Theme.portrait
        anchors.top: line.bottom
        anchors.topMargin: 20 * Theme.u
        width: parent.width
        spacing: 18 * Theme.u

        Repeater {
            model: screen.tips

            Tip {
                required property var modelData
                required property int index

                visible: !Theme.largeText || index < (screen.tight ? 1 : 2)
                width: tips.width
                icon: modelData.icon
                text: modelData.text
            }
        }
    }
}
