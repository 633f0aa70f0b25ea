"""The fields of a customer line, and the words by which offices head their columns."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from core.i18n import Sentence, _l

FIELD_LABELS: dict[str, Sentence] = {
    "file_number": _l("File number"),
    "name": _l("Unit's name"),
    "contact": _l("Contact"),
    "phone": _l("Phone"),
    "fax": _l("Fax"),
    "address": _l("Address"),
    "product": _l("Product"),
    "version": _l("Version"),
    "serial_number": _l("Serial number"),
    "contract_date": _l("Contract date"),
    "service_card": _l("Service card"),
    "service_until": _l("Service until"),
    "regional_manager": _l("Regional manager"),
    "salesperson": _l("Salesperson"),
    "note": _l("Note"),
}
FIELDS = tuple(FIELD_LABELS)

# Within a field the surest word stands first: where two columns fit, the surer one is taken.
_WORDS = {
    "file_number": (
        "档案号 客户档案编号 客户档案号 档案编号 用户档案号 用户档案编号",
        "客户编号 客户编码 客户代码 客户号 用户编号 用户号 编号",
        "file number, file no, customer number, customer no, customer code, customer id, account number",
    ),
    "name": (
        "单位名称 用户单位 客户名称 用户名称 客户单位 使用单位 单位全称 客户全称 公司名称 企业名称",
        "单位 客户 公司 用户 名称",
        "unit's name, unit name, customer name, company name, organisation, organization",
        "customer, company, unit, name",
    ),
    "contact": (
        "联系人 联系人姓名 客户联系人 单位联系人 经办人 姓名",
        "contact, contact person, contact name",
    ),
    "phone": (
        "联系电话 电话 电话号码 联系人电话 单位电话 办公电话 固定电话 联系方式",
        "座机 手机 手机号 手机号码 移动电话",
        "phone, telephone, phone number, contact number, contact phone, tel, mobile, mobile phone",
    ),
    "fax": ("传真 传真号 传真号码 传真电话", "fax, fax number"),
    "address": ("单位地址 地址 联系地址 通讯地址 通信地址 客户地址 详细地址 公司地址 安装地址", "address"),
    "product": (
        "产品名称 产品 软件名称 软件产品 产品模块 购买产品 软件 模块名称 模块",
        "product, product name, software, module",
    ),
    "version": ("版本 版本号 产品版本 软件版本", "version, product version"),
    "serial_number": (
        "序列号 产品序列号 软件序列号 加密盒号 加密狗号 加密锁号 加密卡号 加密盒 加密狗 加密锁 注册号",
        "serial number, serial no, serial, s/n, dongle number, dongle",
    ),
    "contract_date": (
        "合同日期 签约日期 合同签订日期 签订日期 签约时间 签订时间 合同时间 购买日期 购买时间 订购日期",
        "contract date, date of contract, signed on, purchase date",
    ),
    "service_card": (
        "服务卡号 服务卡 服务卡编号 年卡号 年卡 服务证号",
        "service card, service card number, service card no, card number",
    ),
    "service_until": (
        "服务到期日 服务到期日期 服务到期 服务截止日期 服务截止日 服务截止 服务期至",
        "服务有效期至 服务有效期 维护到期日 有效期至 到期日期 到期日",
        "service until, service end, service ends, service end date, valid until, expiry date",
    ),
    "regional_manager": (
        "区域经理 责任区域经理 负责区域经理 责任经理 大区经理 客户经理",
        "regional manager, area manager",
    ),
    "salesperson": (
        "销售员 销售人员 业务员 销售代表 业务代表 销售经理 销售",
        "salesperson, sales representative, sales rep, sales",
    ),
    "note": ("备注 备注说明 附注 备忘", "note, notes, remark, remarks, comment, comments"),
}
_HINT = re.compile(r"\([^)]*\)|\[[^\]]*\]")


def heading(cell: str) -> str:
    """Reduce a header cell to what is compared: no hint in brackets, no spaces, marks or capitals."""
    plain = "".join(unicodedata.normalize("NFKC", cell).split()).casefold().replace("’", "'")
    return (_HINT.sub("", plain) or plain).strip("*:.#_")


def _ranked(lines: Iterable[str]) -> Iterable[str]:
    for line in lines:
        yield from map(heading, line.split() if line[0] > "\x7f" else line.split(","))


_MEANING: dict[str, tuple[int, str]] = {
    word: (rank, field) for field, lines in _WORDS.items() for rank, word in enumerate(_ranked(lines))
}


def columns_of(cells: Iterable[str], chosen: Mapping[str, str] | None = None) -> dict[str, int]:
    """Say which column holds which field; the user's choice (heading -> field, "" for none) comes first."""
    fitting: dict[str, list[tuple[int, int]]] = {}
    for column, word in enumerate(map(heading, cells)):
        rank, field = (-1, chosen[word]) if chosen and word in chosen else _MEANING.get(word, (0, ""))
        fitting.setdefault(field, []).append((rank, column))
    return {field: min(fitting[field])[1] for field in FIELDS if field in fitting}
