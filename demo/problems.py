"""What customers phone about: symptoms as they are told, and what a good engineer makes of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One problem of one product: the symptom, and its answer by phone or its remedy on site."""

    product: str
    module: str
    operation: str
    happens: str
    message: str = ""
    since: str = ""
    tried: str = ""
    answer: str = ""
    cause: str = ""
    remedy: str = ""
    prevention: str = ""


BY_PHONE = (
    Problem(
        product="财务通",
        module="总账",
        operation="填制凭证",
        happens="保存凭证时科目处变红，凭证存不下来",
        message="科目“应收账款”已设客户往来辅助核算，请录入客户",
        since="本月新来的会计接手后",
        answer="光标停在应收账款那一行按 F2，选上客户再保存；旧凭证不用改。已请对方当场保存成功。",
    ),
    Problem(
        product="财务通",
        module="总账",
        operation="期末结账",
        happens="月末结账走到第三步停住，列出一张未记账的凭证",
        message="本月还有 1 张凭证未记账，不能结账",
        since="今天上午",
        answer="在凭证查询里按“未记账”筛选，找到 27 号凭证未审核；换一个人审核、记账后结账通过。",
    ),
    Problem(
        product="UFO报表",
        module="UFO报表",
        operation="整表重算",
        happens="资产负债表期末数全是零，年初数正常",
        since="换了 11 月的表页之后",
        tried="重新打开过一次",
        answer="表页的关键字还是 10 月：数据、关键字、录入，改为 11 月后重算，期末数已出来。",
    ),
    Problem(
        product="工资管理",
        module="工资管理",
        operation="工资变动 计算",
        happens="两名新员工的个人所得税没有算出来，其他人正常",
        since="本月增加人员以后",
        answer="新员工没有勾选“扣税”，在人员附加信息里补上，再点一次计算和汇总，税额已出。",
    ),
    Problem(
        product="固定资产",
        module="固定资产",
        operation="卡片录入",
        happens="录入新卡片时使用年限那一格是灰的，填不进去",
        since="昨天下午",
        answer="类别“电子设备”里设了固定年限，要先改类别的年限，卡片自动带出；已改为 3 年。",
    ),
    Problem(
        product="供应链",
        module="库存",
        operation="出库单审核",
        happens="审核出库单时提示现存量不足，仓库实物有 40 箱",
        message="存货 A-2104 现存量为 0",
        since="盘点之后",
        answer="盘点单只保存没有审核，审核盘点单以后现存量变成 40，出库单审核通过。",
    ),
    Problem(
        product="财务通",
        module="系统管理",
        operation="登录账套",
        happens="换了新电脑，登录时下拉框里看不到 003 账套",
        tried="重启过电脑",
        answer="新电脑连到了本机而不是服务器：在系统管理里把服务器改为原来的机器名，003 账套出现。",
    ),
    Problem(
        product="UFO报表",
        module="UFO报表",
        operation="打印利润表",
        happens="利润表打印时最右边一列被切掉半个字",
        since="换打印机以后",
        answer="页面设置里把左右边距各改为 10 毫米、缩放 95%，打印预览完整，客户试印一张合格。",
    ),
    Problem(
        product="生产制造",
        module="物料清单",
        operation="展开物料清单",
        happens="展开 P-330 的物料清单少了一级半成品",
        since="上周改过工艺路线",
        answer="半成品的生效日期写成了下月 1 日，改为本月后重新展开，四级都在。",
    ),
)

ON_SITE = (
    Problem(
        product="财务通",
        module="总账",
        operation="反结账",
        happens="点反结账后报错退出，账套仍是已结账状态",
        message="运行时错误 3021：没有当前记录",
        since="10 月结账以后",
        tried="换一台客户端，现象一样",
        cause="结账时断电，账套 001 的期间表留下半条记录",
        remedy="备份后用官方修复工具重建期间表，反结账成功，再逐月核对科目余额与备份一致",
        prevention="结账前先做备份；服务器接上不间断电源，结账时不要关机",
    ),
    Problem(
        product="工资管理",
        module="工资管理",
        operation="银行代发",
        happens="导出的代发文件银行不收，说第 18 行户名是乱码",
        message="文件格式不符（银行回单）",
        since="银行换接口以后",
        cause="员工姓名里有生僻字，代发模板仍按旧编码导出",
        remedy="代发模板的编码改为 GB18030，重新导出，请银行试收，三十六行全部通过",
        prevention="新增生僻字姓名的员工时，先用一行试导出，再整批报盘",
    ),
    Problem(
        product="供应链",
        module="采购",
        operation="采购发票结算",
        happens="手工结算时程序没有反应，任务管理器里占用一半处理器",
        since="上周五",
        tried="等了二十分钟，只好结束任务",
        cause="未结算的入库单积压到两万行，结算窗口没有按期间过滤",
        remedy="分月结算积压的入库单，并把结算过滤方案改为“本月”，窗口两秒内打开",
        prevention="每月结账前结算完当月入库单，过滤方案不要改成“全部”",
    ),
    Problem(
        product="财务通",
        module="系统管理",
        operation="年度账结转",
        happens="结转上年数据到一半停住，新年度账里没有期初余额",
        message="磁盘空间不足",
        since="昨天下午结转时",
        cause="服务器数据盘只剩 200 兆，结转的临时文件写不下",
        remedy="清理旧备份腾出 30 吉字节，删除未建成的新年度账后重新结转，期初余额与上年末核对一致",
        prevention="结转前看一眼剩余空间，至少留出账套大小的三倍",
    ),
    Problem(
        product="固定资产",
        module="固定资产",
        operation="计提折旧",
        happens="计提折旧后凭证金额比上月多一倍，二十张卡片折旧翻番",
        since="本月计提时",
        cause="卡片批量修改时工作量法被套用到了平均年限法的卡片上",
        remedy="撤销本月计提，把二十张卡片的折旧方法改回平均年限法（一），重新计提，与上月差额为新增卡片一项",
        prevention="批量修改前先导出卡片清单，由另一人核对再确认",
    ),
    Problem(
        product="生产制造",
        module="生产订单",
        operation="领料",
        happens="按生产订单领料时数量自动变成负数，单据保存不了",
        message="数量不能小于零",
        since="升级 8.72 以后",
        cause="升级脚本没有执行完，物料清单的损耗率字段为空值",
        remedy="备份后补执行升级脚本第 14 步，损耗率补为零，领料数量恢复正常，抽查五张订单",
        prevention="升级后先跑一遍“升级检查”再让车间使用",
    ),
    Problem(
        product="UFO报表",
        module="UFO报表",
        operation="取数公式",
        happens="现金流量表取数公式报错，单元格显示井号",
        message="公式错误：函数 XJLL 参数个数不对",
        since="改了现金流量项目以后",
        cause="新增的现金流量项目编码为五位，公式仍按四位写死",
        remedy="公式改为按项目名称取数，六个单元格重新校验，表间勾稽相符",
        prevention="增加项目前先看编码规则，位数保持一致",
    ),
    Problem(
        product="财务通",
        module="往来管理",
        operation="核销",
        happens="往来核销后客户余额表与总账相差 3,600.00 元",
        since="上月末核销以后",
        cause="一张红字收款单在断网时被核销两次",
        remedy="取消重复的那次核销，重新核销并与总账逐户核对，差额为零",
        prevention="网络不稳时不做批量核销，核销完当场对一次总账",
    ),
    Problem(
        product="供应链",
        module="存货核算",
        operation="期末处理",
        happens="期末处理后三种存货单价为负",
        message="结存单价小于零，是否继续",
        since="今天期末处理时",
        cause="暂估入库的红字回冲先于蓝字入账，移动平均算出负单价",
        remedy="恢复期末处理，调整单据记账顺序后重新记账，三种存货单价恢复为正",
        prevention="暂估回冲与新入库单同日记账，先蓝后红",
    ),
    Problem(
        product="工资管理",
        module="工资管理",
        operation="工资分摊 生成凭证",
        happens="工资分摊生成的凭证借贷不平，差 0.03 元",
        since="连续两个月",
        tried="重新汇总过",
        cause="分摊比例按三位小数保存，四个部门相加为 100.1%",
        remedy="比例改为两位小数并由末一部门倒挤，重新生成凭证，借贷平衡",
        prevention="修改分摊比例后点“检查合计”，等于 100% 再保存",
    ),
)

WITHDRAWN = Problem(
    product="DOS版账务",
    module="账务",
    operation="打印总账",
    happens="新换的激光打印机打不出总账，只出白纸",
    since="换打印机以后",
    answer="该产品停售已超过一年，不再提供支持；已说明可升级到财务通，升级报价请销售员联系。客户同意考虑。",
)

SEALED = Problem(
    product="财务通",
    module="总账",
    operation="填制凭证",
    happens="凭证保存后打印预览空白，要求上门查看",
    since="本周",
)

UNKNOWN = Problem(
    product="财务通",
    module="总账",
    operation="期初余额录入",
    happens="期初试算不平，差额正好等于一笔预收账款 12,800.00 元",
    since="今天建账时",
    answer="预收账款的余额方向录成了借方，改为贷方后试算平衡；单位资料已补进客户档案。",
)

COMPLAINTS = (
    (
        "hotline",
        "昨天下午打热线问结账的事，接电话的人语气生硬，没有报工号就挂断了",
        "昨天 15:20 左右",
    ),
    ("delay", "说好前天上午上门，一直没有人来，也没有电话", "前天上午"),
)

FINDINGS = {
    "findings": "查当日记录，15:18 的来电确由本处接听，线路中断后未回拨，未报工号属实",
    "answer": "已由值班经理陪同当事人电话致歉，并当场解答了结账的做法，客户表示接受",
    "prevention": "话机旁贴上开场白与工号卡；线路中断五分钟内必须回拨，由值班经理抽查",
}
