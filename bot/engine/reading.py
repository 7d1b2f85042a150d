"""Typed text made comparable, and phrases found in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from bot.domain.lexicon import Near, Run
from bot.engine.denials import Hush
from bot.engine.vocabulary import Vocabulary, begins, close, places_of

_QUOTES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"'})
_ENDS = " \t\n.。,，!！;；:：、\"'()[]【】「」*_"
_SIMPLER = (
    "嚴严喪丧個个臨临義义烏乌書书亂乱從从們们會会傷伤體体內内農农剛刚辦办務务動动勁劲區区醫医慄栗厲厉壓压參参發发髮发變变葉叶後后嚇吓嗎吗員员問问喚唤噁恶惡恶堅坚墊垫塊块夠够媽妈孫孙寧宁對对尋寻盡尽歲岁幾几"
    "師师帳账應应開开棄弃強强彈弹懷怀態态總总懸悬願愿憊惫慾欲搶抢護护擔担據据換换撐撑擠挤數数斷断無无時时顯显曉晓暈晕條条來来東东樓楼標标樣样檢检橋桥殘残殺杀氣气氫氢沒没測测淺浅溝沟滅灭灣湾滿满燒烧爺爷爾尔"
    "現现瘋疯產产電电畫画異异療疗癢痒癱瘫盤盘睏困確确禮礼種种穩稳窮穷竇窦筆笔範范簡简簽签類类糧粮紅红約约紀纪級级紋纹紗纱純纯紙纸細细終终組组結结絕绝給给經经綠绿維维緊紧縱纵線线緩缓縫缝繼继續续纖纤織织罷罢"
    "羅罗聯联聲声聽听聞闻腫肿脹胀腦脑腳脚膚肤臟脏臉脸與与舊旧艱艰藍蓝藥药蘇苏虛虚號号術术補补裝装製制複复見见覺觉觀观規规親亲計计訊讯討讨訓训記记許许診诊詢询試试詩诗話话該该詳详語语認认誤误說说説说誰谁課课"
    "請请調调談谈謝谢講讲證证識识譯译讓让豐丰負负財财貧贫貴贵費费買买質质趕赶跡迹車车軟软輕轻較较載载轉转辭辞過过這这進进運运還还邊边遠远適适選选遺遗郵邮釋释針针鈣钙銀银錯错錢钱鐘钟鐵铁長长門门閉闭間间閒闲"
    "悶闷陰阴陽阳隊队階阶際际險险隨随隱隐難难雖虽雙双靜静須须項项順顺頂顶預预頭头頸颈題题額额顏颜風风飯饭飽饱養养驗验驟骤驚惊點点齡龄齒齿麼么麽么妳你係系繫系併并並并裡里裏里著着冇没嘔呕噴喷癒愈鬱郁憂忧獨独"
    "腎肾腸肠膽胆脈脉傳传債债優优價价儀仪億亿關关決决況况涼凉準准創创劃划劑剂勝胜勢势單单賣卖廠厂嘆叹圓圆園园圍围國国圖图團团報报場场壞坏壯壮夢梦夾夹婦妇嬰婴學学實实審审寫写寬宽導导屬属層层幫帮廣广廢废張张"
    "當当彎弯徑径復复恆恒慘惨慮虑憶忆戰战戲戏戶户掃扫揚扬損损搖摇擇择擊击擋挡擴扩敗败敵敌舉举於于曆历歷历極极構构槍枪機机權权歐欧歡欢殼壳毀毁沖冲淚泪濃浓濕湿濟济灑洒熱热燈灯爛烂牆墙狀状獎奖環环畢毕盜盗監监"
    "碼码礙碍禍祸離离積积稱称競竞築筑籤签練练網网緒绪緣缘縣县縮缩績绩罰罚聖圣職职膠胶臺台萬万薦荐處处蟲虫衛卫衝冲褲裤視视觸触訂订設设訴诉詞词評评誌志誠诚議议貓猫責责資资賴赖贏赢趨趋躍跃軍军輔辅輸输達达違违"
    "遲迟遷迁鄉乡醜丑鎮镇鏡镜閱阅闊阔陸陆陣阵雜杂雞鸡靈灵響响頁页領领頻频飛飞飲饮館馆馬马駕驾騎骑騙骗鬆松鬧闹魚鱼鮮鲜鳥鸟黃黄齊齐幹干乾干兩两爲为為为衆众眾众偉伟側侧備备傾倾僅仅賬账週周註注佔占佈布傑杰凍冻"
    "勞劳勵励勸劝卻却厭厌吳吴呂吕啟启啓启喲哟嗆呛嘯啸嚐尝嘗尝嚨咙囉啰壽寿奪夺奮奋姪侄娛娱屍尸島岛帶带幣币廚厨彙汇匯汇徹彻懶懒懲惩擁拥擾扰攜携斃毙暫暂棟栋樂乐橫横歸归殤殇溫温滲渗漲涨潔洁潰溃澆浇煉炼煙烟燙烫"
    "犧牺獄狱獲获瑪玛痠酸瘡疮皺皱盪荡瞭了矯矫礦矿祕秘稅税紮扎紹绍絞绞絡络統统絲丝綜综綁绑編编緻致縛缚繃绷繩绳繳缴纏缠聰聪興兴蓋盖蔣蒋藝艺蘭兰蝕蚀訪访詐诈誘诱諒谅諮咨諾诺謊谎謀谋謂谓貝贝貼贴賓宾賠赔賺赚購购"
    "贈赠軀躯軸轴輩辈輪轮轟轰辯辩連连遙遥鄰邻醬酱鉀钾鉛铅銷销鋒锋錄录鍵键鎖锁鑽钻閃闪闆板闖闯闡阐陳陈隻只雲云霧雾靂雳韓韩頑顽頗颇頰颊頹颓顆颗顧顾顫颤飄飘餓饿餘余饋馈駐驻驅驱骯肮髒脏鬥斗鹽盐麗丽麵面黨党癥症"
)
"""Characters people type in their traditional form, each before its simplified one."""
_SIMPLIFIED = str.maketrans(_SIMPLER[::2], _SIMPLER[1::2])


def normalise(text: str) -> str:
    """Return text as it is compared: one width, one case, plain quotes, no invisible marks.

    Traditional characters become simplified ones. A question mark is kept: `yes?` is not a yes.
    """
    wide = unicodedata.normalize("NFKC", text).translate(_QUOTES).casefold()
    seen = "".join(mark for mark in wide if unicodedata.category(mark) not in {"Cf", "Cc"} or mark.isspace())
    return " ".join(seen.translate(_SIMPLIFIED).split()).strip(_ENDS)


def mentions(text: str, phrases: Iterable[str | Near]) -> bool:
    """Say whether normalised `text` holds one of the normalised phrases, or words near each other.

    Phrases in letters are compared word by word (`faint`, not `faintly`; `can't` is `cant`); those in
    Chinese anywhere, also where spaces or punctuation were typed between the characters; signs anywhere.
    """
    return _ear(tuple(phrases), ()).hears(text)


def clauses(text: str, *, chinese: bool) -> list[list[str]]:
    """Return the words in letters of a normalised text by clause, or its clauses with Chinese characters."""
    if chinese:
        return [[clause] for clause in _CLAUSES.split(text) if is_chinese(clause)]
    return _by_clause(text, _words(text))


def is_chinese(text: str) -> bool:
    """Say whether a text holds Chinese characters, so that it is compared by characters, not by words."""
    return _CHINESE.search(text) is not None


WHOLE = "="
"""Before a phrase that counts only where it is the whole message: `=120`."""
_HAN = "\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"[^\W_{_HAN}]+")
_NO_WORD = re.compile(r"[\W_]+")
_CHINESE = re.compile(f"[{_HAN}]")
_CLAUSES = re.compile(r"[\W_〇]+")
_STRETCHED = re.compile(r"([^\W\d_])\1\1+")
_BROKEN_NOT = re.compile(r"(?<=[a-z])[ ,;]n?t(?![^\W_])")


@lru_cache(maxsize=64)
def _ear(phrases: tuple[str | Near, ...], harmless: tuple[Run, ...]) -> Ear:
    return Ear(phrases, harmless)


class Ear:
    """Phrases made ready to be found fast: the time taken grows with the text, never faster."""

    def __init__(self, phrases: Iterable[str | Near], harmless: tuple[Run, ...]) -> None:
        alone = [phrase for phrase in phrases if isinstance(phrase, str)]
        within = [phrase for phrase in alone if not phrase.startswith(WHOLE)]
        near = [phrase for phrase in phrases if isinstance(phrase, Near)]
        self._chinese = tuple(_NO_WORD.sub("", phrase) for phrase in within if is_chinese(phrase))
        self._latin = tuple(_spaced(phrase) for phrase in within if not is_chinese(phrase) and _words(phrase))
        self._whole = frozenset(_NO_WORD.sub("", phrase) for phrase in alone if phrase.startswith(WHOLE))
        self._signs = tuple(phrase for phrase in alone if phrase and not _NO_WORD.sub("", phrase))
        self._near = [each for each in near if not _by_characters(each)]
        self._near_words = Vocabulary(each.groups for each in self._near)
        self._harmless = [run for run in harmless if not _of_characters(run)]
        self._harmless_words = Vocabulary((*each.groups, each.unless) for each in self._harmless)
        self._hush = Hush(run for run in harmless if _of_characters(run))
        self._in_characters = [each for each in near if _by_characters(each)]
        terms = (term for each in self._in_characters for group in each.groups for term in group)
        self._characters = frozenset("".join(terms))

    def hears(self, text: str) -> bool:
        """Say whether a normalised text holds one of the phrases outside of a harmless run."""
        if self._sounds(text):
            quiet = self._hush.quiet(text)
            return quiet == text or self._sounds(quiet)
        return False

    def clauses(self, text: str, *, chinese: bool) -> list[list[str]]:
        """Return what is left of the clauses without harmless runs."""
        if chinese:
            return clauses(self._hush.quiet(text), chinese=True)
        return _by_clause(text, self._alarming(text, _words(text)))

    def _sounds(self, text: str) -> bool:
        words = self._alarming(text, _words(text))
        line = f" {' '.join(words)} "
        if any(phrase in line for phrase in self._latin) or self._words_close(words):
            return True
        packed = _NO_WORD.sub("", text)
        if packed in self._whole:
            return True
        if text.isascii():
            return False
        return (
            any(phrase in packed for phrase in self._chinese)
            or any(sign in text for sign in self._signs)
            or self._characters_close(packed)
        )

    def _alarming(self, text: str, words: list[str]) -> list[str]:
        """Return the words with nothing in the place of those in a harmless run."""
        found = self._harmless_words.find(words)
        harmless = joined = 0
        for n, run in enumerate(self._harmless):
            if (n, 0) in found and (n, len(run.groups)) not in found:
                joined = joined or _joined(text)
                harmless |= _run([found[n, g] for g in range(len(run.groups))], run.missing, joined)
        return ["" if harmless >> n & 1 else word for n, word in enumerate(words)] if harmless else words

    def _words_close(self, words: list[str]) -> bool:
        found = self._near_words.find(words)
        return any(
            close((found[n, g] for g in range(len(near.groups))), near.within)
            for n, near in enumerate(self._near)
            if (n, 0) in found
        )

    def _characters_close(self, packed: str) -> bool:
        wanted = self._characters
        places = places_of((n, mark) for n, mark in enumerate(packed) if mark in wanted)
        return any(
            close((begins(group, places) for group in near.groups), near.within)
            for near in self._in_characters
        )


def _of_characters(run: Run) -> bool:
    return any(is_chinese(term) for group in run.groups for term in group)


def _by_characters(near: Near) -> bool:
    return any(is_chinese(term) for group in near.groups for term in group)


def _by_clause(text: str, words: Iterable[str]) -> list[list[str]]:
    joined = _joined(text)
    found: list[list[str]] = [[]]
    for n, word in enumerate(words):
        if word:
            found[-1].append(word)
        if not word or not joined >> n & 1:
            found.append([])
    return [clause for clause in found if clause]


def _words(text: str) -> list[str]:
    return _WORD.findall(_plain(text))


def _plain(text: str) -> str:
    """Return text with `can't`, `can t`, `can;t` and `ca nt` as one word, and `heeelp` as `help`."""
    return _STRETCHED.sub(r"\1", _BROKEN_NOT.sub(_unbroken, text.replace("'", "")))


def _unbroken(found: re.Match[str]) -> str:
    return found[0][1:]


def _joined(text: str) -> int:
    """Return, as the bits of a number, which words are parted from the next by nothing but spaces."""
    gaps = _WORD.split(_plain(text))[1:-1]
    return sum(1 << n for n, gap in enumerate(gaps) if gap.isspace())


def _run(groups: Sequence[int], missing: frozenset[int], joined: int) -> int:
    """Return the places of the words that stand one directly after another, one of each group."""
    reached = [groups[0]]
    for n, places in enumerate(groups[1:], 1):
        before = reached[-1]
        reached.append((before & joined) << 1 & places | (before if n in missing else 0))
    run, last = 0, reached.pop()
    for n in range(len(groups) - 1, 0, -1):
        before = reached.pop()
        here = last & groups[n] & (before & joined) << 1
        run |= here
        last = here >> 1 | (last & before if n in missing else 0)
    return run | last


def _spaced(phrase: str) -> str:
    return f" {' '.join(_words(phrase))} "
