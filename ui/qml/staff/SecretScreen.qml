import QtQuick
import "../components"

// PIN, then the code of the authenticator app; each goes off by itself with the last digit.
SecretFrame {
    owner: Staff
    vm: Staff.signIn
    title: Staff.signIn.title
    subtitle: Staff.signIn.subtitle
    warning: Staff.signIn.signs !== "" ? Staff.signIn.signs : Staff.signIn.caution
    boxesName: Staff.signIn.boxesName
    busyText: Staff.signIn.busyText
    seen: Staff.signIn.digits
}
