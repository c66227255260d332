import QtQuick

// On every screen, in the same order: help, cancel, language, text size, contrast.
Rectangle {
    id: footer

    readonly property real share: (width - 2 * sides.leftPadding - 4 * sides.spacing) / 5
    readonly property real tall: Math.round(Math.max(Theme.target, (Theme.portrait ? 116 : 92) * Theme.u))

    color: Theme.surface
    height: tall + Math.round(20 * Theme.u)

    Rectangle {
        width: parent.width
        height: Theme.edgeWidth
        color: Theme.line
    }
    Row {
        id: sides

        anchors.centerIn: parent
        leftPadding: (Theme.portrait ? 24 : 40) * Theme.u
        rightPadding: leftPadding
        spacing: 14 * Theme.u

        KButton {
            objectName: "helpButton"
            kind: "quiet"
            vertical: Theme.portrait
            width: footer.share
            height: footer.tall
            padding: 8 * Theme.u
            textSize: Theme.textSmall
            icon: "help"
            text: Words.t["bar.help"]
            onTapped: Kiosk.openHelp()
        }
        KButton {
            objectName: "cancelButton"
            kind: "quiet"
            vertical: Theme.portrait
            width: footer.share
            height: footer.tall
            padding: 8 * Theme.u
            textSize: Theme.textSmall
            icon: "cancel"
            text: Words.t["bar.cancel"]
            enabled: Kiosk.mayCancel
            opacity: enabled ? 1 : 0.45
            onTapped: Kiosk.askCancel()
        }
        KButton {
            objectName: "languageButton"
            kind: "quiet"
            vertical: Theme.portrait
            width: footer.share
            height: footer.tall
            padding: 8 * Theme.u
            textSize: Theme.textSmall
            icon: "language"
            text: Words.t["bar.language"]
            onTapped: Kiosk.switchLanguage()
        }
        KButton {
            objectName: "textSizeButton"
            kind: "quiet"
            vertical: Theme.portrait
            width: footer.share
            height: footer.tall
            padding: 8 * Theme.u
            textSize: Theme.textSmall
            icon: "text"
            text: Theme.largeText ? Words.t["bar.text_normal"] : Words.t["bar.text_large"]
            onTapped: Kiosk.switchTextSize()
        }
        KButton {
            objectName: "contrastButton"
            kind: "quiet"
            vertical: Theme.portrait
            width: footer.share
            height: footer.tall
            padding: 8 * Theme.u
            textSize: Theme.textSmall
            icon: "contrast"
            text: Theme.highContrast ? Words.t["bar.contrast_normal"] : Words.t["bar.contrast_high"]
            onTapped: Kiosk.switchContrast()
        }
    }
}
