"""Preferences, and saved views."""

TEXTS = {
    "preferences.place": ("Preferences", "偏好设置"),
    "preferences.title": ("Preferences", "偏好设置"),
    "preferences.lead": (
        "How you see this console. Others see it their own way.",
        "仅影响您看到的界面，不影响他人。",
    ),
    "preferences.submit": ("Save", "保存"),
    "preferences.done": ("Saved.", "已保存。"),
    "preferences.field.locale": ("Language", "语言"),
    "preferences.field.time_zone": ("Time zone", "时区"),
    "preferences.hint.time_zone": (
        "Times on pages and in exports are in this zone.",
        "页面和导出文件中的时间按此时区显示。",
    ),
    "preferences.company_zone": ("The company's", "与公司一致"),
    "preferences.field.theme": ("Appearance", "外观"),
    "preferences.theme.auto": ("As the browser", "跟随浏览器"),
    "preferences.theme.light": ("Light", "浅色"),
    "preferences.theme.dark": ("Dark", "深色"),
    "preferences.everywhere": ("Signed in elsewhere?", "在其他地方登录过？"),
    "preferences.everywhere_hint": (
        "Ends your sessions in every browser, this one too. Phones stay signed in; revoke a lost one under Devices.",
        "将结束您在所有浏览器中的会话，包括当前会话。手机不受影响；丢失的手机请在“设备”中停用。",
    ),
    "preferences.everywhere_submit": ("Sign out everywhere", "退出所有浏览器"),
    "views.save.title": ("Save this view", "保存此视图"),
    "views.save.lead": (
        "Filters and order are kept under this name, for you alone. The same name again replaces it.",
        "当前的筛选和排序将以此名称保存，仅您可见。名称相同则覆盖。",
    ),
    "views.save.field.name": ("Name", "名称"),
    "views.save.submit": ("Save", "保存"),
    "views.save.done": ("The view was saved.", "视图已保存。"),
    "views.forget.title": ("Forget this view?", "删除此视图？"),
    "views.forget.lead": ("The list itself stays as it is.", "列表本身不受影响。"),
    "views.forget.submit": ("Forget it", "删除"),
    "views.forget.done": ("The view is gone.", "视图已删除。"),
    "preferences.password.place": ("Password", "密码"),
    "preferences.password.hint": (
        "Change it when you think that somebody else knows it. You then sign in anew everywhere.",
        "如怀疑他人知道您的密码，请立即修改。修改后需在所有设备上重新登录。",
    ),
    "preferences.password.title": ("Change the password", "修改密码"),
    "preferences.password.lead": (
        "It ends every session of yours, on phones and in browsers, this one too.",
        "您在手机和浏览器上的所有登录都将失效，包括当前登录。",
    ),
    "preferences.password.field.current_password": ("Present password", "当前密码"),
    "preferences.password.field.new_password": ("New password", "新密码"),
    "preferences.password.submit": ("Change the password", "修改密码"),
    "preferences.password.done": (
        "Your password is changed. Sign in with the new one.",
        "密码已修改，请使用新密码登录。",
    ),
}
