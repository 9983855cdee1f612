"""Maps, on whatever page they are."""

TEXTS = {
    "map.zoom_in": ("Zoom in", "放大"),
    "map.zoom_out": ("Zoom out", "缩小"),
    "map.close": ("Close", "关闭"),
    "map.attribution": ("Where this map comes from", "地图来源"),
    "map.unavailable": (
        "This browser cannot draw maps. The list has everything that the map shows.",
        "此浏览器无法显示地图。列表中包含地图上的全部内容。",
    ),
    "map.incomplete": (
        "Part of the map could not be loaded. The list is complete.",
        "部分地图未能加载，列表内容是完整的。",
    ),
    "map.two_fingers": ("Use two fingers to move the map", "请用双指移动地图"),
    "map.wheel_windows": ("Hold Ctrl and scroll to zoom the map", "按住 Ctrl 并滚动以缩放地图"),
    "map.wheel_mac": ("Hold ⌘ and scroll to zoom the map", "按住 ⌘ 并滚动以缩放地图"),
}
