import QtQuick

// All words on the screen: plain text, wrapped, and heard by a screen reader.
Text {
    property bool spoken: true
    property bool strong: false
    readonly property int inkAlign: effectiveHorizontalAlignment // for the gallery's checks
    readonly property int inkDrop: verticalAlignment

    color: Theme.ink
    font.family: Theme.family
    font.pixelSize: Theme.textBody
    font.weight: strong ? Font.DemiBold : Font.Normal
    textFormat: Text.PlainText
    wrapMode: Text.WordWrap
    Accessible.role: Accessible.StaticText
    Accessible.name: text
    Accessible.ignored: !spoken || text === ""
}
