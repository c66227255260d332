pragma ComponentBehavior: Bound

import QtQuick

// Everything to press. kind: primary (go on), plain (equal standing, outlined), quiet (bar).
Item {
    id: button

    property string text: ""
    property string icon: ""
    property string kind: "plain"
    property bool vertical: false
    property bool iconLast: false
    property bool touchTarget: true
    property bool selected: false
    property real textSize: kind === "primary" ? Theme.textLead : Theme.textBody
    property real padding: 28 * Theme.u
    property real radius: 22 * Theme.u
    property string spokenName: text
    readonly property bool down: area.pressed && button.enabled

    readonly property color face: !enabled && kind !== "quiet" ? Theme.off
        : kind === "primary" ? (down ? Theme.goPressed : Theme.go)
        : kind === "quiet" ? (down ? Theme.keyPressed : "transparent")
        : (down ? Theme.keyPressed : Theme.keyFace)
    readonly property color word: down && kind !== "primary" && Theme.highContrast ? Theme.onGo
        : !enabled ? Theme.onOff
        : kind === "primary" ? Theme.onGo : Theme.onKey
    readonly property color ground: kind === "quiet" ? Theme.surface : face

    signal tapped()

    implicitHeight: Math.max(Theme.target, contents.height + padding)
    implicitWidth: Math.max(Theme.target, contents.wanted + 2 * padding)
    Accessible.role: Accessible.Button
    Accessible.name: spokenName
    Accessible.focusable: enabled
    Accessible.onPressAction: if (enabled) tapped()

    Rectangle {
        anchors.fill: parent
        radius: button.radius
        color: button.face
        border.width: button.kind === "quiet" ? 0 : (button.kind === "primary" && !Theme.highContrast ? 0 : Theme.edgeWidth)
        border.color: !button.enabled ? (Theme.highContrast ? Qt.darker(Theme.line, 3) : Theme.line) : button.kind === "plain" ? Theme.edge : Theme.line
    }

    Item {
        id: contents

        readonly property bool both: glyph.visible && label.visible
        readonly property real gap: both ? (button.vertical ? 4 : 18) * Theme.u : 0
        readonly property real wanted: button.vertical ? Math.max(glyph.visible ? glyph.width : 0, label.implicitWidth)
            : (glyph.visible ? glyph.width : 0) + gap + label.implicitWidth

        anchors.centerIn: parent
        width: button.width - (button.vertical ? 8 * Theme.u : 2 * button.padding)
        height: button.vertical ? (glyph.visible ? glyph.height : 0) + gap + label.height
            : Math.max(glyph.visible ? glyph.height : 0, label.height)

        Icon {
            id: glyph

            visible: button.icon !== ""
            name: button.icon
            tint: button.word
            ground: button.ground
            side: (button.vertical ? 42 : 44) * Theme.u * (button.vertical || !Theme.largeText ? 1 : 1.3)
            x: button.vertical ? (parent.width - width) / 2
                : button.iconLast ? (parent.width + label.width + contents.gap - width) / 2 // not from label.x, which follows this one else
                : (parent.width - width - contents.gap - label.paintedWidth) / 2
            y: button.vertical ? 0 : (parent.height - height) / 2
        }
        KText {
            id: label

            visible: button.text !== ""
            text: button.text
            spoken: false
            strong: true
            color: button.word
            font.pixelSize: button.vertical ? Theme.textSmall : button.textSize
            horizontalAlignment: button.vertical ? Text.AlignHCenter : Text.AlignLeft
            width: button.vertical ? parent.width
                : Math.min(implicitWidth, parent.width - (glyph.visible ? glyph.width + contents.gap : 0))
            x: button.vertical ? 0
                : button.iconLast ? (parent.width - width - contents.gap - (glyph.visible ? glyph.width : 0)) / 2
                : glyph.visible ? glyph.x + glyph.width + contents.gap : (parent.width - width) / 2
            y: button.vertical ? (glyph.visible ? glyph.height + contents.gap : 0) : (parent.height - height) / 2
        }
    }

    MouseArea {
        id: area

        anchors.fill: parent
        enabled: button.enabled
        onClicked: button.tapped()
    }
}
