import QtQuick

// A touchable card: the frame of ChoiceCard.
Rectangle {
    id: base

    property bool touchTarget: true
    property string spokenName: ""

    signal tapped()

    radius: 32 * Theme.u
    color: area.pressed && !Theme.highContrast ? Theme.keyPressed : Theme.keyFace
    border.width: area.pressed ? 2 * Theme.edgeWidth : Theme.edgeWidth
    border.color: Theme.edge
    Accessible.role: Accessible.Button
    Accessible.name: spokenName
    Accessible.onPressAction: tapped()

    MouseArea {
        id: area

        anchors.fill: parent
        onClicked: base.tapped()
    }
}
