# 工作人员控制台的中文用语。参与者看到的文字在 bot.ftl 和各试验里。

console-name = 控制台
skip = 跳到正文
nav = 页面
nav-queue = 待办
nav-figures = 统计
nav-log = 筛选记录
nav-audit = 审计记录
nav-trials = 试验
nav-staff = 工作人员
menu = 语言
continue = 继续
back-to-queue = 回到待办

## 登录

sign-in = 登录
sign-in-step-1 = 在 Telegram 打开您与机器人的私聊。
sign-in-step-2 = 发送
sign-in-step-3 = 打开它发来的链接。链接十分钟内有效，只能用一次。
sign-out = 退出登录
demo-sign-in = 试用
demo-sign-in-hint = 这是本机上的演示，里面的人都是虚构的。
link-hint = 请只在您自己的设备上登录。
link-over = 这个链接已经失效
link-over-hint = 链接只能用一次，十分钟内有效。要新的链接，请给机器人发送
code = 一次性验证码
code-set-up = 您可以看到参与者的身份，所以账户需要第二步保护。请用身份验证器应用扫描下图，然后输入它显示的六位数字。
code-picture = 供身份验证器应用扫描的二维码
code-by-hand = 或在应用里手动输入：
code-hint = 请输入身份验证器应用现在显示的六位数字。
code-label = 六位数字
prove = 请再次确认是您本人
prove-hint = 这一步需要重新登录。请打开机器人发来的新链接：
refused = 没有执行
refused-form = 这个表单太旧，或不是从本页发出的。请返回并刷新页面，再试一次。
refused-role = 您的角色不能做这件事。请联系团队的管理员。
review-link-over = 这个链接已经失效。请给机器人发送 /console 获取新的链接。
review-too-many-links = 您在一小时内要了很多链接。请稍后再试。
review-enrolled = 已经设置过身份验证器应用。如果丢失，请联系管理员。
review-not-enrolled = 您已经退出。请重新登录。
review-code-wrong = 验证码不对，或已经用过。请等下一个再试。
review-code-locked = 验证码错误次数太多。请十五分钟后再试。
role-coordinator = 协调员
role-investigator = 研究者
role-auditor = 稽查员
role-administrator = 管理员
