"""What a client does about an error, in full and in both languages: `core.errors.Then` put into words."""

from typing import NamedTuple

from core.errors import Then


class Words(NamedTuple):
    """The same in English and in Chinese."""

    en: str
    zh: str


class Advice(NamedTuple):
    """What follows from an error.

    name: in the tables. again: whether the same is sent once more. app: what the app does. say: what it tells the user
    beside the error's own message.
    """

    name: Words
    again: Words
    app: Words
    say: Words


_NO = Words("no", "否")
_NOTHING = Words("nothing more", "无需补充")
ADVICE: dict[Then, Advice] = {
    Then.CORRECT: Advice(
        Words("correct", "更正"),
        _NO,
        Words(
            "undo the effect; list the command under “refused” with the message beside the member that `field` names;"
            " what is corrected is a new command with a new id",
            "撤销该命令在本机的效果；列入“已拒绝”，将提示显示在 `field` 所指的字段旁；更正后作为新命令（新编号）记录",
        ),
        Words("that it was not saved on the server, and that he can correct it here", "未保存到服务器，可在此更正"),
    ),
    Then.REFRESH: Advice(
        Words("refresh", "刷新"),
        _NO,
        Words(
            "undo the effect; pull; list the command under “refused” with a link to the row as it is now, if it still"
            " is here",
            "撤销本机效果并拉取；列入“已拒绝”，如该记录仍在，附上其最新状态的链接",
        ),
        Words(
            "that things changed while the phone was offline, and how they are now",
            "离线期间情况已变化，以及目前的状态",
        ),
    ),
    Then.ASK: Advice(
        Words("ask", "求助"),
        _NO,
        Words(
            "undo the effect; list the command under “refused”; hide or disable what the user's role may not do; where"
            " the session itself is refused, stop syncing and keep everything",
            "撤销本机效果；列入“已拒绝”；对该角色无权执行的操作予以隐藏或禁用；"
            "如会话本身被拒绝，则停止同步并保留全部数据",
        ),
        Words("whom to ask: his manager, or the administrator", "应向谁求助：主管或管理员"),
    ),
    Then.KEPT: Advice(
        Words("kept", "已保存"),
        Words(
            "no; the later verdict arrives by a pull, as a row of the kind `verdict`",
            "否；后续结果随拉取到达（`verdict` 行）",
        ),
        Words(
            "keep the effect, marked as waiting; never delete the command; what follows is recorded as usual",
            "保留本机效果并标记为“等待处理”；不得删除该命令；之后的操作照常记录",
        ),
        Words("that nothing is lost and he need not enter it again", "数据没有丢失，无需重新录入"),
    ),
    Then.LATER: Advice(
        Words("later", "稍后"),
        Words(
            "yes, the same, not before `Retry-After`; without it after a growing pause",
            "是，原样重发，不早于 `Retry-After`；无此头时逐次延长间隔",
        ),
        Words("keep everything; end this sync; go on by itself", "保留全部数据；结束本次同步；之后自动继续"),
        Words(
            "nothing, unless he is waiting (at a sign-in, a pull by hand): then when it goes on",
            "平时无需提示；若用户正在等待（登录、手动刷新），说明何时继续",
        ),
    ),
    Then.RESUME: Advice(
        Words("resume", "续传"),
        Words("yes, from where it stands", "是，从断点继续"),
        Words(
            "ask the upload for its offset and go on from there; where it is gone or its bytes were not those that were"
            " named, create it anew. The file stays on the phone until the server has stored it",
            "查询该上传的偏移量并从该处继续；若上传已不存在或字节不符，则重新创建。服务器存妥之前，文件保留在手机上",
        ),
        _NOTHING,
    ),
    Then.SPLIT: Advice(
        Words("split", "拆分"),
        Words("yes, in smaller requests, down to one command", "是，拆成更小的请求，直至单条命令"),
        Words(
            "what is refused even alone is held: kept, shown, skipped",
            "单独发送仍被拒绝的命令予以搁置：保留、显示、跳过",
        ),
        Words(
            "nothing while splitting helps; of a held command, that the app's makers have to look at it",
            "拆分有效时无需提示；被搁置的命令，提示需由应用开发方处理",
        ),
    ),
    Then.RENEW: Advice(
        Words("renew", "换取令牌"),
        Words("yes, the same, once, with the new access token", "是，换取新访问令牌后原样重发一次"),
        Words(
            "`POST /api/v1/auth/refresh`; if that is refused too, as “sign in”",
            "`POST /api/v1/auth/refresh`；如也被拒绝，按“登录”处理",
        ),
        Words("nothing", "无需提示"),
    ),
    Then.SIGN_IN: Advice(
        Words("sign in", "登录"),
        Words("yes, the same, after the user has signed in", "是，用户登录后原样重发"),
        Words(
            "ask for the password when the user next looks; rows, outbox and cursor stay; recording goes on",
            "用户下次打开时请其输入密码；数据、待发命令和游标保留；记录不中断",
        ),
        Words("that what he recorded is kept and goes up after he signs in", "已记录的内容仍在，登录后自动上传"),
    ),
    Then.PULL_ANEW: Advice(
        Words("pull anew", "重新拉取"),
        Words(
            "yes, at once, with `cursor: null`, once in a sync", "是，立即以 `cursor: null` 重新拉取，每次同步仅一次"
        ),
        Words(
            "rows stay until the server's replace them; the outbox is not touched",
            "旧数据保留至被替换；待发命令不受影响",
        ),
        Words("nothing", "无需提示"),
    ),
    Then.NEW_DEVICE: Advice(
        Words("new device", "新设备"),
        Words("yes, without `device.id`; the answer brings a new one", "是，不带 `device.id`；应答会给出新编号"),
        Words(
            "the store of the old id stays with its owner; this user gets a store of his own, numbers from 1",
            "原设备编号的数据仍归原用户；该用户使用独立的数据库，命令序号从 1 开始",
        ),
        Words("nothing", "无需提示"),
    ),
    Then.WIPE: Advice(
        Words("wipe", "清除"),
        Words(
            "only the rest of the outbox, in pushes; each is stored as parked", "仅发送剩余命令；均会以待处理方式保存"
        ),
        Words(
            "then erase rows, outbox, cursor, files and tokens; what could not be delivered outlives the rows",
            "随后清除数据、待发命令、游标、文件和令牌；未能送达的命令保留，日后再送",
        ),
        Words(
            "that the company has taken this phone out of use, and that what he recorded has arrived",
            "公司已停用此手机；已记录的内容已送达",
        ),
    ),
    Then.UPDATE: Advice(
        Words("update", "升级"),
        Words(
            "a parked command no: it is applied after the server's update; a whole request after the app's update",
            "已挂起的命令无需重发，服务器升级后自动执行；整个请求被拒时，应用升级后重发",
        ),
        Words(
            "keep everything; compare `api_level` with the level that the app was built for",
            "保留全部数据；将 `api_level` 与应用所基于的级别比较",
        ),
        Words(
            "that an update is needed, of the app or of the server, and that nothing is lost",
            "需要升级应用或服务器；数据不会丢失",
        ),
    ),
    Then.REPORT: Advice(
        Words("report", "上报"),
        Words("no; again after the app was updated", "否；应用升级后再试"),
        Words(
            "hold the command: kept, shown, skipped; log code, field and command id for the app's makers",
            "搁置该命令：保留、显示、跳过；为应用开发方记录代码、字段和命令编号",
        ),
        Words(
            "that a fault of the app keeps this from being sent, and that it is kept",
            "因应用故障暂时无法发送，记录仍保留",
        ),
    ),
    Then.OFFICE: Advice(
        Words("office", "办公端"),
        _NO,
        Words("phones do not meet it", "手机端不会遇到"),
        _NOTHING,
    ),
}
