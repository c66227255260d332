pragma ComponentBehavior: Bound

import QtQuick

// A list in pages: rows keep their own height, a page holds as many as fit, and nothing is ever cut. Pages,
// not scrolling: a page that exists can be seen, and a finger that trembles does not move it.
Item {
    id: paged

    property var rows: []
    property Component delegate
    property real gap: 16 * Theme.u
    property int page: 0
    property var starts: [] // row with which each page begins; empty until the rows were measured
    readonly property int pages: Math.max(1, starts.length)
    readonly property int shown: Math.min(page, pages - 1)
    readonly property int first: starts.length > 0 ? starts[shown] : 0
    readonly property int last: starts.length === 0 ? 0 : shown + 1 < pages ? starts[shown + 1] : rows.length

    function measure(): void {
        const whole = cut(height);
        starts = whole.length > 1 ? cut(height - pager.height - gap) : whole;
    }

    onHeightChanged: later.restart()
    onRowsChanged: later.restart()

    // where each page begins, for pages of this height
    function cut(room: real): var {
        const found = [0];
        let used = 0;
        for (let at = 0; at < repeater.count; at++) {
            const row = repeater.itemAt(at);
            const tall = row ? row.height : 0;
            if (used > 0 && used + paged.gap + tall > room) {
                found.push(at);
                used = 0;
            }
            used += (used > 0 ? paged.gap : 0) + tall;
        }
        return found;
    }

    Timer {
        // once for all rows that change together; unlike Qt.callLater it goes with the list
        id: later

        interval: 0
        onTriggered: paged.measure()
    }
    Column {
        width: parent.width
        spacing: paged.gap

        Repeater {
            id: repeater

            model: paged.rows

            Loader {
                id: place

                required property var modelData
                required property int index

                width: paged.width
                height: item ? (item as Item).implicitHeight : 0
                visible: index >= paged.first && index < paged.last
                sourceComponent: paged.delegate
                onHeightChanged: later.restart()
                onLoaded: (item as PagedRow).row = modelData
            }
        }
    }
    Row {
        id: pager

        visible: paged.pages > 1
        anchors.bottom: parent.bottom
        width: parent.width
        height: Math.round(Math.max(Theme.target, 88 * Theme.u))
        spacing: 16 * Theme.u

        KButton {
            id: previous

            objectName: "pagePrevious"
            height: parent.height
            width: Math.round(Math.max(Theme.target, 150 * Theme.u))
            icon: "back"
            spokenName: Words.t["common.page_previous"]
            enabled: paged.shown > 0
            onTapped: paged.page = paged.shown - 1
        }
        KText {
            width: parent.width - previous.width - next.width - 2 * parent.spacing
            height: parent.height
            horizontalAlignment: Text.AlignHCenter
            verticalAlignment: Text.AlignVCenter
            text: Words.t["common.page"].replace("{now}", paged.shown + 1).replace("{all}", paged.pages)
            color: Theme.muted
            strong: true
        }
        KButton {
            id: next

            objectName: "pageNext"
            height: parent.height
            width: previous.width
            icon: "next"
            spokenName: Words.t["common.page_next"]
            enabled: paged.shown + 1 < paged.pages
            onTapped: paged.page = paged.shown + 1
        }
    }
}
