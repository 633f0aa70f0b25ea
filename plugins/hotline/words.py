"""The words by which ``vague`` judges a text, Chinese as patterns and English as stems: lists, no logic.

A word that stands in none of them is content; a new one is added where a call showed that it says nothing.
"""

from __future__ import annotations

# The traditional characters of the words below, and one written in two ways.
SIMPLER = str.maketrans(
    "軟體問題錯誤壞沒這們個電腦統現機點難幫請無運總為麼異當顯開錄報應響數據憑證單賬帳測試詳師緩閃潰進啟動連"
    "樣過後時還說話詢諮來彈見復處員務餘額導輸儲審間寫網絡續幾對",
    "软体问题错误坏没这们个电脑统现机点难帮请无运总为么异当显开录报应响数据凭证单账账测试详师缓闪溃进启动连"
    "样过后时还说话询咨来弹见复处员务余额导输储审间写网络续几对",
)

_COUNT = r"[\d一二两三四五六七八九十几多半每]"

# What fits any problem, any request and any answer.
FILLER = (
    # trouble, without saying which
    r"(?:出现|发生|存在|遇到|碰到|提示|弹出|跳出|显示|[有出报])?了?一?[点些个条]?[小大老]?"
    r"(?:问题|毛病|故障|错误|异常|情况|状况|错)(?:信息|提示|消息)?",
    r"(?:不能|不可以|没法|没办法|无法|不会|不好|不让|难)(?:正常)?(?:使用|工作|[用使])?",
    r"用不[了成]|不(?:行|对劲|对|正常|正确|管用|好使|太好|好|灵|工作|稳定|准|了|上|成功?|出来?|起来|清楚?)",
    r"坏掉|坏|失灵|失败|有误|瘫痪?|废|没用|犯|疑问|搞不定|弄不好|奇怪|怪|出现|发生|存在|遇到|碰到",
    # the program itself
    r"(?:财务|用友)?(?:软件|软体)|用友|程序|系统|电脑|计算机|机器|产品|模块|功能|平台|客户端|版本|东西",
    r"正常|使用|运行|操作|工作|用户?",
    # nothing at all
    r"不详|不明|未知|待[定查补]充?|暂时?|无|描述|补充|详[见情]|如图|见?附件|随便|啥|[见如同]上面?|同前|如[题前]|[上下]面|以上|略|测试|试试|试|其[他它]|全部|所有|任何|哈|呵|嗯|哦",
    r"老样子|[跟和与同]?(?:上次|上回|以前|之前|前面|原来)(?:的|那样)?|一样|相同|同样|类似|样",
    r"弹出|弹[框窗]|跳出|提示框?|显示|屏幕|信息|消息|反应|反映|反馈|报警|报",
    # who, when, how often
    r"我们|你们|他们|咱们|大家|我|你|您|他|她|公司|客户|单位|对方|会计|老板|领导|(?<!没)有人|别人|这边|那边|这里|那里",
    r"这个|那个|这|那|就是|说是|说|称|觉得|感觉|希望|想要|想|可能|好像",
    r"现在|今[天早晚日]|昨[天晚日]|前天|上午|下午|早上|晚上|中午|刚才|刚刚|最近|近来|上周|本周|这周|本月|上个?月|去年|今年",
    r"周[一二三四五六日末]|星期[一二三四五六日天]|开始|以来|以后|之后|的?时候|[时后前起]",
    rf"{_COUNT}{{1,4}}(?:次|回|遍|天|日|号|个?月|年|周|点半?|分)",
    r"突然|忽然|一直|老是|老|总是|总|经常|常常?|有时候?|偶尔|还是|还|又|都|也|很|太|真|非常|特别|比较|有点|再次|再|仍然?|得很?|要命|点击?一下|同",
    # asking for somebody
    r"请联系|请|麻烦|帮忙|帮|看看|看一下|看|一[下个条些点种]|尽快|赶快|赶紧|马上|立即|快点|快|急|(?:派|叫|需?要)人|来人|派|需要|需|要求|要|必须",
    r"工程师|技术(?:人员|员|支持)?|售后|协助|维修|保养|巡检|师傅|人员|支持|维护|检查|检修|过来|过去|来电(?!脑)|来|去|上门|现场|服务|安排",
    r"催|回电|咨询|询问|请教|问一?下?|打?来?电话",
    # having done, without saying what
    r"处理|解决|修理|修复|修|已经|已|好|搞定|弄|完成|完毕|结束|答复|回复|恢复|了解|知悉|核实|属实|知道|清楚|明白|收到",
    r"不知道|不清楚|怎么回事|怎么办|怎么|为什么|什么|哪里|你好|谢谢|可以|加强|注意|改进|改善|提高|重视|努力|下次|今后|避免|防止",
    # a complaint, without saying what was said or done
    r"服务态度|态度|热线|接线员?|差劲|差|恶劣|生硬|不耐烦|粗鲁|冷淡|不礼貌|不佳|不?满意?|投诉|等待?|太?久",
    r"[有没无的了着过啊呀呢吗嘛吧在是就把被让给对和跟与或但而且因会将]",
)

# Modules: asked in a field of their own, so that they say nothing new about what happens.
NAMES = (
    r"总账|明细账|工资|薪资|人事|固定资产|库存|采购|销售|存货|应收|应付|往来|出纳|成本|生产|供应链|资金|财务(?!软)|账务",
    r"系统管理|管理|核算",
)

# One of these alone leaves open what, where or how; two of different kinds tell something.
OBJECTS = (
    r"数据|数字|数量|数|凭证|单据|单子|发票|报表|表格|表|账套|账|余额|金额|文件|界面|窗口|画面|页面|对话框",
    r"打印机|服务器|网络|加密[盒狗]",
)
ACTS = (
    r"打开|开机|启动|登[录陆入]|进入|进|打印|保存|存盘|查询|录入|输入|导出|导入|安装|连接|修改|删除|新增|增加|反?结账|记账|过账|对账|审核",
)
# How long it takes.
NUMBERS = (rf"{_COUNT}{{1,4}}个?半?(?:秒钟?|分钟|小时)",)
PREDICATES = (
    r"[打开进登点连起动存退关装查看传]不(?:了|开|上|进去?|去|动|起来?|出来?|来|下去?|到)",
    r"死机|死掉|死|宕机|当机|挂掉|挂|崩溃|崩|闪退|自动(?:退出|关闭)|退出|卡死机?|卡住|卡顿|卡|缓慢|慢",
    r"(?:没有?|[无未不])(?:反应|响应|动静)|不动|[黑白蓝花]屏|乱码|空白|停住|停止|停|中断|断开|掉线|断线|丢失|丢|不见|没了|消失",
    r"不显示|出不来",
)

# The same in English, as stems, and in plain pinyin.
ENGLISH_FILLER = """
    a about above again all already also always am an and angry annoyed any anymore anyone anything app
    appear application apply are as asap ask assist assistance at attention attitude back bad badly bar
    be been before behave behavior behaviour below better bla blah both bring broke broken bug but by
    call callback caller came can cannot careful client come complain complaint complete computer
    correct could couldn customer dear demand detail did didn discuss dissatisfied ditto do does doesn
    don done down dunno during each else encounter engineer error etc even ever every everything
    exception experience face fail failure fault faulty feel find fine finish fix follow following foo
    for found from function further general get getting giv give glitch go goes going gone good got guy
    had handle happen has have having he hello help her here hi him his hmm how i idea idem idk
    immediate immediately impatient impolite improper improve in incorrect incorrectly info information
    informed ipsum is isn issue it its just keep kind know known last late later like likely little lo
    look lorem lot machine maintenance make malfunction manner many may maybe me mention mess message
    misc moment more most much must my na need never next nil no nobody none nope normal normally not
    nothing notice notified now null number occasionally occur occurr odd of off often oh ok okay old on
    once one only onsite or other our out part people per performance perhaps phone please poor pop
    popup possible presumably previous probably problem product program proper properly question quick
    quickly quite rather really receiv receive recent recently request requir require resolv resolve
    result rude run running said same say screen see seem seen send she should show shown since site so
    software solv solve some somebody someone something sometimes somewhere soon sorry stay still
    strange stuff such sudden suddenly support sure system tba tbc tbd technician tell test than thank
    that the their them then there they thing this those throw thx time to today todo told too trouble
    try turn unable unclear unexpected unexpectedly unfriendly unhappy unknown unreliable unstable up
    upset urgent urgently us use user using usual usually various ve version very visit wa want was wasn
    way we weird well went were what when whenever where which while who why will with without won work
    would wrong yes yesterday yet you your
    ruanjian ruan jian xitong xi tong chengxu cheng xu diannao wenti wen ti cuowu cuo wu chucuo chu
    guzhang gu zhang maobing yichang yi chang bu hao neng yong le huai de kehu ke hu qing jinkuai
    shangmen gongchengshi xuyao baocuo bao mei meiyou zhidao tongshang shang ceshi qita buxiang duile
    dui
"""
ENGLISH_NAMES = """
    accounting asset chain erp finance financial fixed gl gongzi hr inventory k3 ledger management
    module payable payroll purchase purchasing receivable sale stock supply t3 t6 u8 ufo zongzhang
"""
ENGLISH_OBJECTS = """
    account amount balance data database dialog figure file form invoice list network page pc printer
    record report server sheet table value voucher window
"""
ENGLISH_ACTS = """
    access close connect dakai delete denglu edit enter export import install launch load log login
    logon open print query sav save sign signin start
"""
ENGLISH_PREDICATES = """
    black blank blue crash dabukai dead die disappear disconnect exit fanying freez freeze froze frozen
    hang hung kasi lag man quit respond response responsive shut siji sijile slow slower slowly stop
    stopp stuck terminate unresponsive white
"""

# Over these a finger rolls that types nothing.
KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "0123456789", "abcdefghijklmnopqrstuvwxyz")
