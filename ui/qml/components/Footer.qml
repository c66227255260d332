import QtQuick

// On every screen, in the same order: help, cancel, language, text size, contrast.
Bar {
    id: footer

    BarButton {
        objectName: "helpButton"
        width: footer.share
        height: footer.tall
        icon: "help"
        text: Words.t["bar.help"]
        onTapped: Kiosk.openHelp()
    }
    BarButton {
        objectName: "cancelButton"
        width: footer.share
        height: footer.tall
        icon: "cancel"
        text: Words.t["bar.cancel"]
        enabled: Kiosk.mayCancel
        opacity: enabled ? 1 : 0.45
        onTapped: Kiosk.askCancel()
    }
    LookButtons {
        share: footer.share
        tall: footer.tall
    }
}
