# 研究团队在 Telegram 群组里看到的文字（中文）。绝不包含参与者说的话。

## 卡片

card-new = 🆕 有一个新个案：{ $code }（{ $trial }）。卡片随后出现。
card-topic = 个案 { $code }
card-code = 个案 { $code }
card-free = { $state }：还没有人认领
card-stands = { $state }
card-held = { $state }：{ $name }，自 { $since }
card-ruled = 决定：{ $decision } – { $name }，{ $at }
card-closed = 已关闭。{ $why }
card-second = 需要第二位审核人。
card-away = 搁置到 { $until }
card-due = 请在 { $due } 前回复或作出决定
card-late = ⏰ 已超时：应在 { $due } 前回复或作出决定
card-notes = 📝 { $n } 条备注
card-snippets = 回复
card-note = 备注
card-undo = 撤销决定
card-open = 在控制台打开
card-back = 返回
card-not = 不符合：{ $criterion }
card-decide-hint = 作什么决定？点一下即决定；十分钟内可以在这里撤销。其他原因请用控制台。
card-snippets-hint = 点一下，就会把这段话原样发给对方：
card-snippets-none = 没有对方语言的已批准回复。请用控制台。
card-many = 📋 同时有许多个案变化：{ $free } 个等人处理，共有 { $late } 个已超时。卡片会一张接一张出现，最紧急的在前。
card-many-open = 全部个案现在都在控制台：{ $url }

## 点按后的简短回答

card-strangers = 仅限登记的工作人员。请联系您的管理员。
card-unknown = 这个个案已经不存在。
card-stale = 这个个案有变化。卡片显示的是现在的情况：请看过后再点。
card-taken = { $name } 更快：个案归对方。
card-done = 完成。
card-claimed = 个案归您处理。
card-released = 个案已交还。
card-decided = 已决定。十分钟内可以在卡片上撤销。
card-undone = 决定已撤销。
card-sent = 已发给对方。
card-undo-late = 十分钟已过。请在控制台撤销，并写明原因。
card-undo-reason = 十分钟内在卡片上撤回。
card-note-how = 请回复卡片，写 /note 加上内容。备注在控制台查看。

## 给在群里写字的人

card-not-sent = 没有发出。{ $why }
card-talk-how = 您在这里写的只留在群里。要写给对方，请回复该个案的卡片，或点卡片上的“回复”。
card-edit = 已发出或已记下的内容不变：在这里修改或删除都没有作用。如果有错，请重新写。

## 私聊中的下一批个案

card-queue-none = 没有人在等候。
card-queue = 接下来的个案：
card-queue-more = 其余的都在控制台：{ $url }
