import QtQuick

// The mark, the branch, the steps, and the DEMO badge where nothing is real.
Rectangle {
    id: header

    readonly property real markX: brand.x + mark.width / 2
    readonly property real markY: barHeight / 2
    readonly property bool stepped: Kiosk.progress >= 0
    readonly property real barHeight: (Theme.portrait ? 124 : 112) * Theme.u
    readonly property real stepsHeight: 46 * Theme.u + Theme.textSmall * 1.35 + 14 * Theme.u

    color: Theme.surface
    height: Math.round(Theme.portrait ? barHeight + (stepped ? stepsHeight + 16 * Theme.u : 0) : Math.max(barHeight, stepped ? stepsHeight : 0))

    Row {
        id: brand

        x: (Theme.portrait ? 56 : 48) * Theme.u
        y: (header.barHeight - height) / 2
        spacing: 20 * Theme.u

        Icon {
            id: mark

            name: "mark"
            tint: Theme.go
            ground: Theme.onGo
            side: 72 * Theme.u
            anchors.verticalCenter: parent.verticalCenter
        }
        Column {
            anchors.verticalCenter: parent.verticalCenter

            KText {
                text: Words.t["app.name"]
                font.pixelSize: Math.round(40 * Theme.u)
                font.weight: Font.Bold
                color: Theme.onGoSoft
            }
            KText {
                text: Kiosk.branch
                font.pixelSize: Math.round(24 * Theme.u)
                color: Theme.muted
            }
        }
    }
    Pill {
        id: badge

        visible: Kiosk.demo
        anchors.right: parent.right
        anchors.rightMargin: (Theme.portrait ? 56 : 48) * Theme.u
        y: (header.barHeight - height) / 2
        text: Words.t["app.demo"]
    }
    Steps {
        visible: header.stepped
        x: Theme.portrait ? 40 * Theme.u : brand.x + brand.width + 60 * Theme.u
        y: Theme.portrait ? header.barHeight - 4 * Theme.u : (header.height - height) / 2
        width: Theme.portrait ? parent.width - 80 * Theme.u
            : parent.width - x - (badge.visible ? badge.width : 0) - 120 * Theme.u
        height: header.stepsHeight
    }
    Rectangle {
        anchors.bottom: parent.bottom
        width: parent.width
        height: Theme.edgeWidth
        color: Theme.line
    }
}
