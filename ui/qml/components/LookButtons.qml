import QtQuick

// Language, text size and contrast: the same for everybody who stands here.
Row {
    id: looks

    property real share: 0
    property real tall: 0

    spacing: 14 * Theme.u

    BarButton {
        objectName: "languageButton"
        width: looks.share
        height: looks.tall
        icon: "language"
        text: Words.t["bar.language"]
        onTapped: Kiosk.switchLanguage()
    }
    BarButton {
        objectName: "textSizeButton"
        width: looks.share
        height: looks.tall
        icon: "text"
        text: Theme.largeText ? Words.t["bar.text_normal"] : Words.t["bar.text_large"]
        onTapped: Kiosk.switchTextSize()
    }
    BarButton {
        objectName: "contrastButton"
        width: looks.share
        height: looks.tall
        icon: "contrast"
        text: Theme.highContrast ? Words.t["bar.contrast_normal"] : Words.t["bar.contrast_high"]
        onTapped: Kiosk.switchContrast()
    }
}
