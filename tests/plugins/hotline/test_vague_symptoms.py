"""A symptom says what happens; words that fit any problem say nothing."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wtforms.validators import ValidationError

from demo.problems import BY_PHONE, ON_SITE, SEALED, UNKNOWN, WITHDRAWN, Problem
from plugins.hotline.forms import a_module, an_operation, not_vague, telling
from plugins.hotline.services import says_nothing
from plugins.hotline.vague import is_bare, is_empty, is_vague


def listed(block: str) -> tuple[str, ...]:
    return tuple(" ".join(one.split()) for one in block.split("|"))


# Words that fit any problem, no content, a demand, a roll over the keys.
NOTHING = listed(
    """
    软件有问题 | 不好用 | 系统错误 | 程序出了点问题 | 用不了 | 坏了 | 總是出現問題 | 我们的软件坏了，请尽快派人上门 |
    客户要求上门服务 | 不知道怎么回事，系统突然不行了 | 有bug | it does not work | It doesn't work! |
    the software is broken | There is a problem with the program again | ERROR | please help, urgent |
    软件 有 问题！！ | 出错了 | 客户反映系统异常 | 111111 | x | 不详 | 见上 | 如题 | 测试 | 其他 | 弹出错误 |
    咨询问题 | 老毛病又犯了 | 跟上次一样 | 同上 | 请尽快派工程师上门 | 需要工程师 | 異常 | 系統異常 | 總是出現異常 |
    无法使用 | 出错 | 有错误提示 | 提示错误 | 显示错误 | 显示不正常 | 会计说不好用 | 老样子 | 以前的问题 |
    上次的问题又出现了 | 和昨天一样 | 无 | 没有 | 待查 | 嗯 | 哈哈哈 | 。。。 | ？？？ | 啊啊啊 | aaa | 123 | 123456 |
    abc | qwe | asdasd | 1234 | 00000 | 软件瘫痪 | 用不了了 | 不能正常使用 | 需要上门服务 | 要求派技术人员来 |
    客户要求工程师来现场 | 帮忙看一下 | 有问题请联系 | 报错 | 系统报错 | 软件报错了 | 不太好用 | 不会用 | 不会操作 |
    想问一下怎么用 | 客户来电咨询 | 客户有疑问 | 客户要求上门 | 客户要求派人 | 客户催上门 | 老客户 | 同昨天 | 同前 |
    见附件 | 如图 | 说不清楚 | 现场看 | 现场再看 | 上门再说 | 请回电 | 回电 | 客户说有问题 | 财务软件有问题 |
    用友软件有问题 | 出现问题 | 异常 | 故障 | 报警 | 瘫了 | 废了 | 没法用 | 没法工作 | 无法工作 | 无法操作 |
    操作不了 | 运行不了 | 报错了 | 一直报错 | 老报错 | 总是报错 | 报个错 | 提示有误 | 弹框 | 弹窗 | 弹出提示 |
    弹出提示框 | 出现提示 | 出现错误提示 | 出错提示 | 系统提示错误 | 电脑提示错误 | 急急急 | 很急 | 急 | 尽快处理 |
    尽快解决 | 请处理 | 请协助 | 协助处理 | 请支持 | 需要支持 | 技术支持 | 服务 | 售后 | 维修 | 修理 | 保养 | 巡检 |
    1 | 0 | ... | - | -- | / | 无描述 | 描述不清 | 暂时不详 | 待补 | 待补充 | 补充 | 随便 | 没什么 | 啥都不行 |
    什么都不行 | 啥问题 | 不知道啥问题 | 搞不定 | 弄不好 | 不行了 | 不好使了 | 软件坏了 | 系统坏了 | 电脑坏了 |
    nothing happens | an error occurs | an error message appears | Program error occurred |
    customer reports an issue | something went wrong | same as before | see above | n/a | none | tbd | asdf |
    needs a visit | please send an engineer | ruanjian you wenti | ruan jian you wen ti | xitong yichang |
    not working properly | Unable to use the system | same issue again | same problem as last time |
    please come asap | need someone on site | the customer wants a visit | error | errors | Error! | unknown |
    unknown error | an unexpected error has occurred | exception | test | testing | other | qwerty | xxx | hello |
    Problem with the software | Customer has a question | No idea | I don't know | idk | App not working |
    performance issue | bad performance | wrong numbers | wrong result | incorrect result | not correct |
    gives an error | throws an error | got error message | showing error | popup error | error popup |
    pops up an error | Customer called about a problem | customer unhappy | as discussed | as above | ditto | idem |
    per phone | tba | na | nothing | no details | details unknown | various | misc | general | support needed |
    help needed | assistance required | on-site visit needed | visit requested | urgent visit | ASAP | call back |
    please call back | customer wants callback | system down | it is down | everything is broken |
    doesn't work anymore | not functioning | malfunction | malfunctioning | glitch | bug | there's a bug |
    weird behaviour | weird behavior | unstable | unreliable | lorem ipsum | blah | blah blah | bla | foo | bar |
    foo bar | xyz | zzz | hjkl | q | hmm | ok | yes | 1234567 | same | again | as usual | the usual | usual problem |
    cannot use it | can't use | won't run | fails | failure
    """
)
# What the program does, but to what?
PREDICATES = listed(
    """
    死机 | 卡死机 | 卡死了 | 很慢 | 没反应 | 打不开 | 没有反应 | 老是死机 | 今天又死机了 | 软件运行很慢 | 电脑卡 |
    系统很卡 | 系统崩溃了 | 闪退 | 一直没反应 | 用户说打不开 | 反应很慢 | 程序异常退出 | 进不去 | 登不上 | 连不上 |
    死機 | 當機 | 沒反應 | 打不開 | 软件打不开 | 系统进不去 | 电脑死机了 | 程序没响应 | 今天早上开始死机 | 最近老是死机 |
    每次都死机 | 死机3次 | 软件用着用着就死机 | 用着用着就卡死 | 点一下就死机 | 软件很卡很慢 | 慢得很 | 慢得不行 |
    卡得要命 | 崩了 | 挂了 | 点不了 | 动不了 | It crashed | crashes | does not respond | very slow | keeps crashing |
    it hangs | system freezes | the program is not responding | the customer reports that it crashes |
    The user reported it is slow | it stopped working | stopped | stuck | Application crashed again today |
    no response | Application not responding | It's slow | It is really slow today | slow performance | freezing |
    it freezes all the time | keeps freezing | screen freezes | screen is black | black screen | blue screen |
    hangs up | hanging | computer hangs | stopped responding
    """
)
# Where, but what happens there?
PLACES = listed(
    """
    登录不了 | 数据不对 | 报表有问题 | 凭证有问题 | 无法登录 | 不能打印 | 打印不了 | 工资有问题 | 库存不对 | 账不对 |
    数不对 | 弹出一个窗口 | 弹出对话框 | 打开报错 | 保存不了 | 保存失败 | 數據不對 | 登錄不了 | 数据有误 | 金额不对 |
    余额不对 | 网络有问题 | 服务器有问题 | 加密狗坏了 | 账套有问题 | T3有问题 | 账务有问题 | 报表数据不对 | 报表错误 |
    报表错了 | 凭证错误 | 凭证不对 | 余额错误 | 启动不了 | 安装不了 | 安装失败 | 登录异常 | 登录出错 | 打印有问题 |
    打印异常 | 打印不出来 | 打印不出 | 22 | 恢复数据 | 数据恢复 | can't open | cannot log in | unable to log in |
    it won't start | does not start | cannot print | The data is wrong | report is wrong | voucher problem |
    General ledger does not open | It doesn't load | login fails | login failed | login problem | app not opening |
    Software won't open | Login issue | Login error | Login not working | printing problem | print error |
    printer issue | report issue | reporting problem | data issue | data is incorrect | wrong data | an error window |
    server down | will not start | fails to start | unable to print | cannot save | can't log on | 总账打不开 |
    U8打不开 | payroll is slow | GL crashes
    """
)
# What people really say.
TELLING = listed(
    """
    点反结账后报错退出 | 打印凭证时第二页空白 | 登录时提示“找不到服务器” | 结转上年数据到一半停住 |
    凭证号从 0031 跳到 0035 | Report total differs from ledger by 3,600.00 | hangs after clicking 'post voucher' |
    freezes at 43% of the backup | 打开凭证时死机 | 打印问题: 凭证打印时报错 -5003 | 资产负债表不平 |
    一打开就自动退出 | 凭证打印错位 | 系统时间错误 | 报错 -5003 | 错误：ORA-12541 | 加密盒检测不到 |
    crashes when the month is closed | Error 5003 | prints blank pages | balance sheet does not add up |
    Problem: the voucher number jumps from 12 to 14 | 结账第三步停住 | 点反结账后报错 6105 退出，账套仍是已结账状态 |
    卡在 99% | 报表打不开 | 无法打开报表 | 凭证打印不了 | 保存凭证时报错 | 点保存没反应 | 固定资产卡片打不开 |
    工资条少打了两行 | 期初试算不平 | 现金流量表公式显示井号 | 导入 Excel 时中文变乱码 | 选完账套后一直转圈 |
    换打印机后左边被切 | 登录后只有灰色背景 | 凭证审核后仍显示未审核 | 记账后科目余额没有变化 |
    客户余额表比总账少 200 元 | 出库单审核提示现存量不足 | 月末结账提示还有未记账凭证 | 年度结转后期初为零 |
    备份到 U 盘时提示磁盘写保护 | 输入密码后窗口消失 | F2 参照窗口不弹出 | 工资个税算成零 | 折旧多提一个月 |
    发票无法勾选结算 | 系统升级后菜单里没有报表 | Login dialog shows 'server not found' |
    second page of every voucher is blank | depreciation is charged twice for March | Excel export stops at row 1000 |
    the tax column shows 0.00 for two employees | cannot delete voucher 0031: it says 'already audited' |
    year-end carry-forward stops half way | the printer cuts the right margin | opening balance shows #### |
    menu items are greyed out after upgrade | session is thrown out after five minutes | restore fails: disk full |
    user 003 cannot see account set 001 | Dongle not detected after reboot |
    Chinese names appear as ???? in the payroll file | runtime error 9: subscript out of range |
    ledger prints without totals | clicking save closes the window and the voucher is lost |
    stock goes negative after issuing 40 boxes | report is empty for November |
    password is rejected although it was reset | UFO 报表取不到 12 月的数 | 打印机只出白纸 | 服务器连不上 | 数据丢失 |
    凭证保存后不见了 | 录入凭证时回车光标不跳 | 打印预览和打印出来的不一样 | 打印机打出一半就停 | 税率从13变成了17 |
    辅助账没有往来单位 | 科目编码长度不对，提示必须四位 | 报表合计比明细少一行 | 凭证日期只能选到十月 |
    月结后损益没有转平 | 反审核按钮是灰的 | 导出的Excel打开是空的 | 新增科目后余额表不显示 |
    U8 登录时提示“不能登录到服务器” | 客户端连接服务器超时 | 加密狗灯不亮 | 打印出来是乱码 | 凭证摘要显示乱码 |
    打开报表时死机 | 保存凭证很慢 | 保存凭证要等五分钟 | 查询明细账很慢 | 登录要三分钟 | 输入数量后单价变零 |
    工资表少了三个人 | 报表公式变成#REF | 数据库置疑 | 备份文件打不开 | 凭证列表空白 | 报表全是零 | 凭证重号 |
    凭证断号 | 期初录不进去 | 制单人不能审核自己的凭证 | 电脑重启后账套不见了 | 安装到 80% 停住 | 升级后科目少了一级 |
    结账提示“库存未结账” | 固定资产卡片原值对不上 | U盘备份找不到 | 外币汇率取错 |
    the cursor does not move after enter | preview is right but paper is wrong | tax rate changed from 13 to 17 |
    save takes five minutes | ledger query takes ten minutes | voucher list is empty after search |
    export opens empty in Excel | button 'audit' is greyed out | installation stops at 80% |
    opening balances cannot be entered for customer accounts | duplicate voucher numbers in November |
    printer prints half a page and stops | login takes three minutes | cannot open the voucher list |
    trial balance is off by 12,800 | slow when saving vouchers | print preview is black | account set 003 is missing |
    backup ends with error 112 | payslip misses the bonus column
    """
)
PROBLEMS = (*BY_PHONE, *ON_SITE, WITHDRAWN, SEALED, UNKNOWN)
WITHOUT_CONTENT = listed("""
    x | 111 | aaa | 不详 | 软件 | 财务软件 | 使用 | 每次使用时 | 正常操作 | 系统 | 其他 | 全部 | 同上 | 无 | 不知道 |
    n/a | none | tbd | all | software | system | the program | using it | working | unknown | something | asdf
""")
MODULES = listed("""
    总账 | GL | 报表 | UFO报表 | 工资 | 工资管理 | 系统管理 | 往来管理 | 应收款管理 | 财务会计 | 出纳 | 物料清单 | U8 |
    payroll | HR | General ledger | fixed assets | stock
""")
OPERATIONS = listed("""
    登录 | 打印 | 打开 | 启动 | 查询 | 结账 | 反结账 | 填制凭证 | 采购发票结算 | 期末处理 | 数据备份 | 升级 |
    工资变动 计算 | login | printing | saving a voucher | month-end closing | opening a report | backup
""")
BETWEEN = st.sampled_from(["，", "。", " ", "!! ", "\n"])


def form(**said: str) -> Any:
    return SimpleNamespace(**{name: SimpleNamespace(data=text) for name, text in said.items()})


def said(text: str) -> Any:
    return SimpleNamespace(data=text)


@pytest.mark.clause("QI/03 3.1.6")
@pytest.mark.clause("QI/03 3.1.8")
@pytest.mark.parametrize("text", [*NOTHING, *PREDICATES, *PLACES, "", "  ", "？？", "慢"])
def test_a_vague_symptom_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(ValidationError, match="which operation"):
        not_vague(form(), said(text))


@pytest.mark.clause("QI/03 3.1.6")
@pytest.mark.parametrize("text", TELLING)
def test_a_real_symptom_is_accepted(text: str) -> None:
    not_vague(form(module="总账", message=""), said(text))


@pytest.mark.clause("QI/03 3.1.6")
@pytest.mark.clause("QI/03 3.1.8")
@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda one: one.operation)
def test_what_customers_of_the_demo_say_is_accepted(problem: Problem) -> None:
    named = form(module=problem.module, operation=problem.operation)
    a_module(named, named.module)
    an_operation(named, named.operation)
    not_vague(named, said(problem.happens))
    for text in filter(None, (problem.answer, problem.cause, problem.remedy, problem.prevention)):
        telling(form(), said(text))


@pytest.mark.clause("QI/03 3.1.6")
@given(
    st.lists(st.sampled_from([one for one in NOTHING if not one.isdigit()]), min_size=1, max_size=4), BETWEEN
)
def test_vague_words_stay_vague_however_many(words: list[str], between: str) -> None:
    assert is_vague(between.join(words))


@pytest.mark.clause("QI/03 3.1.6")
@given(st.lists(st.sampled_from(PREDICATES), min_size=1, max_size=4), BETWEEN)
def test_many_words_for_one_and_the_same_do_not_say_of_what(words: list[str], between: str) -> None:
    assert is_vague(between.join(words))
    assert is_bare(between.join(words))


@pytest.mark.clause("QI/03 3.1.6")
@given(st.sampled_from([*NOTHING, *PREDICATES, *PLACES]), st.sampled_from(TELLING), BETWEEN)
def test_one_real_symptom_among_vague_words_is_enough(vague: str, telling: str, between: str) -> None:
    assert not is_vague(f"{vague}{between}{telling}")
    assert not is_vague(f"{telling}{between}{vague}")


@given(st.text(), st.text())
def test_any_text_gets_an_answer(text: str, named: str) -> None:
    assert is_vague(text, named) in (True, False)
    assert is_empty(text) in (True, False)


@pytest.mark.clause("QI/03 3.1.6")
@pytest.mark.parametrize(
    ("text", "module", "operation"),
    [
        ("总账有问题", "总账", ""),
        ("总账打不开", "总账", "登录"),
        ("往来核销系统很慢", "往来核销", ""),
        ("GL does not work", "GL", ""),
        ("反结账死机", "总账", "反结账"),
        ("结账时报错", "总账", "结账"),
        ("post voucher crashes", "GL", "post voucher"),
    ],
)
def test_naming_module_and_operation_again_says_nothing_new(text: str, module: str, operation: str) -> None:
    assert is_vague(text, module, operation)


@pytest.mark.clause("QI/03 3.1.6")
@pytest.mark.parametrize(
    ("text", "module", "operation"),
    [
        ("总账有问题：反结账后余额变成零", "总账", ""),
        ("打开凭证时死机", "总账", "打开凭证"),
        ("反结账后死机", "总账", "反结账"),
        ("crashes after post voucher", "GL", "post voucher"),
        ("打印机没有反应", "总账", "打印"),
        ("login dialog is empty", "GL", "log"),
    ],
)
def test_when_it_happens_is_told_even_with_the_operations_own_name(
    text: str, module: str, operation: str
) -> None:
    assert not is_vague(text, module, operation)


@pytest.mark.clause("QI/03 3.1.6")
@pytest.mark.parametrize(
    "message", ["运行时错误 9：下标越界", "错误 9", "Disk full", "ORA-12541", "磁盘空间不足"]
)
def test_the_message_on_the_screen_may_say_it(message: str) -> None:
    not_vague(form(module="总账", message=message), said("报错"))


@pytest.mark.clause("QI/03 3.1.6")
@pytest.mark.parametrize(
    "message", ["错误", "aaa", "111", "同上", "x", "没有响应", "an error occurred", "n/a", ""]
)
def test_a_message_that_says_nothing_rescues_nothing(message: str) -> None:
    with pytest.raises(ValidationError):
        not_vague(form(module="总账", message=message), said("报错"))


@pytest.mark.clause("QI/03 3.1.6")
@pytest.mark.parametrize(
    "since", ["升级 8.72 以后", "换打印机以后", "本月增加人员以后", "since the update to 8.72"]
)
def test_an_event_since_which_it_stalls_may_say_it(since: str) -> None:
    not_vague(form(module="总账", since=since), said("很慢"))
    with pytest.raises(ValidationError):
        not_vague(form(module="总账", since=since), said("有问题"))


@pytest.mark.clause("QI/03 3.1.6")
@pytest.mark.parametrize("since", ["今天", "昨天下午", "一直", "111", "不详", "today", "always", ""])
def test_a_day_alone_does_not_say_what_stalls(since: str) -> None:
    with pytest.raises(ValidationError):
        not_vague(form(module="总账", since=since), said("很慢"))


@pytest.mark.clause("QI/03 3.1.6")
@pytest.mark.parametrize("text", WITHOUT_CONTENT)
def test_a_module_or_an_operation_without_content_is_refused_with_a_hint_of_its_own(text: str) -> None:
    with pytest.raises(ValidationError, match=r"Which module\? Like general ledger, payroll\."):
        a_module(form(), said(text))
    with pytest.raises(ValidationError, match=r"Which operation\?"):
        an_operation(form(), said(text))


@pytest.mark.clause("QI/03 3.1.6")
def test_a_module_and_an_operation_may_have_any_name() -> None:
    for text in MODULES:
        a_module(form(), said(text))
    for text in OPERATIONS:
        an_operation(form(), said(text))


@pytest.mark.clause("QI/03 3.1.8")
@pytest.mark.parametrize(
    "text", ["已解决", "好了", "处理完成", "已处理完毕", "同上", "done", "fixed", "solved", "OK"]
)
def test_an_answer_that_teaches_nobody_is_refused(text: str) -> None:
    assert says_nothing(text)
    with pytest.raises(ValidationError, match="colleague"):
        telling(form(), said(text))


@pytest.mark.clause("QI/03 3.1.8")
@pytest.mark.parametrize(
    "text",
    [
        "重装打印驱动后正常",
        "把下边距改成 10 毫米",
        "已报升级差价，用户考虑",
        "约定明天上午九点上门",
        "reset the password of user 003",
    ],
)
def test_an_answer_that_says_what_was_done_is_accepted(text: str) -> None:
    telling(form(), said(text))


def test_a_text_without_end_is_judged_at_once() -> None:
    assert is_vague("1" * 100_000)
    assert is_vague("错" * 100_000)
