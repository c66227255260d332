import QtQuick
import "../components"

// A screen frame whose notice and way back are the staff's.
ScreenFrame {
    owner: Staff
}
