import QtQuick

// One place of the bar: icon and word, above each other where the bar is narrow.
KButton {
    kind: "quiet"
    vertical: Theme.portrait
    padding: 8 * Theme.u
    textSize: Theme.textSmall
}
