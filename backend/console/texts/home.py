"""Home."""

TEXTS = {
    "home.place": ("Home", "首页"),
    "home.title": ("Home", "首页"),
    "home.greeting": ("Hello, {name}", "您好，{name}"),
    "home.lead": ("Where your people's devices and commands stand.", "您团队的设备与命令概况。"),
    "home.figure.people": ("Active people", "在职人员"),
    "home.figure.devices": ("Devices seen in 24 hours", "24 小时内同步的设备"),
    "home.figure.commands": ("Commands since midnight", "今日命令"),
    "home.figure.parked": ("Parked, waiting for a decision", "待处理，等待决定"),
}
