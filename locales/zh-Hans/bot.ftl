# 机器人自己的中文用语。试验的文字在 flows/<trial>/zh-Hans.yaml。
# 消息里允许的标记：b、i、a、blockquote。按钮（choice-…）和词语（words-…）不带标记。
# words-… 是参与者可以直接输入的说法，用 | 隔开。

language-name = 简体中文

## 开头

welcome =
    您好。我是一个机器人，也就是自动程序，不是真人。我可以向您介绍一项研究，并通过几个问题了解它是否可能适合您。

    <b>{ $title }</b>
choose-language =
    您好。我是一个机器人，也就是自动程序，不是真人。我不能处理紧急情况。

    请选择您的语言。您随时可以用 /language 更换。
choose-study = 您好。我是机器人，不是真人，也不能处理紧急情况。您想了解哪一项研究？
study-link = { $title }（{ $trial }）
acknowledgement-progress = <b>开始之前：第 { $number } 项，共 { $total } 项</b>

## 提问

progress = 第 { $number } 题，共 { $total } 题
progress-about = 第 { $number } 题，共约 { $total } 题
question = <b>{ $text }</b>
numbered-line = { $number } – { $label }
how-to-answer = 请点按钮，或直接输入回答。
how-to-answer-age = 请输入数字，或点按钮。
lines = { $lines }
your-answers = <b>您的回答</b>
answer-line = { $question }：<b>{ $answer }</b>
change-line = { $question }：{ $answer }
review-hint = 请核对一下。如有错误，可以修改。如果都对，请点“提交”查看结果。
which-change = 您想修改哪一个回答？
reason-withheld = 您的某个回答不符合本研究的要求

## 没有看懂时

not-understood =
    我没有看懂。请点按钮，或输入数字：
    { $options }
not-understood-answer =
    我没有看懂，所以没有把它当作回答保存。请点按钮，或输入数字：
    { $options }
not-understood-early = 我没有看懂，也没有保存。请使用下面的按钮。
age-unclear = 我没有看懂您的年龄。请用数字输入您的周岁年龄，例如 45。
age-out-of-range = 这看起来不像年龄。请输入您的周岁年龄，0 到 120 之间。
age-year-of-birth = 这看起来是出生年份或日期。我只需要您现在的年龄。请输入周岁，例如 45。
age-not-whole = 请只输入整数的周岁，不要带小数。请按上一个生日时的周岁计算。
age-range = 我需要一个确定的数字。请输入您的周岁年龄，例如 45。
age-below = 您输入的数字小于 { $below }。如果您未满 { $below } 周岁，请点对应的按钮。如果是输错了，请重新输入年龄。
age-nominal = 请按周岁计算（从出生那天算起），不要用虚岁。然后输入数字。
stale-tap = 这是较早消息里的按钮，没有作任何改动。请看最新的一条消息。
edit-ignored = 我看到您编辑了一条消息。这不会改变您的回答。如需修改，请点“修改回答”，或发送 /review。
attachment-refused = 谢谢，但请不要在这里发送照片、文件或语音。我没有打开，也没有保存。请输入文字，或点按钮。
unknown-command = 我不认识这个命令。发送 /help 可以查看我能做什么。
nothing-before = 这里没有可以返回的上一步。
nothing-to-change = 目前还没有可以修改的回答。
nothing-answered = 您还没有回答任何问题。
urgent-notice = 请立即拨打当地急救电话，并查看最新消息。
if-urgent = 如果情况紧急，请不要等本对话回复，立即拨打当地急救电话。
held-hint = 如果您现在需要帮助，请马上打电话。等您准备好了，再点“继续”。

## 进行中

going-on = 欢迎回来，我们从刚才的地方继续。
thanks = 不客气。
answer-now = 您现在的回答：{ $answer }
not-handled = 抱歉，我们这边出了问题。您刚才发的内容还没有算数，但已经保存下来，以便查明原因。这不是您的错。请过一会儿再试。
was-away = 抱歉，我刚才离开了一会儿。如果您点过按钮，可能没有收到。请再看一遍这条消息。
paused = 我们先停在这里。您的回答会保留。在您再次发消息之前，我不会打扰您。
reminder = 按您的意愿提醒一下：您可以从刚才的地方继续。不用着急。
reminders-on = 好的，我最多提醒您两次。
reminders-off = 好的，我不会提醒您。
recheck-request = 您的情况以后可能会变化。是否希望我大约 { $days } 天后再联系您，重新问一次？您可以拒绝。请不要因此改变您的治疗或安排。
recheck-keeps = 如果您同意，在我联系您之后的 { $days } 天内，我们会继续保存您的回答。
recheck-on = 好的，到时我会联系您一次。如不再需要，请发送 /stop。
recheck-off = 好的，我不会为此联系您。
recheck-invitation = 您之前希望以后再了解一次这项研究。现在情况也许有了变化。
finished-before = 您以前来过这里。如果愿意，可以重新填写。研究团队会看到您之前来过。
incomplete = 这次对话很久没有回复，所以我把它关闭了。这不会对您有任何不利。您随时可以重新开始。
choose-below = 请选择：
already-ended = 现在没有需要停止的内容。您不必再回答什么。
status-in-progress = { $answered ->
    [0] 您还没有回答任何问题。
   *[other] 您已经回答了 { $answered } 个问题。
  }
status-completed = <b>结果</b>

## 文字的批准失效期间

closed-to-new =
    您好。我是一个机器人，也就是自动程序，不是真人。目前我不能就这项研究提问，因为本对话需要先由伦理委员会重新批准。这与您本人无关。您刚才发来的内容我没有保存。请您以后再来。

    我不能处理紧急情况，请拨打当地急救电话。
closed-meanwhile =
    目前我不能继续提问，因为本对话需要先由伦理委员会重新批准。这与您本人无关。您之前的回答仍然保留。如果您刚才发来的是回答，我没有保存。

    您仍然可以发送 /mydata、/stop、/delete、/privacy 或 /contact。紧急情况请拨打当地急救电话。

## 找真人

question-offer = 我是机器人，无法回答这个问题。要我转给研究团队吗？本对话没有人实时值守。紧急情况请拨打当地急救电话。
question-offer-early = 我是机器人，无法回答这个问题。您写的内容我没有保存。要我给研究团队留言，说您有一个问题吗？本对话没有人实时值守。紧急情况请拨打当地急救电话。
question-passed-on = 谢谢。我已经给研究团队留言，说您有一个问题。
question-dropped = 好的。我没有转交，也没有保存。
person-requested = 我已经给研究团队留言，说您希望和真人交谈。
minor-person = 您说您未满18周岁，所以研究团队不会在这里联系您。请和家长或医生沟通。紧急情况请拨打当地急救电话。

team-message =
    <b>研究团队的工作人员</b>

    { $text }
talk-begins = <i>我是机器人，现在不再说话。您在这里写的内容会转给这位工作人员，并和您的回答一起保存。工作人员不会一直看着本对话。紧急情况请拨打当地急救电话。</i>
talk-begins-early = <i>我是机器人，现在不再说话。研究团队会看到您写过消息。但在您同意我们保存您的健康情况之前，我不会保存内容。紧急情况请拨打当地急救电话。</i>
talk-goes-on = 您正在和研究团队交谈。您写的内容会有人看，但可能不会马上看到。我是机器人，现在不说话。要回到机器人，请点按钮。
talk-not-kept = 研究团队会看到您写过消息，但内容我没有保存，因为您还没有同意我们保存您的健康情况。
talk-ended = 和研究团队的交谈已结束。现在又是我，机器人。
talk-silent = 这里已有一天没有人写消息，所以这次交谈已结束。现在又是我，机器人。要找研究团队，请发送 /contact。
answer-late = 您可能在等研究团队的回复。他们还没有回复您，很抱歉。我已经提醒他们。如果您现在需要帮助，请不要等待：请问您的医生。紧急情况请拨打当地急救电话。

## 留给研究团队的身份信息：最后才问，不留也没关系

share-phone =
    如果您愿意，可以留下<b>您的电话号码</b>，这样研究团队也可以给您打电话。不留也可以，不会有任何影响：他们仍然可以在这个对话里联系您。

    点“分享我的电话号码”后，Telegram会把您账号的号码发给我。研究团队中只有可以知道您身份的人能看到。您随时可以删除：发送 /mydata，再点“我同意过什么”。
share-phone-kept = 谢谢。您的电话号码已保存。
share-phone-declined = 没关系。我没有您的电话号码，也不会再问。
share-phone-refused = Telegram没有说明这是您本人的号码，所以我没有保存。如果想留下自己的号码，请点“分享我的电话号码”。不想留，请点“不用了，谢谢”。
share-phone-typed = 我不接受手工输入的号码：万一输错一位，关于您健康的电话就会打给陌生人。您写的内容我没有保存。想留下号码，请点“分享我的电话号码”。不想留，请点“不用了，谢谢”。
share-not-asked = 我现在没有询问电话号码，所以没有保存。
share-name =
    如果您愿意，可以留下<b>一个称呼</b>，这样研究团队知道怎么称呼您。不留也可以，不会有任何影响。

    请输入您希望别人怎么称呼您。我不会从Telegram读取您的名字。研究团队中只有可以知道您身份的人能看到。您随时可以删除：发送 /mydata，再点“我同意过什么”。
share-name-confirm =
    您写的是：<b>{ $name }</b>

    要把这个称呼留给研究团队吗？
share-name-kept = 谢谢。您的称呼已保存。
share-name-declined = 没关系。我没有您的称呼，也不会再问。
share-name-unclear = 我没有看懂这个称呼。请用文字输入，或点“不用了，谢谢”。
share-name-long = 这个称呼太长了。请最多输入100个字，或点“不用了，谢谢”。
share-remove = 删除：{ $name }
share-removed = 已删除：<b>{ $name }</b>。我们不再保存。
share-gone = 您留给他们的身份信息也已删除。
shared-phone = 您的电话号码
shared-name = 您的称呼

## 您的数据

erase-confirm = <b>要全部删除吗？</b>您的回答、结果，以及与您Telegram账号的关联都会被删除，包括您在这里参加过的所有研究的记录。删除后无法恢复。
erased-telegram = Telegram仍有这个对话的副本。我们无法删除，但您可以：打开本对话的菜单，点“删除对话”。
erased-receipt = 您的回执编号：<b>{ $receipt }</b>。凭这个编号，您以后可以证明您提出过删除，我们也可以证明已经删除。编号不会透露您是谁。
erase-cancelled = 好的，没有删除任何内容。
mydata = <b>本次对话保存的信息</b>
mydata-code = 本次对话的编号：{ $code }
mydata-started = 开始时间：{ $time }
mydata-agreed = 已同意：{ $count } 项，共 { $total } 项
mydata-contact-not-asked = 是否允许联系您：还没有询问
mydata-contact-yes = 是否允许联系您：允许
mydata-contact-no = 是否允许联系您：不允许
mydata-phone = 您的电话号码：{ $phone }
mydata-name = 您的称呼：{ $name }
mydata-source = 您是通过这个链接来的：{ $source }
mydata-urgent = 您表示过情况紧急。如果您写了相关内容，而且当时已同意健康问题，这些内容会被保存。
mydata-urgent-not-kept = 您表示过情况紧急，没有保存任何相关内容。
mydata-person = 您提出过想和真人交谈。
mydata-question = 您给研究团队留过问题。如果当时您已同意健康问题，这些内容会被保存。
mydata-question-not-kept = 您给研究团队留过问题，具体的话没有保存。
mydata-until = 回答保存到：{ $time }
mydata-file = 这个文件里是我们保存的关于您的全部信息，其中有您的健康回答，请妥善保管。
mydata-rights = 另外还保存：您的Telegram账号ID、语言、我发给您的消息、您和研究团队写的内容，以及时间。修改回答请发送 /review，结束请发送 /stop，全部删除请发送 /delete。

## 包含所保存的全部信息的文件

copy-about = 关于本文件
copy-about-text = 这是研究对话保存的关于您的全部信息，其中有您的健康回答，请妥善保管。修改回答请在对话中发送 /review，全部删除请发送 /delete。
copy-made = 生成时间
copy-telegram-id = 您的Telegram账号ID
copy-talks = 您的对话
copy-study = 研究
copy-study-number = 研究编号
copy-code = 本次对话的编号
copy-started = 开始时间
copy-ended = 结束时间
copy-kept-until = 回答保存到
copy-not-decided = 目前还没有确定
copy-still-open = 对话还没有结束
copy-language = 语言
copy-link = 您来时的链接
copy-agreed = 您同意过的内容
copy-contact = 是否允许联系您
copy-contact-yes = 允许
copy-contact-no = 不允许
copy-contact-not-asked = 还没有询问
copy-phone = 您的电话号码
copy-name = 您的称呼
copy-answers = 您现在的回答
copy-question = 问题
copy-answer = 回答
copy-result = 告诉您的结果
copy-history = 按顺序记下的全部内容
copy-time = 时间
copy-told-time = Telegram给出的时间
copy-by = 由谁
copy-by-you = 您
copy-by-clock = 程序自动
copy-what = 内容
copy-more = 详细
copy-text = 文字
copy-messages = 我发给您的消息
copy-file = 一个这样的文件
happened-screening-opened = 对话开始
happened-language-asked = 您打开了语言选择
happened-language-chosen = 您选择了语言
happened-introduction-read = 您看完开头并继续
happened-introduction-reopened = 您返回了开头
happened-consent-acknowledged = 您同意了
happened-consent-declined = 您没有同意
happened-consent-reopened = 您返回了曾经同意的内容
happened-answer-recorded = 您回答了
happened-change-asked = 您想查看可以修改的回答
happened-change-began = 您返回了一个问题
happened-change-left = 您没有修改
happened-outcome-reached = 我们告诉了您结果
happened-contact-answered = 您回答了研究团队是否可以联系您
happened-contact-reopened = 再次询问了您是否可以联系
happened-identity-shared = 您留下了身份信息
happened-identity-declined = 您没有留下
happened-identity-withdrawn = 已删除
happened-name-typed = 您输入了称呼，我们请您核对
happened-name-dropped = 您想重新输入称呼
happened-minor-recognised = 您未满18周岁，之前说的内容已不再保存
happened-stop-undone = 您停止后又继续了
happened-new-round-offered = 询问了您是否重新填写
happened-new-round-declined = 您没有重新填写
happened-new-round-began = 您开始了新的一次
happened-person-requested = 您希望和真人交谈
happened-question-typed = 您写了想问真人的话
happened-question-passed-on = 您同意转交
happened-question-dropped = 您不希望转交
happened-emergency-noticed = 您表示情况紧急
happened-emergency-acknowledged = 您看过急救提示后继续了
happened-paused = 您暂停了
happened-resumed = 您暂停后回来了
happened-reminders-answered = 您回答了是否需要提醒
happened-reminded = 我提醒了您
happened-recheck-answered = 您回答了以后是否可以再问您
happened-recheck-invited = 我按您的意愿再次询问了您
happened-stopped = 您停止了
happened-expired = 很久没有回复，我关闭了对话
happened-prompt-shown = 您的回答无法采用，我说明了原因
happened-copy-requested = 您要了这个文件
happened-retention-ended = 保存期限已到
happened-consent-message-noted = 记下了您同意时的消息
happened-consent-carried-over = 沿用了您以前同意的内容
happened-consent-text-changed = 您同意的部分文字有了变化
happened-consent-withdrawn = 您撤回了一项同意
happened-agreements-opened = 您查看了同意的内容
happened-agreements-sent = 我把您同意的内容发给了您
happened-agreements-left = 您返回了
happened-comprehension-answered = 您回答了一道理解题
happened-comprehension-scored = 理解题已完成
happened-team-wrote = 研究团队的工作人员给您写了消息
happened-wrote-to-team = 您给研究团队写了消息
happened-talk-ended = 与研究团队的对话结束了
happened-answer-delayed = 我告诉您研究团队回复晚了
happened-erasure-asked = 您提出全部删除
happened-erasure-cancelled = 您没有删除
happened-erased = 已全部删除
## 您同意过的内容

agreements = <b>您同意过的内容</b>
agreements-none = 目前没有仍然有效的同意。
agreements-hint = 每一项都可以单独撤回。如果撤回开头同意的事项，我们就到此为止：没有它，我不能继续提问。想看原文，请点“把原文发给我”。
agreement-line = • { $name }，自 { $time } 起
agreement-point = 开头的第 { $number } 项
agreement-contact = 研究团队可以联系您
agreement-reminders = 提醒
agreement-recheck = 以后再问您一次
withdraw-line = 撤回：{ $name }
agreement-copy =
    <b>第 { $number } 项，共 { $total } 项：{ $name }</b>
    您同意的原文如下。时间：{ $time }。版本：{ $version }。原文代码：{ $hash }。
agreement-elsewhere = 原文我们仍然保存着，但这里无法显示。您可以发送 /contact，向研究团队索取。
agreement-withdrawn = 您已撤回：<b>{ $name }</b>。没有它，我不能继续提问，所以我们到此为止。
agreements-carried = 您在之前的一次填写中同意过 { $count } 项内容。原文没有变化，所以不再重复询问。
agreements-changed = 您同意的内容中，有些文字改了。请先看一看，再继续。您刚才发的内容没有保存。
acknowledgement-changed = <b>文字有改动，请再看一遍</b>
reminders-request = 如果您愿意，我可以提醒您，最多两次。需要的话，请点“提醒我”。

## 看看是否清楚

comprehension-progress = <b>小问题：第 { $number } 个，共 { $total } 个</b>
comprehension-right = 对的。
comprehension-again = 不太对。{ $explanation }请再选一次。
comprehension-explained = 不太对。{ $explanation }
comprehension-passed = 谢谢。主要内容您都清楚了。
comprehension-failed = 有些内容还不太清楚。这很常见，对您没有任何不利。我已经给研究团队留言，请他们在您做任何决定之前向您解释。现在我们可以继续。
comprehension-stopped = 有些内容还不太清楚。这很常见，对您没有任何不利。我已经给研究团队留言，请他们向您解释。我们先停在这里。之后，或者任何时候，您都可以重新开始。

## 帮助

help =
    我会问几个问题，了解一项研究是否可能适合您。您可以点按钮，也可以输入回答。

    /status – 查看进度
    /back – 返回上一步
    /review – 查看和修改回答
    /language – 更换语言
    /pause – 暂停，以后继续
    /stop – 结束本次初筛
    /mydata – 查看保存的信息
    /delete – 删除您的全部信息
    /privacy – 您的信息如何使用
    /contact – 联系真人

    输入“介绍”可以再看研究介绍。我不能处理紧急情况，请拨打当地急救电话。
group-refused = 您好。健康问题我只在私聊里谈，这样别人看不到。请和我开始私聊，然后发送 /start。

## 按钮

choice-start = 开始
choice-about = 研究介绍
choice-language = 语言
choice-back = 返回
choice-change = 修改回答
choice-help = 这是什么意思？
choice-person = 联系真人
choice-submit = 提交
choice-urgent = 有紧急情况
choice-continue = 继续
choice-leave = 不修改
choice-again = 重新填写
choice-begin = 重新填写
choice-not-now = 暂时不用
choice-remind-yes = 提醒我
choice-remind-no = 不要提醒
choice-recheck-yes = 好，到时再问我
choice-recheck-no = 不用了，谢谢
choice-leave-talk = 回到机器人
choice-go-on = 从刚才的地方继续
choice-erase = 删除我的回答
choice-keep = 保留我的回答
choice-mydata-file = 用文件发给我
choice-pass-on = 好，请转交
choice-drop = 不用了，谢谢
choice-agreements = 我同意过什么
choice-copy = 把原文发给我
choice-share-phone = 分享我的电话号码
choice-share-no = 不用了，谢谢
choice-name-yes = 好，请保存
choice-name-again = 重新输入

## 可以直接输入的说法

words-yes = 是 | 是的 | 对 | 对的 | 有 | 有的 | 没错
words-no = 否 | 不 | 不是 | 没有 | 没 | 无
words-not-sure = 不确定 | 不知道 | 不清楚 | 不太清楚 | 说不清 | 不晓得 | 我不知道 | 我不确定 | 我不清楚 | 不太确定
words-prefer-not = 不想回答 | 不想说 | 不方便说 | 不愿回答 | 跳过 | 不回答
words-start = 开始 | 开始吧
words-about = 介绍 | 研究介绍 | 关于研究 | 关于
words-language = 语言 | 更换语言 | 换语言
words-accept = 同意 | 我同意 | 我明白了 | 明白了 | 明白 | 接受
words-decline = 不同意 | 我不同意 | 拒绝 | 不用了 | 不用了谢谢 | 不接受
words-agreements = 我同意过什么 | 我同意了什么 | 我的同意 | 撤回同意 | 撤回我的同意
words-copy = 原文 | 副本 | 发给我 | 发送原文
words-back = 返回 | 上一步 | 后退
words-change = 修改 | 修改回答 | 更改 | 改答案
words-help = 帮助 | 这是什么意思 | 什么意思 | 解释
words-person = 联系真人 | 真人 | 人工 | 人工服务 | 转人工 | 找真人
words-submit = 提交 | 完成
words-continue = 继续
words-leave = 不修改 | 不改了 | 取消
words-leave-talk = 回到机器人 | 结束交谈 | 结束这次交谈
words-again = 重新开始 | 重新开始一次 | 再来一次
words-begin = 好 | 好的 | 是 | 是的 | 可以 | 重新开始 | 重新开始一次 | 再来一次
words-recheck-yes = 好 | 好的 | 可以 | 是 | 是的
words-recheck-no = 不用 | 不用了 | 不用了谢谢 | 否
words-not-now = 暂时不用 | 不用 | 不用了 | 否
words-go-on = 继续
words-thanks = 谢谢 | 谢谢您 | 谢谢你 | 多谢 | 感谢
words-remind-yes = 好 | 好的 | 可以 | 要 | 是 | 是的 | 请提醒我 | 提醒
words-remind-no = 不用 | 不用了 | 不用了谢谢 | 不要 | 否 | 不用提醒
words-command-help = 命令 | 帮助
words-command-status = 进度
words-command-review = 我的回答 | 查看回答
words-command-pause = 暂停 | 以后再说 | 休息一下
words-command-stop = 停止 | 请停止 | 我不想做了 | 不想继续了 | 退出 | 不做了 | 结束 | 我想停止 | 我不想继续了
words-command-mydata = 我的数据 | 我的信息
words-command-delete = 删除我的数据 | 删除我的信息 | 删除所有信息
words-command-privacy = 隐私
words-erase = 是 | 是的 | 确认 | 确认删除 | 删除 | 删除我的回答 | 全部删除
words-mydata-file = 文件 | 发文件 | 下载我的数据 | 导出我的数据
words-keep = 保留 | 保留我的回答 | 取消 | 不删除
words-pass-on = 好 | 好的 | 可以 | 要 | 是 | 是的 | 请转交
words-drop = 不 | 不用 | 不用了 | 不用了谢谢 | 不要 | 否
words-contact-yes = 可以 | 可以联系我 | 好 | 好的 | 是 | 是的 | 愿意
words-contact-no = 不用 | 不用了 | 不用了谢谢 | 不要 | 不可以 | 否 | 不愿意
words-share-phone = 好 | 好的 | 可以 | 是 | 是的
words-share-no = 不用 | 不用了 | 不用了谢谢 | 不要 | 否 | 跳过
words-name-yes = 好 | 好的 | 可以 | 是 | 是的 | 对 | 对的 | 保存
words-name-again = 重新输入 | 改一下
words-language-en = 英语 | 英文
words-language-zh-Hans = 中文 | 汉语 | 简体中文 | 简体 | 普通话


## 命令菜单

command-start = 开始或继续
command-help = 我能做什么
command-status = 查看进度
command-back = 返回上一步
command-review = 查看和修改回答
command-language = 更换语言
command-pause = 暂停，以后继续
command-stop = 结束本次初筛
command-mydata = 查看保存的信息
command-delete = 删除您的全部信息
command-privacy = 您的信息如何使用
command-contact = 联系真人

profile-description = 我是一个机器人，会问您几个问题，了解一项临床试验是否可能适合您。我不提供医疗建议，也不能处理紧急情况。Telegram 与机器人的对话没有端到端加密。
profile-short = 通过几个问题了解一项临床试验是否可能适合您。不处理紧急情况。

## 演示时显示在每条消息上方，不属于获批准的文字

demo-mark = 演示

## 给工作人员的一行提示，不含任何内容

alert-urgent = 🔴 紧急：有人在对话中表示情况紧急。试验 { $trial }，编号 { $code }。安全提示已立即发出。
alert-urgent-aside = 🔴 紧急：有人在对话中表示情况紧急。试验 { $trial }。安全提示已立即发出。这条消息未能处理，因此没有个案：请告知负责运行本机器人的人员。
alert-person-requested = 🟠 有人希望和真人交谈。试验 { $trial }，编号 { $code }。
alert-question = 🟠 有人向研究团队提问。试验 { $trial }，编号 { $code }。
alert-contact-withdrawn = ⚪ 已撤回联系许可，请不要再联系。试验 { $trial }，编号 { $code }。
alert-consent-withdrawn = ⚪ 有人在得到结果后撤回了同意，请不要使用其回答。试验 { $trial }，编号 { $code }。
alert-comprehension = 🟠 有人需要真人解释主要内容。试验 { $trial }，编号 { $code }。
alert-message = 🟠 参与者给你们写了消息。试验 { $trial }，编号 { $code }。
alert-late = ⏰ 承诺的时间已过，还没有人回复。试验 { $trial }，编号 { $code }。
alert-contact-permitted = 🟢 有人允许研究团队联系。试验 { $trial }，编号 { $code }。
