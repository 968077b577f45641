#!/usr/bin/env python3
"""Ledgers as offices keep them: the open set. Usage: python3 generate.py [--seed N] [--out DIR]"""
import argparse, sys
from kit import *

SEED = 20261123
# ---------------------------------------------------------------- people
XING = list("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文")
MZ = {"男": ["建国", "志强", "国庆", "宝生", "树林", "长海", "永福", "玉山", "立新", "春生", "德顺", "洪亮", "凤山", "连生", "振东", "书田", "占军", "少华", "金锁", "福来", "文博", "子轩", "浩然", "宇航"],
      "女": ["桂兰", "秀英", "玉珍", "淑敏", "凤霞", "翠萍", "宝华", "素芬", "金凤", "月娥", "丽娟", "慧敏", "春梅", "秋菊", "瑞芝", "淑芳", "素珍", "雅琴", "美玲", "学琴", "梓涵", "雨桐", "思琪", "欣怡"]}
class People:
    def __init__(s, rng): s.rng = rng; s.used = set(); s.tel = set()
    def name(s, sex=None):
        while True:
            x = sex or s.rng.choice("男女"); n = s.rng.choice(XING) + s.rng.choice(MZ[x])
            if n not in s.used: s.used.add(n); return n, x
    def phone(s):
        while True:
            t = "1380000" + f"{s.rng.randint(1, 9999):04d}"
            if t not in s.tel: s.tel.add(t); return t
    def land(s): return f"022-0000{s.rng.randint(1, 9999):04d}"

# ---------------------------------------------------------------- what is needed
# group, services, words, n, unit, per
NEEDS = [
 ("old", ["B01"], "老两口腿脚都不好，做饭费劲，想让食堂中午把饭送到家里", 1, "餐", "day"),
 ("old", ["B01"], "独居，前阵子忘关火把锅烧坏了，家里人不放心，盼着有人送饭", 5, "餐", "week"),
 ("old", ["B02"], "眼睛看不清，家里好久没彻底打扫，厨房油污重", 2, "次", "month"),
 ("old", ["B03"], "瘫在床上，家里人弄不动，想请带设备的上门洗澡", 2, "次", "month"),
 ("old", ["A02"], "每回去医院拿药排队挂号弄不明白，想有人陪着看病", 1, "次", "month"),
 ("old", ["C01"], "一个人住，儿女在外省，盼着有人常来看看", 1, "次", "week"),
 ("old", ["C03"], "老伴走了以后整天不出门，想有人陪着说说话", 2, "次", "month"),
 ("old", ["B07"], "厕所没有扶手，摔过一次，想装扶手、换防滑地砖", 1, "次", "total"),
 ("old", ["A05"], "血压血糖都高，吃药没准点，想有人定期给量一量记下来", 2, "次", "month"),
 ("old", ["B01", "B02"], "胳膊骨折打着石膏，这阵子做饭收拾屋子都不行", 3, "次", "week"),
 ("old", ["B03", "C01"], "失能在家，老伴也七十多了，洗澡是最大的难处，也盼着有人来看看", 4, "次", "month"),
 ("old", ["B04"], "住四楼没电梯，坐轮椅，想有人帮着下楼晒太阳", 2, "次", "week"),
 ("old", ["A01"], "白天家里没人，怕出意外，需要白天有人照看", 5, "次", "week"),
 ("old", ["A01", "B01"], "糊涂了，常走丢，家里人上班看不住，中午饭也没着落", 5, "次", "week"),
 ("old", ["B05"], "每月要去社区医院开慢病药，自己走不动，望有人帮着取", 1, "次", "month"),
 ("dis", ["A03"], "脑出血后半边身子不好使，想有人教着做康复", 2, "次", "week"),
 ("dis", ["A03", "C02"], "车祸后截肢，装了假肢不会用，情绪也很低落", 1, "次", "week"),
 ("dis", ["B07"], "轮椅进不了卫生间，门槛也高，希望改一改", 1, "次", "total"),
 ("dis", ["C04"], "精神残疾，药一直吃着，多年没出过门，家属想让他参加点集体活动", 1, "次", "week"),
 ("dis", ["B02", "B04"], "视力一级，出门和打扫都得有人帮", 2, "次", "week"),
 ("dis", ["A01"], "重度智力残疾，母亲一人照看，想有人替两个半天喘口气", 2, "次", "week"),
 ("dis", ["F02"], "旧轮椅刹车坏了，想要一台能折叠的", 1, "台", "total"),
 ("dis", ["B03"], "高位截瘫多年，冬天洗不了澡，身上起了疹子", 2, "次", "month"),
 ("dis", ["D05"], "不知道护理补贴到期怎么续，想有人帮着问问、填填表", 1, "次", "total"),
 ("kid", ["C07"], "爷爷奶奶带着，作业没人管，成绩掉得厉害", 2, "次", "week"),
 ("kid", ["C07"], "初二，数学英语跟不上，父亲服刑，姑姑照管", 3, "次", "week"),
 ("kid", ["C02"], "父亲去世后不爱说话，晚上老做噩梦，想请老师开导", 1, "次", "week"),
 ("kid", ["C02", "C07"], "母亲离家后孩子厌学，在屋里不出来，希望有大学生陪伴和开导", 1, "次", "week"),
 ("kid", ["F02"], "升初中，缺书桌和台灯，衣服也小了", 1, "套", "total"),
 ("kid", ["A03"], "孤独症，训练机构排不上，家里教不了，盼有老师带着训练", 2, "次", "week"),
 ("kid", ["C04", "C07"], "刚转学过来，没有玩伴，想周末参加点活动，也补补课", 1, "次", "week"),
 ("kid", ["D06"], "抚养费一直没要来，奶奶不懂法，想找人给问问", 1, "次", "total"),
 ("adult", ["C06"], "两口子都有病，孩子上大学，学费是借的，想多找些门路", 1, "次", "total"),
 ("adult", ["C05"], "下岗后一直零工，想学个手艺，月嫂、面点都行", 1, "期", "total"),
 ("adult", ["D05"], "刚做完支架手术，自费多，不清楚能申请哪些救助", 1, "次", "total"),
 ("adult", ["A02"], "要去市里放疗，爱人得上班，想有人陪着去", 2, "次", "month"),
 ("adult", ["F02"], "家里失火，被褥衣服都烧没了，急用过冬的东西", 1, "批", "total"),
 ("adult", ["C02"], "丈夫病重两年，自己压力大整夜睡不着，想找人说说", 2, "次", "month"),
 ("adult", ["D01"], "家里几口人都有难处，自己也说不清先顾哪头，请专业的人来看看", 1, "次", "total"),
 ("adult", ["B02", "B01"], "化疗期间没力气，家务和饭都顾不上", 3, "次", "week"),
 ("adult", ["D06"], "工伤赔偿没谈拢，老板躲着不见，想问问律师", 1, "次", "total"),
 ("adult", ["F02", "C06"], "冬天取暖费差一截，电暖气也坏了，想看有没有单位能帮一把", 1, "次", "total"),
]
BEN_U = {"old": [["DB"], ["TK_F"], ["BY"], ["DB", "CJ_ZD"], ["GX"]], "dis": [["CJ_ZD"], ["CJ_KN"], ["DB", "CJ_KN"], ["DB", "CJ_ZD"]],
         "kid": [["KJ"], ["SWR"], ["DB", "KJ"], ["GE"]], "adult": [["DB"], ["BY"], ["GX"], ["LS_JN"], ["LS_ZC"]]}
BEN_R = {"old": [["DB"], ["TK_F"], ["LSLR"], ["BY"], ["DB", "CJ_ZD"]], "dis": BEN_U["dis"], "kid": [["KJ"], ["LSET"], ["SWR"], ["LSET", "DB"]], "adult": [["DB"], ["FP"], ["GX"], ["LS_JN"], ["BY"]]}
# words for a code; a layout takes one variant per code
BW = {"DB": ["低保户", "低保", "低保家庭", "最低生活保障家庭"], "TK_F": ["分散特困", "特困（分散供养）", "特困分散供养", "分散供养特困人员"], "TK_J": ["集中特困", "特困（集中供养）", "特困集中供养", "集中供养特困人员"],
      "BY": ["低保边缘户", "低保边缘", "低保边缘家庭", "最低生活保障边缘家庭"], "GX": ["刚性支出困难户", "刚性支出困难", "刚性支出困难家庭", "支出型困难家庭"],
      "LS_JN": ["急难型临时救助", "临时救助（急难型）", "临时救助急难型", "临时救助对象（急难）"], "LS_ZC": ["支出型临时救助", "临时救助（支出型）", "临时救助支出型", "临时救助对象（支出型）"],
      "SZ": ["受灾户", "受灾人员", "受灾人员", "受灾人员"], "LL": ["流浪人员", "流散人员", "生活无着人员", "生活无着的流散人员"], "GE": ["孤儿", "孤儿", "孤儿", "孤儿"],
      "SWR": ["事实无人抚养", "事实无人抚养儿童", "事实无人抚养儿童", "事实无人抚养"], "KJ": ["困境儿童"] * 4, "LSET": ["留守儿童", "留守儿童", "农村留守儿童", "留守儿童"], "LSFN": ["留守妇女", "留守妇女", "农村留守妇女", "留守妇女"],
      "LSLR": ["留守老人", "留守老人", "农村留守老人", "留守老年人"], "CJ_KN": ["困难残疾人", "困难残疾人", "困难残疾人生活补贴", "困难残疾人"], "CJ_ZD": ["重残", "重度残疾人", "重度残疾人护理补贴", "重度残疾"],
      "FP": ["监测户", "防返贫监测户", "防返贫监测对象", "防止返贫监测对象"], "QT": ["其他特殊困难"] * 4}
SW = {"A01": ["看护", "看护照料", "照看", "日常照料"], "A02": ["陪诊", "陪诊服务", "送医陪护", "陪诊"], "A03": ["康复", "康复训练", "康复指导", "康复训练"], "A04": ["委托照料"] * 4, "A05": ["健康随访", "健康随访", "上门随访健康", "记录病情"],
      "B01": ["送餐", "助餐", "助餐送餐", "老人餐"], "B02": ["打扫卫生", "助洁", "保洁", "家政保洁"], "B03": ["洗澡", "助浴", "上门助浴", "助浴洗澡"], "B04": ["出行帮助", "助行", "助行", "陪同出行"], "B05": ["助医", "助医", "助医取药", "助医"],
      "B06": ["助急"] * 4, "B07": ["适老化改造", "居室改善", "无障碍改造", "居家适老化改造"], "C01": ["探访", "探访关爱", "上门探视", "定期探访"], "C02": ["心理疏导", "心理疏导", "心理辅导", "心理咨询"], "C03": ["精神慰藉"] * 4,
      "C04": ["社会融入"] * 4, "C05": ["能力提升"] * 4, "C06": ["资源链接", "资源链接", "链接资源", "资源链接"], "C07": ["学业辅导", "课业辅导", "功课辅导", "作业辅导"], "D02": ["个案管理"] * 4, "D01": ["需求评估", "需求评估", "评估", "需求评估"], "D05": ["政策咨询", "协助申请", "政策咨询", "协助申请"],
      "D06": ["法律援助", "法律援助", "法律援助转介", "法律援助"], "F01": ["资金"] * 4, "F02": ["物资", "物资支持", "物资帮扶", "实物"]}
SW["D01"][2] = "需求评估"
def V(code_table): return lambda codes, k: [code_table[c][k] for c in codes]
bw, sw = V(BW), V(SW)
SRC = [("platform", "救急难平台", "JJN2026"), ("patrol", "入户走访", None), ("hotline", "12345热线", "RX2026"), ("qr", "直通车扫码", "ZTC2026"), ("organization", "社会组织反映", None)]
STAT = ["待对接", "已登记", "待审核", "办理中"]

def q_mei(q): return (f"共{q['n']}{q['unit']}" if q["n"] > 1 else f"{q['n']}{q['unit']}") if q["per"] == "total" else f"每{PCN[q['per']]}{q['n']}{q['unit']}"
def q_sl(q): return f"{q['n']}{q['unit']}" if q["per"] == "total" else f"{q['n']}{q['unit']}/{PCN[q['per']]}"
def q_cn(q):
    n = "两" if q["n"] == 2 else cn(q["n"])
    return "一次性" if q == dict(n=1, unit="次", per="total") else f"{n}{q['unit']}" if q["per"] == "total" else f"每{PCN[q['per']]}{n}{q['unit']}"
PCN = {"day": "天", "week": "周", "month": "月", "quarter": "季度", "year": "年"}
def dot(d): return f"{d.year}.{d.month}.{d.day}"
def dash(d): return f"{d.year}-{d.month:02d}-{d.day:02d}"
def slash(d): return f"{d.year}/{d.month}/{d.day}"
def cnd(d): return f"{d.year}年{d.month}月{d.day}日"
def d8(d): return f"{d.year}{d.month:02d}{d.day:02d}"
PP = None
def iso(s): return D.fromisoformat(s)
def serial(d, mac=False): return (d - (D(1904, 1, 1) if mac else D(1899, 12, 30))).days
def p_range(a, b): return {"from": dash(a), "to": dash(b)}

def mk(rng, n, pls, rural=False, groups=("old", "old", "dis", "kid", "adult"), addr=None, only=None, pers=None, P=None):
    P = P or PP; out = []; last = []
    pool = [x for x in NEEDS if (only is None or only(x)) and (pers is None or x[5] in pers)]
    for i in range(n):
        p = pls[i * len(pls) // n] if len(pls) <= n else pls[i]
        g = rng.choice(groups)
        c = [x for x in pool if x[0] == g and x not in last[-6:]] or [x for x in pool if x[0] == g] or [x for x in pool]
        x = rng.choice(c); last.append(x); g = x[0]
        b = rng.choice((BEN_R if rural else BEN_U)[g])
        nm, sex = P.name(); a = (rng.randint(1, 30), rng.randint(1, 6), rng.randint(1, 6) * 100 + rng.randint(1, 4))
        src = rng.choice(SRC); pub = D(2026, 9, 1) + dt.timedelta(rng.randint(0, 78))
        if pub.weekday() > 4: pub -= dt.timedelta(2)
        urg = "urgent" if "LS_JN" in b or rng.random() < .1 else "normal"
        r = dict(_p=p, _g=g, _src=src, _a=a, division_code=p.code12, name=nm, sex=sex, id_number=mkid(rng, p.code12[:6], sex), phone=P.phone() if rng.random() < .85 else P.land(),
                 beneficiary_categories=[c for c in VB if c in b], service_categories=[c for c in VS if c in x[1]], _svc=x[1], _ben=b, summary=x[2], quantity=dict(n=x[3], unit=x[4], per=x[5]), urgency=urg,
                 household_size=1 if g == "old" and rng.random() < .5 else rng.randint(2, 5), source=src[0], source_no=src[2] + f"{rng.randint(1, 12):02d}{rng.randint(0, 9999):04d}" if src[2] else None,
                 published_on=dash(pub), ledger_status=rng.choice(STAT), handler=P.name()[0], guardian=P.name()[0] if g == "kid" else None, guardian_phone=P.phone() if g == "kid" else None, other_phones=None)
        r["address"] = (addr or (lambda r: f"{r['_p'].short}示例胡同{r['_a'][0]}号" if r["_p"].rural else f"示例里{r['_a'][0]}号楼{r['_a'][1]}门{r['_a'][2]}"))(r)
        r["responsible_unit"] = p.street + ("办事处" if p.street.endswith("街道") else "人民政府")
        out.append(r)
    return out

# ---------------------------------------------------------------- layouts
LAYOUTS = []
OUT = None
def layout(lid, file, kind, scope, desc):
    def deco(fn): LAYOUTS.append((lid, file, kind, scope, desc, fn)); return fn
    return deco
def pick(rng, codes, k, rural=None, uniq=None):
    """k places of each street; uniq: only names found once in that district."""
    out = []
    for s in codes:
        ps = places(s, rural)
        if uniq:
            cnt = district_unique(uniq); ps = [p for p in ps if cnt[p.base] == 1]
        rng.shuffle(ps); out += sorted(ps[:k], key=lambda p: p.code12)
    return out
def bens(k, sep): return lambda r: sep.join(bw(r["_ben"], k))
def svcs(k, sep): return lambda r: sep.join(sw(r["_svc"], k))
def srcw(r): return r["_src"][1]
def setp(r, p, t): r["period"] = p; r["_pt"] = t
def pub(f): return lambda r: f(iso(r["published_on"])) if r["published_on"] else None
URG = lambda a, b: (lambda r: a if r["urgency"] == "urgent" else b)

@layout("N01", "n01_小白楼街道帮扶需求登记.xlsx", "needs", "120101", "街道 office, plain table under a title and a filling note; spoken heads (想要什么帮助, 紧不紧急), dates as text 2026.11.3, short numeral serials, period in months")
def n01(b, rng):
    x = b.sheet("Sheet1"); rs = mk(rng, 20, pick(rng, ["120101002"], 7))
    for r in rs:
        m = rng.choice([1, 2, 3, 6, 12]); setp(r, {"months": m}, f"{m}个月")
    bad_id(rs[6]); no_phone(rs[11], "无"); two_phones(rs[3], "13800000977", "、")
    cols = [Col("序号", "seq"), Col("姓名", "name"), Col("公民身份号码", "id_number"), Col("男/女", "sex"), Col("住哪个社区", "village", lambda r: r["_p"].short), Col("门牌", "address"), Col("联系方式", "phone"),
            Col("困难类型", "beneficiary_categories", bens(0, "、")), Col("想要什么帮助", "service_categories", svcs(0, "、")), Col("具体情况", "summary"), Col("紧不紧急", "urgency", URG("急", "不急")),
            Col("多长时间一次", "quantity", lambda r: q_mei(r["quantity"])), Col("帮多久", "period", lambda r: r["_pt"]), Col("登记日期", "published_on", pub(dot)), Col("登记人", "handler")]
    title(x, 1, "和平区小白楼街道困难群众帮扶需求登记表", len(cols)); note(x, 2, "填表说明：一户一行，紧不紧急填“急”或“不急”，日期写成2026.11.3的样子。")
    heads(x, 3, cols); e = lines(x, 4, cols, rs)
    note(x, e + 1, "街道公共服务办  2026年11月20日"); b.done()

@layout("N02", "n02_河东区街道汇总.csv", "needs", "120102", "GB18030 CSV of a district desk: every number as =\"…\", line breaks inside quoted cells, from and to in two columns, places as three columns 区/街/居委会")
def n02(b, rng):
    x = b.sheet("n02"); rs = mk(rng, 22, pick(rng, ["120102001", "120102006", "120102011"], 3), addr=lambda r: f"{r['_p'].base}示例楼{r['_a'][0]}栋{r['_a'][2]}")
    for r in rs:
        f = iso(r["published_on"]); t = monthend(*divmod(f.year * 12 + f.month - 1 + rng.choice([2, 3, 5]), 12)[:1], 1) if False else addm(f, rng.choice([2, 3, 6])); r["_f"], r["_t"] = f, t; r["period"] = p_range(f, t)
        if len(r["summary"]) > 18: r["summary"] = r["summary"].replace("，", "，\n", 1)
    eq = lambda v: f'="{v}"' if v else None
    short_id(rs[4]); rs[4]["cell_id_number"] = eq(rs[4]["cell_id_number"]); no_svc(rs[13]); issue(rs[17], "published_on", "missing", "warning", ["ok"]); rs[17]["published_on"] = None
    d = dup(rs, 2); rs.insert(20, d)
    cols = [Col("区", "district", lambda r: "河东区"), Col("街", "street", lambda r: r["_p"].street), Col("居委会", "village", lambda r: r["_p"].base + "居委会"), Col("户主", "name"), Col("身份证", "id_number", lambda r: eq(r["id_number"])),
            Col("人口数", "household_size", lambda r: str(r["household_size"])), Col("手机（座机）", "phone", lambda r: eq(r["phone"])), Col("详细住址", "address"), Col("救助身份", "beneficiary_categories", bens(1, "+")), Col("服务诉求", "service_categories", svcs(1, "+")),
            Col("情况描述", "summary"), Col("频次", "quantity", lambda r: q_sl(r["quantity"])), Col("服务开始", "period", lambda r: slash(r["_f"])), Col("服务截止", "period", lambda r: slash(r["_t"])), Col("受理时间", "published_on", pub(slash)), Col("受理渠道", "source", srcw), Col("渠道单号", "source_no")]
    heads(x, 1, cols); e = lines(x, 2, cols, rs); b.done("csv", enc="gb18030", quote=csv.QUOTE_ALL)

@layout("N03", "n03_陈塘庄街道分社区.xlsx", "needs", "120103", "one sheet per community, the community stands only in the sheet's name and the street in the title; no place column; numbers with blanks inside; a 汇总 sheet that is no ledger")
def n03(b, rng):
    z = b.sheet("汇总"); z.ignore = "statistics, no ledger"
    ps = pick(rng, ["120103010"], 4)
    z.sh.row(1, ["社区", "户数"])
    for i, p in enumerate(ps):
        x = b.sheet(p.short); rs = mk(rng, [6, 5, 7, 4][i], [p], groups=("old", "dis", "adult", "kid"))
        z.sh.row(2 + i, [p.short, len(rs)])
        for r in rs:
            q = r["quantity"]; setp(r, *rng.choice([({"open": True}, "长期"), ({"months": 6}, "半年"), ({"months": 12}, "一年"), ({"months": 3}, "三个月")]))
        if i == 1: bad_phone(rs[2])
        sp = lambda v: None if v is None else f"{v[:3]} {v[3:7]} {v[7:]}" if len(v) == 11 and v[0] == "1" else v
        cols = [Col("编号", "seq"), Col("居民姓名", "name"), Col("性别", "sex"), Col("身份证件号", "id_number", lambda r: f"{r['id_number'][:6]} {r['id_number'][6:14]} {r['id_number'][14:]}"), Col("电话", "phone", lambda r: sp(r["phone"])), Col("楼门", "address"),
                Col("困难情形", "beneficiary_categories", bens(2, "；")), Col("需要的服务", "service_categories", svcs(2, "；")), Col("情况说明", "summary"), Col("次数", "quantity", lambda r: q_cn(r["quantity"])), Col("期限", "period", lambda r: r["_pt"]), Col("网格员", "handler")]
        title(x, 1, "河西区陈塘庄街道社区帮扶需求摸底表", len(cols)); heads(x, 2, cols); lines(x, 3, cols, rs)
        x.extra["place_from"] = "sheet name and title"
    b.done()

@layout("N04", "n04_宁河区各镇困难家庭台账.xls", "needs", "120117", ".xls, one sheet per town, the town only in 统计单位：; 救助类型 as code + name (04 分散五保); a column of yes/no 是否低保; 制表人 and 制表时间 in the foot")
def n04(b, rng):
    for si, st in enumerate(["120117103", "120117110", "120117115"]):
        ps = pick(rng, [st], 4, True); nm = ps[0].street; x = b.sheet(nm[:2]); rs = mk(rng, 6 if si else 7, ps, True, addr=lambda r: f"{r['_p'].short}示例街{r['_a'][0]}号")
        K = {"DB": "02 农村低保", "TK_F": "04 分散五保", "TK_J": "03 集中五保", "BY": "05 低保边缘", "CJ_ZD": "06 重度残疾", "CJ_KN": "07 困难残疾", "LSLR": "08 留守老人", "LSET": "09 留守儿童", "KJ": "10 困境儿童", "SWR": "12 事实无人抚养儿童", "FP": "13 防返贫监测", "GX": "14 刚性支出困难", "LS_JN": "15 急难型临时救助"}
        if si == 0: no_id(rs[2], "户口待补录"); 
        if si == 2: lost_id(rs[1])
        cols = [Col("序号", "seq"), Col("户主姓名", "name"), Col("身份证号码", "id_number"), Col("家庭人口数", "household_size"), Col("联系电话", "phone"), Col("致贫原因", None, lambda r: {"old": "缺劳力", "kid": "其他", "dis": "因残"}.get(r["_g"], "因病")), Col("是否低保", None, lambda r: "是" if "DB" in r["_ben"] else "否"),
                Col("救助类型", "beneficiary_categories", lambda r: "，".join(K[c] for c in r["_ben"])), Col("所在村", "village", lambda r: r["_p"].short), Col("家庭住址", "address"), Col("帮扶需求", "service_categories", svcs(3, "，")), Col("需求内容", "summary"), Col("频率", "quantity", lambda r: q_mei(r["quantity"])), Col("登记年月日", "published_on", lambda r: iso(r["published_on"]), "yyyy-mm-dd")]
        title(x, 1, "困难家庭服务需求台账", len(cols)); note(x, 2, f"统计单位：{nm}人民政府"); x.sh.put(2, 9, "统计口径：截至2026年11月")
        heads(x, 3, cols); e = lines(x, 4, cols, rs); x.sh.put(e, 2, "合计"); x.sh.put(e, 4, sum(r["household_size"] for r in rs)); x.skip(e, "subtotal")
        note(x, e + 1, "制表人：冯会计"); x.sh.put(e + 1, 8, "制表时间：2026-11-18")
    b.done("xls")

@layout("N05", "n05_南开区服务打勾表.xlsx", "needs", "120104", "√ matrices: two header rows, group heads 所属类别（打√） and 所需服务（打√） over one column per word; 是否紧急 as 是/否")
def n05(b, rng):
    x = b.sheet("需求统计"); S = ["B01", "B02", "B03", "A02", "A03", "C01", "C02", "C07"]; B = ["DB", "BY", "TK_F", "CJ_ZD", "CJ_KN", "KJ"]
    rs = mk(rng, 20, pick(rng, ["120104007", "120104009"], 4), only=lambda n: all(s in S for s in n[1]))
    for r in rs:
        if not set(r["_ben"]) <= set(B): r["_ben"] = ["KJ"] if r["_g"] == "kid" else ["DB"]; r["beneficiary_categories"] = r["_ben"]
        r["urgency"] = "urgent" if rng.random() < .2 else "normal"
    no_svc(rs[8]); rs[8]["_svc"] = []; no_phone(rs[15])
    t = lambda c, k: (lambda r: "√" if c in r[k] else None)
    cols = [Col("序号", "seq"), Col("街道", "street", lambda r: r["_p"].st), Col("社区", "village", lambda r: r["_p"].base), Col("姓名", "name"), Col("身份证号", "id_number"), Col("联系电话", "phone")]
    k0 = len(cols); cols += [Col(h, "beneficiary_categories", t(c, "_ben")) for c, h in zip(B, ["低保", "低保边缘", "分散特困", "重残", "困难残疾人", "困境儿童"])]
    k1 = len(cols); cols += [Col(h, "service_categories", t(c, "_svc")) for c, h in zip(S, ["助餐", "助洁", "助浴", "陪诊", "康复", "探访", "心理疏导", "学业辅导"])]
    k2 = len(cols); cols += [Col("是否紧急", "urgency", URG("是", "否")), Col("需求说明", "summary"), Col("频次", "quantity", lambda r: q_mei(r["quantity"]))]
    title(x, 1, "南开区困难群众服务需求统计表（2026年第四季度）", len(cols))
    for i, c in enumerate(cols):
        if i < k0 or i >= k2: x.sh.merge(2, i + 1, 3, i + 1, c.head)
        else: x.sh.put(3, i + 1, c.head)
    x.sh.merge(2, k0 + 1, 2, k1, "所属类别（打√）"); x.sh.merge(2, k1 + 1, 2, k2, "所需服务（打√，可多选）"); x.head(2, 3); setcols(x, cols)
    lines(x, 4, cols, rs); b.done()

@layout("N06", "n06_河北区一户一表.xlsx", "needs", "120105", "no table: forms under each other in one sheet, eight lines of label and value cells per household, merged value cells, a blank line between")
def n06(b, rng):
    x = b.sheet("入户登记"); rs = mk(rng, 15, pick(rng, ["120105005", "120105008"], 4)); r0 = 1
    bad_id(rs[5]); no_phone(rs[9])
    F = ["name", "sex", "id_number", "phone", "household_size", "address", "beneficiary_categories", "service_categories", "summary", "quantity", "period", "urgency", "handler", "published_on"]
    for i, r in enumerate(rs):
        f = iso(r["published_on"]); m = rng.choice([1, 3, 6]); t = addm(f, m); r["period"] = p_range(f, t); s = x.sh; a = r0
        s.merge(a, 1, a, 6, f"困难家庭需求登记表（{i+1:02d}）")
        s.put(a + 1, 1, "姓  名"); s.put(a + 1, 2, r["name"]); s.put(a + 1, 3, "性别"); s.put(a + 1, 4, r["sex"]); s.put(a + 1, 5, "家庭人口"); s.put(a + 1, 6, f"{r['household_size']}人")
        s.put(a + 2, 1, "身份证号码"); s.merge(a + 2, 2, a + 2, 4, r.get("cell_id_number", r["id_number"])); s.put(a + 2, 5, "联系电话"); s.put(a + 2, 6, r["phone"])
        s.put(a + 3, 1, "现住址"); s.merge(a + 3, 2, a + 3, 6, f"河北区{r['_p'].street}{r['_p'].short}{r['address']}")
        r["address"] = f"河北区{r['_p'].street}{r['_p'].short}{r['address']}"
        s.put(a + 4, 1, "困难类别"); s.merge(a + 4, 2, a + 4, 3, "、".join(bw(r["_ben"], 1))); s.put(a + 4, 4, "紧急程度"); s.merge(a + 4, 5, a + 4, 6, "紧急" if r["urgency"] == "urgent" else "一般")
        s.put(a + 5, 1, "需要何种服务"); s.merge(a + 5, 2, a + 5, 3, "、".join(sw(r["_svc"], 1))); s.put(a + 5, 4, "服务频次"); s.merge(a + 5, 5, a + 5, 6, q_mei(r["quantity"]))
        s.put(a + 6, 1, "具体困难和需求"); s.merge(a + 6, 2, a + 6, 6, r["summary"])
        s.put(a + 7, 1, "服务期限"); s.merge(a + 7, 2, a + 7, 3, f"{cnd(f)}至{cnd(t)}"); s.put(a + 7, 4, "登记人/日期"); s.merge(a + 7, 5, a + 7, 6, f"{r['handler']}  {dot(f)}")
        outcome(x, a + 1, r, F, {"id_number": f"B{a+2}", "phone": f"F{a+2}"}, rows=[a + 1, a + 7]); r0 = a + 9
    x.extra["form"] = "blocks of 8 rows"; b.done()

@layout("N07", "n07_西青区系统导出.xlsx", "needs", "120111", "export of a system: bare codes for 对象类别, 需求类别, 来源, 紧急程度 and 性别 with the code tables on sheet 2; twelve-digit place codes; dates as 20261103 numbers")
def n07(b, rng):
    x = b.sheet("数据"); y = b.sheet("代码对照"); y.ignore = "code tables"
    rs = mk(rng, 20, pick(rng, ["120111001", "120111101", "120111106"], 3), addr=lambda r: f"{r['_p'].street}{r['_p'].short}示例{r['_a'][0]}号")
    BC = {c: f"{i+1:02d}" for i, c in enumerate(["DB", "TK_F", "TK_J", "BY", "GX", "LS_JN", "LS_ZC", "CJ_ZD", "CJ_KN", "KJ", "SWR", "GE"])}
    used = sorted({s for n in NEEDS for s in n[1]}); SC = {c: str(101 + i) for i, c in enumerate(used)}; RC = {"platform": "A", "patrol": "B", "hotline": "C", "qr": "D", "organization": "E"}
    bad_phone(rs[3]); rs[12]["cell_division_code"] = "120111999000"; issue(rs[12], "division_code", "unknown_division", "error")
    cols = [Col("记录号", "need_no", lambda r: r["need_no"]), Col("对象姓名", "name"), Col("性别代码", "sex", lambda r: "1" if r["sex"] == "男" else "2"), Col("证件号码", "id_number"), Col("联系电话", "phone"), Col("区划代码", "division_code"), Col("住址", "address"), Col("对象类别代码", "beneficiary_categories", lambda r: ",".join(BC[c] for c in r["_ben"])),
            Col("需求类别代码", "service_categories", lambda r: ",".join(SC[c] for c in r["_svc"])), Col("需求描述", "summary"), Col("紧急程度代码", "urgency", URG("1", "2")), Col("来源代码", "source", lambda r: RC[r["source"]]), Col("来源单号", "source_no"), Col("登记日期", "published_on", lambda r: int(r["published_on"].replace("-", "")), "0"), Col("经办人", "handler")]
    for i, r in enumerate(rs): r["need_no"] = f"XQ202612011{1}{i+301:04d}"
    heads(x, 1, cols); lines(x, 2, cols, rs)
    t = y.sh; t.row(1, ["对象类别代码", "名称", None, "需求类别代码", "名称", None, "其他代码", "名称"])
    for i, (c, k) in enumerate(BC.items()): t.put(2 + i, 1, k); t.put(2 + i, 2, BW[c][3])
    for i, (c, k) in enumerate(SC.items()): t.put(2 + i, 4, k); t.put(2 + i, 5, SW[c][1])
    for i, (k, n) in enumerate([("性别1", "男"), ("性别2", "女"), ("紧急程度1", "紧急（24小时）"), ("紧急程度2", "一般"), ("来源A", "救急难平台"), ("来源B", "走访"), ("来源C", "12345热线"), ("来源D", "直通车扫码"), ("来源E", "社会组织")]): t.put(2 + i, 7, k); t.put(2 + i, 8, n)
    b.done()

REL = {"old": [("配偶", None)], "dis": [("母亲", "女"), ("弟弟", "男")], "kid": [("祖父", "男"), ("祖母", "女")], "adult": [("配偶", None), ("长子", "男"), ("次女", "女")]}
@layout("N08", "n08_洇溜镇家庭成员表.xlsx", "needs", "120119", "family members on further lines: the household's cells (序号, 村, 困难类别, 需求…) merged over the family's lines, each line has 成员姓名, 与户主关系, 身份证号; the head's line is the row, the others become members")
def n08(b, rng):
    x = b.sheet("洇溜镇"); rs = mk(rng, 15, pick(rng, ["120119101"], 6, True, None), True); r = 4
    cols = [Col("户编号", "seq"), Col("村名", "village"), Col("成员姓名", ["name", "_members"]), Col("与户主关系", "_members"), Col("身份证号", "id_number"), Col("户主电话", "phone"), Col("困难类别", "beneficiary_categories"), Col("服务需求", "service_categories"), Col("困难及需求情况", "summary"), Col("服务频次", "quantity"), Col("备注", "remark")]
    title(x, 1, "蓟州区洇溜镇困难家庭及成员登记表", 11); note(x, 2, "填报单位：洇溜镇人民政府    填报日期：2026年11月16日"); heads(x, 3, cols)
    x.cols["C"] = "name"; x.cols["D"] = "relation"
    for i, rec in enumerate(rs):
        mem = []
        for rel, sx in REL[rec["_g"]][:rng.randint(0 if rec["_g"] == "old" else 1, 3)]:
            nm, s2 = PP.name(sx or ("女" if rec["sex"] == "男" else "男")); mem.append(dict(name=nm, relation=rel, id_number=mkid(rng, "120119", s2)))
        rec["members"] = mem or None; rec["remark"] = rng.choice([None, None, "独生子女", "住平房"]); k = len(mem)
        if i == 7: bad_id(rec)
        s = x.sh
        vals = [i + 1, rec["_p"].short, rec["name"], "户主", rec.get("cell_id_number", rec["id_number"]), rec["phone"], "/".join(bw(rec["_ben"], 0)), "/".join(sw(rec["_svc"], 1)), rec["summary"], q_sl(rec["quantity"]), rec["remark"]]
        s.row(r, vals)
        for j, m in enumerate(mem):
            s.put(r + 1 + j, 3, m["name"]); s.put(r + 1 + j, 4, m["relation"]); s.put(r + 1 + j, 5, m["id_number"]); x.skip(r + 1 + j, "member", of=r)
        if k:
            for c in (1, 2, 6, 7, 8, 9, 10, 11): s.merge(r, c, r + k, c)
        outcome(x, r, rec, ["name", "id_number", "phone", "beneficiary_categories", "service_categories", "summary", "quantity", "remark"], {"id_number": f"E{r}"}); r += k + 1
    b.done()

@layout("N09", "n09_问卷导出.xlsx", "needs", "12", "export of an online questionnaire: whole questions as heads, several answers in one cell (name + telephone; frequency + period), options divided by ┋ with their letters, time stamps, the questionnaire's own columns (所用时间, 来源渠道, IP) that are nobody's")
def n09(b, rng):
    x = b.sheet("Sheet1"); ps = pick(rng, ["120103011", "120105007", "120110006", "120112103"], 2, False); rs = mk(rng, 18, ps, only=lambda n: n[5] != "total" and n[2] != "quarter")
    for r in rs: m = rng.choice([1, 2, 3, 6]); setp(r, {"months": m}, f"{m}个月"); r["_ts"] = dt.datetime.combine(iso(r["published_on"]), dt.time(rng.randint(8, 20), rng.randint(0, 59), rng.randint(0, 59)))
    OB = ["DB", "TK_F", "BY", "GX", "CJ_ZD", "CJ_KN", "KJ", "SWR", "GE", "LS_JN", "LS_ZC"]; A = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"; OS = ["B01", "B02", "B03", "B04", "B05", "A01", "A02", "A03", "A05", "C01", "C02", "C03", "C04", "C07"]
    rs[6]["phone"] = rs[6]["phone"] if rs[6]["phone"][0] == "1" else "13800000612"; bad_phone(rs[6])
    cols = [Col("序号", "seq"), Col("提交答卷时间", "published_on", lambda r: slash(iso(r["published_on"])) + " " + r["_ts"].strftime("%H:%M:%S")), Col("所用时间", None, lambda r: f"{rng.randint(60, 600)}秒"), Col("来源渠道", None, lambda r: rng.choice(["微信", "手机提交"])), Col("来自IP", None, lambda r: "192.0.2." + str(rng.randint(1, 250)) + "(天津-天津)"),
            Col("1、需要帮助的人叫什么名字？联系电话是多少？", ["name", "phone"], lambda r: r["name"] + rng.choice([" ", "，", "  电话"]) + (r.get("cell_phone") or r["phone"])), Col("2、身份证号码（仅用于核对，不会公开）", "id_number"), Col("3、您住在哪个区、哪个街道（镇）、哪个社区？", "division_code", lambda r: f"{r['_p'].district}{r['_p'].street}{r['_p'].short}"),
            Col("4、您家属于以下哪种情况？（可多选）", "beneficiary_categories", lambda r: "┋".join(A[OB.index(c)] + "." + BW[c][1] for c in OB if c in r["_ben"])), Col("5、目前最需要哪些上门服务？（可多选）", "service_categories", lambda r: "┋".join(A[OS.index(c)] + "." + SW[c][1] for c in OS if c in r["_svc"])),
            Col("6、请简单说说家里的难处和想要的帮助", "summary"), Col("7、希望多久服务一次、服务多长时间？", ["quantity", "period"], lambda r: q_mei(r["quantity"]) + "，" + r["_pt"])]
    cols[5].f = ["name", "phone"]; rs[6].pop("cell_name", None)
    heads(x, 1, cols); lines(x, 2, cols, rs); x.cols["F"] = ["name", "phone"]; b.done()

@layout("N10", "n10_热线工单.csv", "needs", "12", "12345 desk's export, \"Unicode text\": UTF-16 with BOM, tab separated; time stamps, the caller (来电人, 来电号码) is not the person in need, urgency in hours, 所在区/所在街镇/社区村")
def n10(b, rng):
    x = b.sheet("n10"); rs = mk(rng, 22, pick(rng, ["120106004", "120113100", "120118001", "120114001"], 2, False))
    for i, r in enumerate(rs): r["source_no"] = f"GD2026{iso(r['published_on']).month:02d}{i*37+1205:05d}"; r["_h"] = rng.choice(["72小时", "5个工作日"]) if r["urgency"] == "normal" else rng.choice(["24小时", "2小时"]); r["_c"] = PP.name()[0]; r["_ct"] = PP.phone(); r["responsible_unit"] = r["_p"].street + ("办事处" if r["_p"].street.endswith("街道") else "人民政府")
    bad_id(rs[2]); no_phone(rs[10]); no_id(rs[14], "本人不愿提供"); rs[5]["ledger_status"] = "已办结"; issue(rs[5], "ledger_status", "closed_status", "warning", ["ok"])
    cols = [Col("工单编号", "source_no"), Col("来电时间", "published_on", lambda r: f"{r['published_on']} {rng.randint(8,21):02d}:{rng.randint(0,59):02d}:{rng.randint(0,59):02d}"), Col("来电人", None, lambda r: r["_c"]), Col("来电号码", None, lambda r: r["_ct"]), Col("被服务人", "name"), Col("被服务人证件号", "id_number"), Col("被服务人电话", "phone"), Col("所在区", "district", lambda r: r["_p"].district), Col("所在街镇", "street", lambda r: r["_p"].street), Col("社区（村）", "village", lambda r: r["_p"].short),
            Col("对象身份", "beneficiary_categories", bens(1, "|")), Col("诉求类别", "service_categories", svcs(1, "|")), Col("诉求内容", "summary"), Col("办理时限", "urgency", lambda r: r["_h"]), Col("承办单位", "responsible_unit"), Col("话务员", "handler"), Col("工单状态", "ledger_status")]
    heads(x, 1, cols); lines(x, 2, cols, rs); b.done("csv", enc="utf-16-le", bom=True, delim="\t")

@layout("N11", "n11_静海区平台导出.xls", "needs", "120118", "a web system's \"export to Excel\": an HTML table named .xls; <br> inside cells, &nbsp; for empty, title row with colspan")
def n11(b, rng):
    x = b.sheet("n11"); rs = mk(rng, 18, pick(rng, ["120118101", "120118104", "120118112"], 3, True), True)
    for i, r in enumerate(rs):
        r["need_no"] = f"JH-2026-{i+1:04d}"; f = iso(r["published_on"]).replace(day=1); t = monthend(2027, rng.randint(1, 6)); r["period"] = p_range(f, t); r["_pt"] = f"{f.year}-{f.month:02d}至{t.year}-{t.month:02d}"
        r["address"] = f"{r['_p'].street}{r['_p'].short}{r['_a'][0]}号"
    rs[7]["phone"] = PP.phone(); no_summary(rs[11]); no_phone(rs[4], None)
    cols = [Col("需求单号", "need_no"), Col("申请人", "name"), Col("身份证号码", "id_number"), Col("联系方式", "phone"), Col("乡镇", "street", lambda r: r["_p"].street), Col("行政村", "village", lambda r: r["_p"].full), Col("居住地址", "address"), Col("人员类别", "beneficiary_categories", bens(3, "\n")), Col("服务项目", "service_categories", svcs(3, "\n")), Col("诉求详情", "summary"), Col("服务周期", "period", lambda r: r["_pt"]), Col("服务频率", "quantity", lambda r: q_sl(r["quantity"])), Col("紧急标识", "urgency", URG("加急", "普通")), Col("登记时间", "published_on", lambda r: r["published_on"] + " 09:30"), Col("当前环节", "ledger_status")]
    title(x, 1, "静海区救助服务需求查询结果", len(cols)); heads(x, 2, cols); lines(x, 3, cols, rs); b.done("html")

@layout("N12", "n12_北辰区台账1904.xlsx", "needs", "120113", "workbook with the 1904 date system (made on a Mac): 登记日期 as date cells, 服务起/服务止 as bare serial numbers of that epoch in General format")
def n12(b, rng):
    x = b.sheet("台账"); rs = mk(rng, 18, pick(rng, ["120113001", "120113106"], 4, False))
    for r in rs: f = iso(r["published_on"]); t = f + dt.timedelta(rng.choice([30, 60, 90, 150])); r["_f"], r["_t"] = f, t; r["period"] = p_range(f, t)
    lost_id(rs[5]); rs[9]["published_on"] = None; issue(rs[9], "published_on", "missing", "warning", ["ok"])
    cols = [Col("登记日期", "published_on", lambda r: iso(r["published_on"]) if r["published_on"] else None, "yyyy-mm-dd"), Col("街镇", "street", lambda r: r["_p"].street), Col("社区居委会", "village", lambda r: r["_p"].full), Col("服务对象", "name"), Col("证件号", "id_number"), Col("电话号码", "phone"), Col("保障类别", "beneficiary_categories", bens(2, "、")), Col("服务内容", "service_categories", svcs(1, "、")), Col("需求详述", "summary"), Col("频次要求", "quantity", lambda r: q_mei(r["quantity"])), Col("服务起", "period", lambda r: serial(r["_f"], True)), Col("服务止", "period", lambda r: serial(r["_t"], True)), Col("急缓", "urgency", URG("急", "缓"))]
    heads(x, 1, cols); lines(x, 2, cols, rs); b.done(mac=True)

@layout("N13", "n13_津南区三级表头.xlsx", "needs", "120112", "three header rows with merged groups; 姓名/电话/身份证号 occur under 救助对象, 监护人（照料人） and 经办; table begins in column B under a blank row; merged street cells, 小计 per street, 总计")
def n13(b, rng):
    x = b.sheet("津南区"); pls = pick(rng, ["120112100", "120112103", "120112107"], 3, False); rs = mk(rng, 18, pls, groups=("old", "kid", "dis", "kid"))
    for r in rs:
        if not r["guardian"] and r["_g"] == "dis": r["guardian"] = PP.name()[0]; r["guardian_phone"] = PP.phone()
    bad_phone(rs[9]) if rs[9]["phone"][0] == "1" else None
    c0 = 2
    cols = [Col("序号", "seq"), Col("镇街", "street", None), Col("村居", "village", lambda r: r["_p"].short), Col("姓名", "name"), Col("身份证号", "id_number"), Col("电话", "phone"), Col("困难类别", "beneficiary_categories", bens(1, "、")), Col("姓名", "guardian"), Col("电话", "guardian_phone"), Col("类别", "service_categories", svcs(1, "、")), Col("内容", "summary"), Col("频次", "quantity", lambda r: q_mei(r["quantity"])), Col("姓名", "handler"), Col("日期", "published_on", pub(slash))]
    for r in rs: r["street"] = r["_p"].street
    seen = {}; 
    x.sh.merge(2, 2, 2, 15, "津南区服务类社会救助需求台账"); x.skip(2, "title")
    s = x.sh
    for i in (0, 1, 2): s.merge(3, c0 + i, 5, c0 + i, cols[i].head)
    s.merge(3, 5, 3, 10, "救助家庭"); s.merge(4, 5, 4, 8, "救助对象"); s.merge(4, 9, 4, 10, "监护人（照料人）"); s.merge(3, 11, 3, 13, "服务需求"); s.merge(3, 14, 3, 15, "经办"); 
    for i in range(3, 9): s.put(5, c0 + i, cols[i].head)
    for i in range(9, 14): s.merge(4, c0 + i, 5, c0 + i, cols[i].head)
    x.head(3, 4, 5); setcols(x, cols, c0)
    r = 6; groups = {}
    for rec in rs: groups.setdefault(rec["_p"].street, []).append(rec)
    n = 0
    for st, g in groups.items():
        for k, rec in enumerate(g):
            n += 1; rec["seq"] = n
            if k: rec["street"] = None
        a = r; r = lines(x, r, cols, g, c0); s.merge(a, 3, r - 1, 3)
        s.put(r, 3, "小计"); s.put(r, 5, f"{len(g)}户"); x.skip(r, "subtotal"); r += 1
    s.put(r, 3, "总计"); s.put(r, 5, f"{len(rs)}户"); x.skip(r, "subtotal"); x.skip(1, "blank"); b.done()

@layout("N14", "n14_东丽区导出.csv", "needs", "120110", "UTF-8 CSV without BOM, written by a statistics program: whole numbers with .0 (人口 3.0, 每月次数 2.0, 期限（月） 6.0, telephones 13800001234.0), dates with 00:00:00")
def n14(b, rng):
    x = b.sheet("n14"); rs = mk(rng, 20, pick(rng, ["120110001", "120110003", "120110008"], 3, False), only=lambda n: n[3] < 6, pers=("week", "month"))
    for r in rs:
        q = r["quantity"]; r["quantity"] = dict(n=q["n"] * (4 if q["per"] == "week" else 1), unit=q["unit"], per="month"); r["quantity"]["unit"] = "次"; m = rng.choice([1, 2, 3, 6, 12]); setp(r, {"months": m}, f"{m}.0")
        if r["phone"][0] != "1": r["phone"] = PP.phone()
    rs[8]["cell_household_size"] = "0.0"; issue(rs[8], "household_size", "bad_number", "error", ["warning"]); short_id(rs[15])
    cols = [Col("", None, lambda r: str(r["_i"])), Col("街道名称", "street", lambda r: r["_p"].street), Col("社区名称", "village", lambda r: r["_p"].base), Col("姓名", "name"), Col("身份证号码", "id_number"), Col("移动电话", "phone", lambda r: r["phone"] + ".0"), Col("家庭成员数", "household_size", lambda r: f"{r['household_size']}.0"), Col("对象标签", "beneficiary_categories", bens(1, "|")), Col("需求标签", "service_categories", svcs(1, "|")), Col("需求文本", "summary"), Col("每月次数", "quantity", lambda r: f"{r['quantity']['n']}.0"), Col("期限（月）", "period", lambda r: r["_pt"]), Col("创建日期", "published_on", lambda r: r["published_on"] + " 00:00:00"), Col("加急", "urgency", URG("True", "False"))]
    for i, r in enumerate(rs): r["_i"] = i
    heads(x, 1, cols); lines(x, 2, cols, rs); b.done("csv", enc="utf-8", nl="\n")

@layout("N15", "n15_红桥区分级预警.xlsx", "needs", "120106", "urgency as the words of colours (红色/黄色/绿色, legend above), cells filled the same; numbers in Chinese numerals (三人, 每周两次, 六个月); dates 2026年11月3日")
def n15(b, rng):
    x = b.sheet("分级台账"); rs = mk(rng, 18, pick(rng, ["120106004", "120106012"], 4))
    for r in rs: m = rng.choice([1, 2, 3, 6, 10]); setp(r, {"months": m}, ("一" if m == 1 else "两" if m == 2 else cn(m)) + "个月"); r["_w"] = "红色" if r["urgency"] == "urgent" else rng.choice(["黄色", "绿色"])
    two_phones(rs[1], "022-00007788", " / "); bad_id(rs[13])
    cols = [Col("序", "seq"), Col("预警级别", "urgency", lambda r: r["_w"]), Col("街道社区", ["division_code"], lambda r: f"{r['_p'].street}{r['_p'].short}"), Col("户主姓名", "name"), Col("户主身份证", "id_number"), Col("户内人口", "household_size", lambda r: cn(r["household_size"]) + "人"), Col("电话", "phone"), Col("家庭类型", "beneficiary_categories", bens(0, " ")), Col("帮办事项", "service_categories", svcs(1, " ")), Col("情况", "summary"), Col("多久一次", "quantity", lambda r: q_cn(r["quantity"])), Col("周期", "period", lambda r: r["_pt"]), Col("发现日期", "published_on", pub(cnd))]
    title(x, 1, "红桥区困难家庭分级预警台账", len(cols)); note(x, 2, "红色：24小时内处置；黄色：7日内处置；绿色：按常规处置")
    heads(x, 3, cols); e = lines(x, 4, cols, rs)
    for r in rs: x.sh.fill[(r["_row"], 2)] = {"红色": "FFFF0000", "黄色": "FFFFFF00", "绿色": "FF92D050"}[r["_w"]]
    b.done()

@layout("N16", "n16_滨海新区街镇报表.xlsx", "needs", "120116", "ticks under 急 and 一般; frequency in two columns 次数 + 周期; period in two columns of months 2026-11 | 2027-03; a blank column in the middle; serial numbers 1…; pre-numbered empty rows at the end")
def n16(b, rng):
    x = b.sheet("11月"); rs = mk(rng, 17, pick(rng, ["120116005", "120116011", "120116031"], 3, False))
    for r in rs: f = D(2026, rng.randint(9, 12), 1); t = monthend(2027, rng.randint(1, 8)); r["_f"], r["_t"] = f, t; r["period"] = p_range(f, t)
    C = {"day": "每天", "week": "每周", "month": "每月", "total": "一次性"}
    no_phone(rs[6], "—"); rs[10]["_p2"] = "示例花园社区"; issue(rs[10], "division_code", "unknown_division", "error")
    cols = [Col("序号", "seq"), Col("街镇名称", "street", lambda r: r["_p"].st), Col("居（村）委会名称", "village", lambda r: r.get("_p2") or r["_p"].base), Col("困难群众姓名", "name"), Col("居民身份证号", "id_number"), Col("联系电话（手机或固话）", "phone"), Col(None, None), Col("人群分类", "beneficiary_categories", bens(3, "、")), Col("需求分类", "service_categories", svcs(3, "、")), Col("需求描述（不写姓名电话）", "summary"),
            Col("急", "urgency", URG("✓", None)), Col("一般", "urgency", URG(None, "✓")), Col("次数", "quantity", lambda r: r["quantity"]["n"]), Col("周期", "quantity", lambda r: C[r["quantity"]["per"]]), Col("起始月份", "period", lambda r: f"{r['_f'].year}-{r['_f'].month:02d}"), Col("结束月份", "period", lambda r: f"{r['_t'].year}-{r['_t'].month:02d}")]
    for r in rs: r["quantity"] = dict(r["quantity"], unit="次") if r["quantity"]["unit"] not in ("次",) else r["quantity"]
    title(x, 1, "滨海新区困难群众服务需求月报（2026年11月）", 16); heads(x, 2, cols); e = lines(x, 3, cols, rs)
    for k in range(3): x.sh.put(e + k, 1, len(rs) + 1 + k); x.skip(e + k, "blank")
    note(x, e + 4, "审核：          填报："); b.done()

@layout("N17", "n17_社工机构全市名单.xlsx", "needs", "12", "NGO's list for the whole city: one cell with district + street + community + door, services divided by ｜ with the group in front (生活服务-助餐), second telephone in its own column, landlines with extension and of other cities (the children's), hidden rows and columns")
def n17(b, rng):
    x = b.sheet("服务对象名单"); rs = mk(rng, 20, pick(rng, ["120101005", "120104011", "120105010", "120112001", "120111100"], 2, False), addr=lambda r: f"天津市{r['_p'].district}{r['_p'].street}{r['_p'].short}示例里{r['_a'][0]}-{r['_a'][1]}-{r['_a'][2]}")
    G = {"A": "照护服务", "B": "生活服务", "C": "关爱服务", "D": "专业支持", "F": "支持形式"}
    alt = ["022-00004321转805", "010-00006543", "0316-0001234", None, "13800008{:03d}", None]
    norm = {"022-00004321转805": "022-00004321-805"}
    for i, r in enumerate(rs):
        a = alt[i % 6]; a = a.format(i + 100) if a else None; r["_alt"] = a; r["other_phones"] = [norm.get(a, a)] if a else None
        setp(r, *rng.choice([({"open": True}, "长期"), ({"to": "2027-03-31"}, "至2027年3月31日"), ({"months": 12}, "1年"), ({"days": 90}, "90天"), ({"days": 30}, "30天")]))
    hidden(rs[4]); hidden(rs[12]); bad_id(rs[8])
    cols = [Col("档案号", "need_no"), Col("案主", "name"), Col("性别", "sex"), Col("身份证", "id_number"), Col("家庭住址（区、街道、社区、门牌）", ["division_code", "address"], lambda r: r["address"]), Col("本人电话", "phone"), Col("家属电话", "other_phones", lambda r: r["_alt"]), Col("内部评分", None, lambda r: rng.randint(60, 99)), Col("救助身份", "beneficiary_categories", bens(2, "｜")), Col("服务需求", "service_categories", lambda r: "｜".join(f"{G[c[0]]}-{SW[c][1]}" for c in r["_svc"])), Col("需求评估摘要", "summary"), Col("建议频次", "quantity", lambda r: q_sl(r["quantity"])), Col("服务期", "period", lambda r: r["_pt"]), Col("责任社工", "handler")]
    for i, r in enumerate(rs): r["need_no"] = f"SG-26-{i+1:03d}"
    x.sh.hcols.add(8); heads(x, 1, cols); lines(x, 2, cols, rs); b.done()

@layout("N18", "n18_宝坻区救助与需求.xls", "needs", "120115", ".xls; money and years in the heads (2025年已领救助金（元）, 2026年1-10月…) that are no field, dates without a year under a head that has it (2026年申请日期 11月3日), size with 人")
def n18(b, rng):
    x = b.sheet("2026年"); rs = mk(rng, 18, pick(rng, ["120115101", "120115111", "120115126"], 3, True), True)
    for r in rs: r["_m"] = (rng.randint(20, 99) * 100, rng.randint(20, 99) * 100); issue(r, "published_on", "year_assumed", "warning", ["ok"])
    rs[2]["published_on"] = None; rs[2]["_issues"] = []; issue(rs[2], "published_on", "missing", "warning", ["ok"])
    short_id(rs[9])
    cols = [Col("编号", "seq"), Col("镇名", "street", lambda r: r["_p"].street), Col("村", "village", lambda r: r["_p"].base), Col("姓 名", "name"), Col("身份证号码", "id_number"), Col("家庭人口（人）", "household_size", lambda r: f"{r['household_size']}人"), Col("2025年已领救助金（元）", None, lambda r: r["_m"][0]), Col("2026年1-10月已领救助金（元）", None, lambda r: r["_m"][1]), Col("保障类别", "beneficiary_categories", bens(0, "、")), Col("2026年申请日期（月日）", "published_on", lambda r: f"{iso(r['published_on']).month}月{iso(r['published_on']).day}日" if r["published_on"] else None), Col("除救助金外还需要什么服务", "service_categories", svcs(1, "、")), Col("具体说明", "summary"), Col("需求数量", "quantity", lambda r: q_sl(r["quantity"])), Col("手机", "phone")]
    title(x, 1, "宝坻区2026年度社会救助及服务需求情况表", len(cols)); x.year = 2026; heads(x, 2, cols); e = lines(x, 3, cols, rs)
    x.sh.put(e, 4, "合计"); x.sh.put(e, 7, sum(r["_m"][0] for r in rs)); x.sh.put(e, 8, sum(r["_m"][1] for r in rs)); x.skip(e, "subtotal"); b.done("xls")

@layout("N19", "n19_救助管理站在站及街面人员.csv", "needs", "12", "rescue station, UTF-8 CSV with BOM: many without ID number, the reason in the same column or in 无证原因; all are 生活无着的流散人员 (said in the title, no category column); the street where found is the place")
def n19(b, rng):
    x = b.sheet("n19"); pls = pick(rng, ["120106004", "120105003", "120102003", "120104008", "120103002"], 1, False)
    T = [(["B06", "F02"], "夜里睡在桥洞，没有厚衣服，需要棉衣和热饭", 1, "份"), (["D05"], "身份证丢了，办不了补贴，想有人陪着跑手续", 1, "次"), (["C06", "C02"], "不愿回家，和家人闹翻多年，想有人帮着联系、劝解", 2, "次"), (["C05"], "身体没毛病，想找个活干，缺手艺", 1, "次"), (["A02"], "腿上有伤口化脓，不肯去医院，需要有人陪着看病", 1, "次"), (["C04"], "已租房住下，三个月没人来往，想参加社区活动", 1, "次")]
    rs = mk(rng, 16, [p for p in pls for _ in range(4)][:16])
    why = ["身份证遗失", "查无户籍，正在寻亲", "拒绝提供"]
    for i, r in enumerate(rs):
        t = T[i % 6]; r["_svc"] = t[0]; r["service_categories"] = [c for c in VS if c in t[0]]; r["summary"] = t[1]; r["quantity"] = dict(n=t[2], unit=t[3], per="total"); r["_ben"] = ["LL"]; r["beneficiary_categories"] = ["LL"]; r["division_code"] = r["_p"].street_code
        r["phone"] = r["phone"] if i % 3 == 0 else None
        if not r["phone"]: issue(r, "phone", "missing", "warning", ["ok"])
        r["_why"] = None
        if i % 2: no_id(r, why[i // 2 % 3]); r["cell_id_number"] = "无" ; r["_why"] = r["no_id_reason"]
        r["_h"] = "是" if r["urgency"] == "urgent" else "否"; r["address"] = f"{r['_p'].street}{rng.choice(['示例桥下', '示例商场门口', '示例公园凉亭'])}"
    cols = [Col("登记号", "need_no"), Col("登记日期", "published_on", pub(dash)), Col("姓名", "name"), Col("性别", "sex"), Col("公民身份号码", "id_number"), Col("无证原因", "no_id_reason", lambda r: r["_why"]), Col("可联系电话", "phone"), Col("发现地所在区", "district", lambda r: r["_p"].district), Col("发现地街道", "street", lambda r: r["_p"].street), Col("发现地点", "address"), Col("需要的帮助", "service_categories", svcs(0, "、")), Col("情况", "summary"), Col("数量", "quantity", lambda r: f"{r['quantity']['n']}{r['quantity']['unit']}"), Col("是否需24小时内处置", "urgency", lambda r: r["_h"]), Col("接待人", "handler")]
    for i, r in enumerate(rs): r["need_no"] = f"JZ{i+1:03d}"
    note(x, 1, "天津市救助管理站 生活无着的流散人员服务需求登记（2026年9月—11月）", reason="title"); heads(x, 2, cols); lines(x, 3, cols, rs, more=["beneficiary_categories"]); b.done("csv", bom=True)
    x.extra["beneficiary_from"] = "title"

@layout("N20", "n20_公益机构个案清单.xlsx", "needs", "12", "NGO's case list beginning in cell C5 with a margin note beside it; twelve-digit code + name in one cell (120102004001 天鼎社区); frequency 3次/周; 预计结案 as the end; categories numbered ①②")
def n20(b, rng):
    x = b.sheet("个案"); rs = mk(rng, 17, pick(rng, ["120102004", "120103003", "120104005"], 3, False)); N = "①②③④"
    for i, r in enumerate(rs): r["need_no"] = f"GA2026-{i+11}"; f = iso(r["published_on"]); t = addm(f, rng.choice([3, 4, 6])); r["_f"], r["_t"] = f, t; r["period"] = p_range(f, t); r["_or"] = {"period": [{"to": dash(t)}]}
    bad_phone(rs[2]) if rs[2]["phone"][0] == "1" else no_phone(rs[2])
    cols = [Col("个案编号", "need_no"), Col("案主姓名", "name"), Col("身份证件号码", "id_number"), Col("所属社区（代码及名称）", "division_code", lambda r: f"{r['_p'].code12} {r['_p'].short}"), Col("案主电话", "phone"), Col("案主类型", "beneficiary_categories", lambda r: "".join(N[i] + w for i, w in enumerate(bw(r["_ben"], 1)))), Col("介入需求", "service_categories", lambda r: "".join(N[i] + w for i, w in enumerate(sw(r["_svc"], 1)))), Col("接案情况", "summary"), Col("接案日期", ["period", "published_on"], lambda r: iso(r["published_on"])), Col("预计结案日期", "period", lambda r: r["_t"]), Col("服务频次", "quantity", lambda r: q_sl(r["quantity"])), Col("跟进社工", "handler")]
    title(x, 2, "天津市示例社会工作服务中心 2026年在办个案", 14, 3); note(x, 3, "更新至2026年11月15日", 3); x.skip(1, "blank"); x.skip(4, "blank")
    heads(x, 5, cols, 3); e = lines(x, 6, cols, rs, 3); x.sh.put(7, 17, "红字为本月新接案"); x.sh.put(8, 17, "11月底前完成中期评估")
    b.done()

@layout("N21", "n21_罗庄子镇三留守.xlsx", "needs", "120119", "three sheets 留守老人 / 留守儿童 / 留守妇女: the category stands only in the sheet's name; the town in the title; each sheet has its own heads (children: guardian columns)")
def n21(b, rng):
    ps = pick(rng, ["120119112"], 5, True)
    for sh, code, g, n in (("留守老人", "LSLR", ("old",), 7), ("留守儿童", "LSET", ("kid",), 6), ("留守妇女", "LSFN", ("adult",), 5)):
        x = b.sheet(sh); rs = mk(rng, n, ps, True, g, only=lambda n: n[1] != ["D06"])
        for r in rs:
            r["_ben"] = r["beneficiary_categories"] = [code]
            if code == "LSFN": r["sex"] = "女"; r["name"] = PP.name("女")[0]; r["id_number"] = mkid(rng, "120119", "女"); r["urgency"] = "normal"
            if code == "LSET": r["phone"] = None
        if code == "LSLR": no_phone(rs[3])
        if code == "LSFN": bad_id(rs[2])
        cols = [Col("序号", "seq"), Col("村", "village", lambda r: r["_p"].short)] + ([Col("儿童姓名", "name"), Col("儿童身份证号", "id_number"), Col("监护人", "guardian"), Col("监护人电话", "guardian_phone")] if code == "LSET" else [Col({"LSLR": "老人姓名", "LSFN": "妇女姓名"}[code], "name"), Col("身份证号", "id_number"), Col("电话", "phone")]) + \
               [Col("最想得到的帮助", "service_categories", svcs(1, "、")), Col("说明", "summary"), Col("频次", "quantity", lambda r: q_mei(r["quantity"]))]
        title(x, 1, f"蓟州区罗庄子镇农村{sh}需求摸排表", len(cols)); heads(x, 2, cols); lines(x, 3, cols, rs, more=["beneficiary_categories"])
        x.extra["beneficiary_from"] = "sheet name and title"; x.extra["place_from"] = "title (town) and column 村"
    b.done()

@layout("N22", "n22_邦均镇月份台账.xlsx", "needs", "120119", "months only: 登记时间 as text 2026.11, 服务期 2026.3-2026.8 and 2026年12月—2027年2月; names padded with full-width blanks; full-width digits in telephones")
def n22(b, rng):
    x = b.sheet("邦均"); rs = mk(rng, 17, pick(rng, ["120119105"], 7, True), True); fw = str.maketrans("0123456789", "０１２３４５６７８９")
    for i, r in enumerate(rs):
        f = D(2026, rng.randint(9, 12), 1); t = monthend(*((2027, rng.randint(1, 5)))); r["period"] = p_range(f, t)
        r["_pt"] = f"{f.year}.{f.month}-{t.year}.{t.month}" if i % 2 else f"{f.year}年{f.month}月—{t.year}年{t.month}月"
        m = iso(r["published_on"]).month; r["published_on"] = f"2026-{m:02d}"; r["_d"] = f"2026.{m}"; issue(r, "published_on", "month_only", "warning", ["ok"])
    short_id(rs[12]); no_summary(rs[3])
    cols = [Col("登记时间", "published_on", lambda r: r["_d"]), Col("村　别", "village", lambda r: r["_p"].short), Col("姓　名", "name", lambda r: r["name"][0] + "　" + r["name"][1:] if len(r["name"]) == 2 else r["name"]), Col("身份证号", "id_number"), Col("联系电话", "phone", lambda r: r["phone"].translate(fw)), Col("类　别", "beneficiary_categories", bens(1, "、")), Col("需　求", "service_categories", svcs(1, "、")), Col("原　因", "summary"), Col("服务期", "period", lambda r: r["_pt"]), Col("频　次", "quantity", lambda r: q_mei(r["quantity"])), Col("包村干部", "handler")]
    title(x, 1, "邦均镇困难群众服务需求台账", len(cols)); heads(x, 2, cols); lines(x, 3, cols, rs); b.done()

@layout("N23", "n23_万兴街道分页打印表.xls", "needs", "120104", ".xls with the head repeated on every printed page, page feet (第1页 共3页), struck-out rows (已注销), a hidden row")
def n23(b, rng):
    x = b.sheet("打印"); rs = mk(rng, 21, pick(rng, ["120104005"], 6)); struck(rs[5]); struck(rs[14]); hidden(rs[9]); bad_phone(rs[17]) if rs[17]["phone"][0] == "1" else None
    for r in rs: setp(r, *rng.choice([({"months": 1}, "1个月"), ({"months": 3}, "3个月"), ({"open": True}, "长期"), ({"months": 6}, "半年")])); r["remark"] = "已迁出，划掉" if r.get("_strike") else None
    cols = [Col("No.", "seq"), Col("社区名", "village", lambda r: r["_p"].base), Col("姓名", "name"), Col("身份证号", "id_number"), Col("电话", "phone"), Col("类别", "beneficiary_categories", bens(1, "、")), Col("服务需求", "service_categories", svcs(1, "、")), Col("具体内容", "summary"), Col("频率", "quantity", lambda r: q_mei(r["quantity"])), Col("时长", "period", lambda r: r["_pt"]), Col("备注", "remark")]
    for i, r in enumerate(rs): r["seq"] = i + 1
    r = 1
    for pg in range(3):
        title(x, r, "南开区万兴街道服务需求一览表", len(cols)); 
        for i, c in enumerate(cols): x.sh.put(r + 1, i + 1, c.head)
        x.head(r + 1); setcols(x, cols); r = lines(x, r + 2, cols, rs[pg * 7:pg * 7 + 7])
        note(x, r, f"第{pg+1}页 共3页", 8); r += 1
    b.done("xls")

@layout("N24", "n24_武清区季度明细.xlsx", "needs", "120114", "sheets 汇总 (statistics, no ledger) and 明细; units inside the cells (3人, 2次/月, 6个月), place as district-street-community with hyphens, 备注 with notes, yes/no of consent")
def n24(b, rng):
    z = b.sheet("汇总"); z.ignore = "statistics, no ledger"; x = b.sheet("明细"); rs = mk(rng, 20, pick(rng, ["120114002", "120114103", "120114114"], 3), True)
    for r in rs:
        m = rng.choice([1, 3, 6, 12]); setp(r, {"months": m}, f"{m}个月"); r["remark"] = rng.choice([None, "需自带工具", "方言重", "家里有狗"])
    rs[11]["_pl"] = f"武清区-{rs[11]['_p'].street}-示例新村"; issue(rs[11], "division_code", "unknown_division", "error"); no_phone(rs[4])
    z.sh.row(1, ["2026年四季度需求汇总"]); z.sh.row(2, ["街镇", "户数", "其中紧急"])
    for i, st in enumerate(dict.fromkeys(r["_p"].street for r in rs)): z.sh.row(3 + i, [st, sum(1 for r in rs if r["_p"].street == st), sum(1 for r in rs if r["_p"].street == st and r["urgency"] == "urgent")])
    cols = [Col("区-街镇-村居", "division_code", lambda r: r.get("_pl") or f"武清区-{r['_p'].street}-{r['_p'].short}"), Col("家庭户主", "name"), Col("户主证件号码", "id_number"), Col("家庭规模", "household_size", lambda r: f"{r['household_size']}人"), Col("联络电话", "phone"), Col("困难属性", "beneficiary_categories", bens(3, "、")), Col("需求事项", "service_categories", svcs(1, "、")), Col("需求事由", "summary"), Col("服务量", "quantity", lambda r: q_sl(r["quantity"])), Col("服务时限", "period", lambda r: r["_pt"]), Col("轻重缓急", "urgency", URG("特急", "一般")), Col("本人是否同意共享信息", None, lambda r: "是"), Col("采集日期", "published_on", lambda r: iso(r["published_on"]), "yyyy\"年\"m\"月\"d\"日\""), Col("采集员", "handler"), Col("备注", "remark")]
    heads(x, 1, cols); lines(x, 2, cols, rs); b.done()

@layout("N25", "n25_12349热线登记.csv", "needs", "12", "GB18030 CSV of the 12349 desk: ID numbers and telephones led by an apostrophe, urgency as 一级/二级/三级 explained in the head, telephones as landlines of other cities and 400 numbers among them, semicolons between services")
def n25(b, rng):
    x = b.sheet("n25"); rs = mk(rng, 20, pick(rng, ["120102003", "120105009", "120110009", "120118102"], 2)); ap = lambda v: "'" + v if v else None
    for i, r in enumerate(rs): r["_u"] = "一级" if r["urgency"] == "urgent" else rng.choice(["二级", "三级"])
    for i, (a, n) in {3: ("0311-00001234", "0311-00001234"), 8: ("400-000-1234", "400-000-1234"), 12: ("(010)00005678-12", "010-00005678-12"), 16: ("0315 0004321", "0315-0004321")}.items(): rs[i]["phone"] = n; rs[i]["cell_phone"] = a
    bad_id(rs[6]); rs[6]["cell_id_number"] = ap(rs[6]["cell_id_number"]); d = dup(rs, 1); rs.append(d)
    cols = [Col("来话日期", "published_on", pub(dash)), Col("求助人", "name"), Col("求助人身份证", "id_number", lambda r: ap(r["id_number"])), Col("回拨电话", "phone", lambda r: ap(r["phone"]) if r["phone"] and r["phone"][0] == "1" else r["phone"]), Col("区", "district", lambda r: r["_p"].district), Col("街道乡镇", "street", lambda r: r["_p"].street), Col("社区或村", "village", lambda r: r["_p"].short), Col("身份标识", "beneficiary_categories", bens(2, ";")), Col("求助事项", "service_categories", svcs(2, ";")), Col("求助内容", "summary"), Col("等级（一级=24小时内，二级=3天内，三级=正常办理）", "urgency", lambda r: r["_u"]), Col("接话员", "handler")]
    heads(x, 1, cols); lines(x, 2, cols, rs); b.done("csv", enc="gb18030")

@layout("N26", "n26_残联需求调查.xlsx", "needs", "120115", "disabled persons' federation: 残疾人证号 (20 digits: ID number + kind + grade) beside 身份证号, 残疾类别 and 等级 (no field), 享受补贴 → category; services ranked in three columns 第一需求/第二需求/第三需求")
def n26(b, rng):
    x = b.sheet("调查表"); rs = mk(rng, 18, pick(rng, ["120115002", "120115106"], 4), True, groups=("dis",))
    for r in rs:
        r["_dc"] = r["id_number"] + rng.choice("1234") + rng.choice("1234"); r["_ben"] = [rng.choice(["CJ_ZD", "CJ_KN"])]
        if rng.random() < .25: r["_ben"] = ["CJ_KN", "CJ_ZD"]
        r["beneficiary_categories"] = [c for c in VB if c in r["_ben"]]; r["guardian"] = PP.name()[0] if rng.random() < .5 else None
        if len(r["_svc"]) < 2 and rng.random() < .6: r["_svc"] = r["_svc"] + rng.choice([["C01"], ["F02"], ["C02"]] if r["_svc"][0] not in ("C01", "F02", "C02") else [["B02"]])
        r["service_categories"] = [c for c in VS if c in r["_svc"]]
    bad_id(rs[7])
    W = {"CJ_ZD": "重度残疾人护理补贴", "CJ_KN": "困难残疾人生活补贴"}; nth = lambda k: (lambda r: SW[r["_svc"][k]][3] if len(r["_svc"]) > k else None)
    cols = [Col("残疾人姓名", "name"), Col("身份证号", "id_number"), Col("残疾人证号", None, lambda r: r["_dc"]), Col("残疾类别", None, lambda r: {"1": "视力", "2": "听力", "3": "言语", "4": "肢体"}[r["_dc"][18]]), Col("残疾等级", None, lambda r: {"1": "一级", "2": "二级", "3": "三级", "4": "四级"}[r["_dc"][19]]), Col("享受补贴情况", "beneficiary_categories", lambda r: "、".join(W[c] for c in r["_ben"])), Col("乡镇街道", "street", lambda r: r["_p"].street), Col("村（社区）", "village", lambda r: r["_p"].short), Col("监护人姓名", "guardian"), Col("联系电话", "phone"), Col("第一需求", "service_categories", nth(0)), Col("第二需求", "service_categories", nth(1)), Col("第三需求", "service_categories", nth(2)), Col("需求详情", "summary"), Col("频次", "quantity", lambda r: q_mei(r["quantity"])), Col("调查日期", "published_on", pub(slash)), Col("调查员", "handler")]
    title(x, 1, "宝坻区持证残疾人服务需求专项调查表", len(cols)); heads(x, 2, cols); lines(x, 3, cols, rs); b.done()

@layout("N27", "n27_儿童主任工作台账.xlsx", "needs", "120118", "children's list: two ID numbers and two telephones (儿童, 监护人), school columns that are no field, 出生日期 as cells; the child is the person, the telephone is the guardian's")
def n27(b, rng):
    x = b.sheet("儿童台账"); rs = mk(rng, 17, pick(rng, ["120118106", "120118110"], 4, True), True, ("kid",))
    for r in rs: r["_gid"] = mkid(rng, "120118", rng.choice("男女")); r["_rel"] = rng.choice(["祖父", "祖母", "外祖母", "姑姑", "父亲"]); r["phone"] = None
    bad_id(rs[3]); rs[9]["guardian"] = None; issue(rs[9], "guardian", "missing", "warning", ["ok"])
    cols = [Col("序号", "seq"), Col("所在乡镇", "street", lambda r: r["_p"].street), Col("所在村", "village", lambda r: r["_p"].full), Col("儿童姓名", "name"), Col("儿童性别", "sex"), Col("儿童身份证号码", "id_number"), Col("出生日期", None, lambda r: D(int(r["id_number"][6:10]), int(r["id_number"][10:12]), int(r["id_number"][12:14])).isoformat()), Col("儿童类型", "beneficiary_categories", bens(1, "、")), Col("就读学校", None, lambda r: "示例小学"), Col("监护人姓名", "guardian"), Col("监护人身份证号码", None, lambda r: r["_gid"]), Col("与儿童关系", None, lambda r: r["_rel"]), Col("监护人联系方式", "guardian_phone"), Col("关爱服务需求", "service_categories", svcs(1, "、")), Col("走访记录及需求", "summary"), Col("服务频次", "quantity", lambda r: q_mei(r["quantity"])), Col("走访日期", "published_on", lambda r: iso(r["published_on"])), Col("儿童主任", "handler")]
    title(x, 1, "静海区儿童主任走访工作台账（2026年下半年）", len(cols)); heads(x, 2, cols); lines(x, 3, cols, rs); b.done()

@layout("N28", "n28_数据平台两行表头.xlsx", "needs", "120103", "export of a data platform: first row technical names (apply_name, id_card…), second row the same in Chinese; time stamps with milliseconds as text; several values as a JSON-like list [\"低保\",\"重残\"]")
def n28(b, rng):
    x = b.sheet("export"); rs = mk(rng, 17, pick(rng, ["120103001", "120103009"], 4)); j = lambda ws: "[" + ",".join(f'"{w}"' for w in ws) + "]"
    for i, r in enumerate(rs): r["need_no"] = f"{20260000 + i * 7 + 13}"; d = rng.choice([30, 60, 90, 180]); setp(r, {"days": d}, d)
    bad_phone(rs[5]) if rs[5]["phone"][0] == "1" else no_phone(rs[5])
    cols = [Col("apply_no", "need_no"), Col("apply_name", "name"), Col("id_card", "id_number"), Col("mobile", "phone"), Col("street_name", "street", lambda r: r["_p"].street), Col("community_name", "village", lambda r: r["_p"].full), Col("addr_detail", "address"), Col("object_type", "beneficiary_categories", lambda r: j(bw(r["_ben"], 1))), Col("service_type", "service_categories", lambda r: j(sw(r["_svc"], 1))), Col("content", "summary"), Col("freq", "quantity", lambda r: q_sl(r["quantity"])), Col("service_days", "period", lambda r: r["_pt"]), Col("urgent_flag", "urgency", URG("Y", "N")), Col("create_time", "published_on", lambda r: r["published_on"] + f" {rng.randint(8,18):02d}:{rng.randint(0,59):02d}:{rng.randint(0,59):02d}.{rng.randint(0,999):03d}")]
    zh = ["申请编号", "申请人姓名", "身份证号", "手机号", "街道", "社区", "详细地址", "对象类型", "服务类型", "诉求内容", "服务频次", "服务天数", "是否紧急", "创建时间"]
    heads(x, 1, cols); x.sh.row(2, zh); x.skip(2, "header"); x.heads = [1, 2]; lines(x, 3, cols, rs); b.done()

# ---------------------------------------------------------------- villages
INDS = ["大棚蔬菜", "玉米小麦", "果树种植", "水产养殖", "奶牛养殖", "乡村旅游"]
VNEED = [(["E02"], "棚里种的菜卖不上价，想找企业签订单"), (["E04"], "村里路灯坏了一半，老人夜里不敢出门，想补一批"), (["E05"], "农家书屋没人管，想请人教跳舞、写字"), (["E03"], "果树病害多，想请专家来看看"), (["E07"], "年轻人想学直播卖货，盼办个班"), (["E06"], "村头坑塘臭，想治一治、种点藕"), (["E08"], "柿子山楂积压，盼单位食堂帮着买一些"), (["E01"], "村务公开做得不规范，想有人手把手教"), (["E04", "E05"], "想办老人食堂和活动室，房子村里出"), (["E02", "E07"], "想上一个加工项目，缺懂行的人")]
def vmk(rng, n, pls):
    P = PP; out = []; ps = list(pls); rng.shuffle(ps); ps = sorted(ps[:n], key=lambda p: p.code12)
    for i, p in enumerate(ps):
        t = VNEED[i % len(VNEED)]; des = rng.choice([("CUN_KN", "市级", D(2017, 8, 1), D(2020, 12, 31)), ("CUN_BR", "市级", D(2021, 7, 1), D(2024, 12, 31)), ("CUN_BR", "市级", D(2021, 7, 1), None), ("CUN_KN", "区级", D(2013, 9, 1), D(2016, 12, 31))])
        pop = rng.randint(400, 2000)
        out.append(dict(_p=p, division_code=p.code12, designation=des[0], level=des[1], designated_on=dash(des[2]), ended_on=dash(des[3]) if des[3] else None, households=pop // 3, population=pop, aged_60=pop // 4, dibao_households=rng.randint(3, 25), tekun_persons=rng.randint(0, 6), disabled_persons=rng.randint(10, 50), collective_income=round(rng.randint(20, 500) / 10, 1),
            main_industry=rng.choice(INDS), gaps=rng.choice(["排水不畅", "路灯不足", "无活动室", "缺技术员"]), service_categories=t[0], _svc=t[0], need=t[1], contact=P.name("男")[0], phone=P.phone(), data_year=2025))
    return out
DW = {"CUN_KN": "困难村", "CUN_BR": "经济薄弱村"}
EN = {"E01": "组织帮扶", "E02": "产业帮扶", "E03": "科技帮扶", "E04": "民生帮扶", "E05": "文化帮扶", "E06": "生态帮扶", "E07": "人才帮扶", "E08": "消费帮扶"}
vs = lambda sep: (lambda r: sep.join(EN[c] for c in r["_svc"]))
di = lambda k: (lambda r: iso(r[k]) if r[k] else None)

@layout("V01", "v01_宁河区村情统计.xls", "villages", "120117", ".xls with 集体收入 in 元 (sample: 万元), 认定 and 退出 as year.month text, 镇 column merged, 小计 per town")
def v01(b, rng):
    x = b.sheet("村情"); rs = vmk(rng, 16, pick(rng, ["120117102", "120117107", "120117111"], 6, True)); 
    for r in rs:
        r["collective_income"] = round(r["collective_income"], 1)
        r["_d"] = f"{r['designated_on'][:4]}年{int(r['designated_on'][5:7])}月"; r["designated_on"] = r["designated_on"][:7]; r["_e"] = f"{r['ended_on'][:4]}年{int(r['ended_on'][5:7])}月" if r["ended_on"] else None; r["ended_on"] = r["ended_on"][:7] if r["ended_on"] else None
        issue(r, "designated_on", "month_only", "warning", ["ok"]); 
        if r["ended_on"]: issue(r, "ended_on", "month_only", "warning", ["ok"])
    cols = [Col("序号", "seq"), Col("镇", "street", None), Col("村名称", "village", lambda r: r["_p"].short), Col("认定类型", "designation", lambda r: DW[r["designation"]]), Col("认定级别", "level"), Col("认定时间", "designated_on", lambda r: r["_d"]), Col("退出时间", "ended_on", lambda r: r["_e"]), Col("总户数", "households"), Col("总人口", "population"), Col("60岁以上老人", "aged_60"), Col("低保户数", "dibao_households"), Col("特困人数", "tekun_persons"), Col("残疾人数", "disabled_persons"), Col("村集体经营性收入（元）", "collective_income", lambda r: round(r["collective_income"] * 10000)), Col("主导产业", "main_industry"), Col("短板", "gaps"), Col("帮扶方向", "service_categories", vs("、")), Col("需求", "need"), Col("村书记", "contact"), Col("书记电话", "phone")]
    title(x, 1, "宁河区帮扶村基本情况统计表（2025年度）", len(cols)); x.extra["data_year"] = 2025
    heads(x, 2, cols); r = 3; g = {}
    for rec in rs: g.setdefault(rec["_p"].street, []).append(rec)
    for st, l in g.items():
        for k, rec in enumerate(l): rec["street"] = st if k == 0 else None
        a = r; r = lines(x, r, cols, l, need=False)
        for rec in l: pass
        if r - a > 1: x.sh.merge(a, 2, r - 1, 2)
        x.sh.put(r, 3, "小计"); x.sh.put(r, 8, sum(q["households"] for q in l)); x.sh.put(r, 9, sum(q["population"] for q in l)); x.skip(r, "subtotal"); r += 1
    fixv(x, rs); b.done("xls")
def fixv(x, rs):
    for r in rs:
        o = x.rows[r["_row"]]
        if "values" in o: o["values"]["division_code"] = r["division_code"]

@layout("V02", "v02_蓟州区分镇村表.xlsx", "villages", "120119", "one sheet per town named after it; short heads; two designations as from–to in one cell (2021.7.1-2024.12.31); numbers with units in the cells (512户, 1460人)")
def v02(b, rng):
    for st in ("120119103", "120119106", "120119111"):
        ps = pick(rng, [st], 6, True); x = b.sheet(ps[0].street); rs = vmk(rng, 6, ps)
        cols = [Col("村", "village", lambda r: r["_p"].base), Col("性质", "designation", lambda r: r["level"] + DW[r["designation"]]), Col("帮扶起止", ["designated_on", "ended_on"], lambda r: dot(iso(r["designated_on"])) + "-" + (dot(iso(r["ended_on"])) if r["ended_on"] else "")), Col("户", "households", lambda r: f"{r['households']}户"), Col("人", "population", lambda r: f"{r['population']}人"), Col("老人", "aged_60", lambda r: f"{r['aged_60']}人"), Col("集体收入", "collective_income", lambda r: f"{r['collective_income']}万元"), Col("产业", "main_industry"), Col("要什么", "service_categories", vs("，")), Col("具体需求", "need"), Col("联系人及电话", ["contact", "phone"], lambda r: f"{r['contact']} {r['phone']}")]
        cols[1].f = ["designation", "level"]
        heads(x, 1, cols); lines(x, 2, cols, rs, need=False); fixv(x, rs)
    b.done()

@layout("V03", "v03_滨海新区村需求.csv", "villages", "120116", "GB18030 CSV, twelve-digit code and name, dates 2021/7/1, figures with thousands separators, need with comma in quotes")
def v03(b, rng):
    x = b.sheet("v03"); rs = vmk(rng, 17, pick(rng, ["120116156", "120116157", "120116158", "120116135"], 5, True)); rs[7]["phone"] = rs[7]["phone"]
    rs[5]["cell_designation"] = "美丽乡村"; issue(rs[5], "designation", "unknown_category", "error"); rs[11]["cell_phone"] = rs[11]["phone"][:9]; issue(rs[11], "phone", "bad_phone", "error", ["warning"])
    for r in rs: r["need"] = r["need"].replace("，", ",", 1); r["data_year"] = 2025
    cols = [Col("行政区划代码", "division_code"), Col("街镇", "street", lambda r: r["_p"].street), Col("行政村名称", "village", lambda r: r["_p"].full), Col("村类型", "designation", lambda r: DW[r["designation"]]), Col("级别", "level"), Col("纳入日期", "designated_on", lambda r: slash(iso(r["designated_on"]))), Col("退出日期", "ended_on", lambda r: slash(iso(r["ended_on"])) if r["ended_on"] else "未退出"), Col("数据年度", "data_year"), Col("户籍户数", "households", lambda r: f"{r['households']:,}"), Col("户籍人口", "population", lambda r: f"{r['population']:,}"), Col("其中低保户", "dibao_households"), Col("其中特困人员", "tekun_persons"), Col("年集体收入/万元", "collective_income"), Col("需求类型", "service_categories", vs("/")), Col("需求内容", "need"), Col("联系人", "contact"), Col("联系电话", "phone")]
    heads(x, 1, cols); lines(x, 2, cols, rs, need=False); fixv(x, rs); b.done("csv", enc="gb18030")

@layout("V04", "v04_静海区帮扶方向打勾.xlsx", "villages", "120118", "two header rows, √ under eight directions of help, designation by ticks too (困难村 | 经济薄弱村), village figures under group heads 人口 and 保障对象")
def v04(b, rng):
    x = b.sheet("静海"); rs = vmk(rng, 17, pick(rng, ["120118103", "120118105", "120118107"], 6, True)); t = lambda k, c: (lambda r: "√" if (c in r[k] if isinstance(r[k], list) else r[k] == c) else None)
    cols = [Col("乡镇", "street", lambda r: r["_p"].street), Col("村庄", "village", lambda r: r["_p"].short)]; a0 = 3
    cols += [Col("困难村", "designation", t("designation", "CUN_KN")), Col("经济薄弱村", "designation", t("designation", "CUN_BR")), Col("户数", "households"), Col("人数", "population"), Col("60岁以上", "aged_60"), Col("低保户", "dibao_households"), Col("特困人员", "tekun_persons"), Col("残疾人", "disabled_persons")]
    cols += [Col(EN[c][:2], "service_categories", t("_svc", c)) for c in EN] + [Col("需求简述", "need"), Col("负责人", "contact"), Col("电话", "phone")]
    title(x, 1, "静海区村级帮扶需求统计表", len(cols)); s = x.sh
    for g, a, z in (("村类别（打√）", 3, 4), ("人口情况", 5, 7), ("保障对象（户/人）", 8, 10), ("希望得到的帮扶（打√）", 11, 18)): s.merge(2, a, 2, z, g)
    for i, c in enumerate(cols):
        if i + 1 in (1, 2, 19, 20, 21): s.merge(2, i + 1, 3, i + 1, c.head)
        else: s.put(3, i + 1, c.head)
    x.head(2, 3); setcols(x, cols); e = lines(x, 4, cols, rs, need=False); fixv(x, rs); s.put(e, 2, "合计"); s.put(e, 5, sum(r["households"] for r in rs)); s.put(e, 6, sum(r["population"] for r in rs)); x.skip(e, "subtotal"); b.done()

# ---------------------------------------------------------------- organizations
ONAME = [("52", "社会工作服务中心", ["C01", "D01", "D02"]), ("52", "养老服务中心", ["A01", "B01", "B03"]), ("51", "志愿者协会", ["C01", "B04"]), ("53", "公益基金会", ["F02", "C06"]), ("52", "康复指导中心", ["A03", "C02"]), ("51", "家政服务协会", ["B02", "B01"]), ("52", "儿童关爱中心", ["C07", "C02"]), ("52", "法律援助服务中心", ["D06", "D05"]), ("51", "心理卫生协会", ["C02"]), ("52", "助残服务社", ["B04", "B07", "C04"])]
OHEAD = ["晨光", "同心", "暖阳", "和顺", "乐安", "益家", "邻里", "春晖", "安泰", "润心", "阳光", "明德", "惠民", "友善", "海河", "津翼", "仁和", "普乐", "知行", "怡康"]
def omk(rng, n, tag):
    P = PP; out = []; used = set()
    dl = ["120101", "120102", "120103", "120104", "120105", "120106", "120110", "120111", "120112", "120113"]
    for i in range(n):
        k, suf, sv = ONAME[i % len(ONAME)]; d = rng.choice(dl); dn = DIST[d]["name"]; reg = "120000" if k == "53" else d
        nm = f"天津市{'' if k == '53' else dn}{OHEAD[i % len(OHEAD)]}{suf}（示例）"; areas = sorted(set([d] + rng.sample(dl, rng.randint(0, 2))))
        f = D(rng.randint(2006, 2022), rng.randint(1, 12), rng.randint(1, 28))
        rt = rng.choice(["5A", "4A", "3A", "3A", None]); q = rng.choice([(40, "户", "month"), (60, "人次", "week"), (100, "餐", "day"), (30, "人次", "month"), (12, "次", "month")])
        out.append(dict(uscc=mkuscc(k, reg, f"MJT{tag}{i:04d}"), name=nm, type=k, registrar="天津市民政局" if k == "53" else f"天津市{dn}民政局", supervisor=rng.choice(["天津市民政局", f"天津市{dn}残疾人联合会", "直接登记（无业务主管单位）"]), legal_representative=P.name()[0], founded_on=dash(f), address=f"天津市{dn}示例路{rng.randint(1,200)}号", charity=rng.random() < .5, fundraising=False,
            rating=rt, rating_valid_to=f"20{rng.randint(27,30)}-12-31" if rt else None, inspections={"2024": "合格", "2025": "合格"}, service_categories=[c for c in VS if c in sv], _svc=sv, areas=[a + "000000" for a in areas], _areas=areas, capacity=dict(n=q[0], unit=q[1], per=q[2]), available=rng.choice(["工作日", "周一至周五9:00-17:00", "周末", "每天"]),
            qualifications=rng.choice(["社工师5名", "护理员10名", "心理咨询师3名", "志愿者80名"]), contact=P.name()[0], phone=P.phone(), email=f"held{tag}{i:03d}@example.org", business_scope=suf[:4]))
        if k == "53" or rng.random() < .3: out[-1]["fundraising"] = True; out[-1]["charity"] = True
    return out
TY = {"51": "社会团体", "52": "民办非企业单位", "53": "基金会"}
yn = lambda k, a="是", z="否": (lambda r: a if r[k] else z)

@layout("O01", "o01_社会组织名册.xlsx", "organizations", "12", "register of a bureau: 证照号码（统一社会信用代码）, 民办非企业单位 as type word, 年检结果 in two columns with the year in the head, 评估等级 as AAAA, areas with 、")
def o01(b, rng):
    x = b.sheet("名册"); rs = omk(rng, 20, "7"); rs[6]["cell_uscc"] = bad_check(rs[6]["uscc"]); issue(rs[6], "uscc", "check_digit", "error")
    rs[12]["inspections"] = {"2024": "合格", "2025": "不合格"}; issue(rs[12], "inspections", "inspection_failed", "warning", ["error"])
    A = {"5A": "AAAAA", "4A": "AAAA", "3A": "AAA", None: "未参评"}
    cols = [Col("序号", "seq"), Col("社会组织名称", "name"), Col("证照号码（统一社会信用代码）", "uscc"), Col("社会组织种类", "type", lambda r: TY[r["type"]]), Col("法人代表", "legal_representative"), Col("成立登记日期", "founded_on", lambda r: iso(r["founded_on"])), Col("登记管理机关", "registrar"), Col("业务主管", "supervisor"), Col("2024年度检查结论", "inspections", lambda r: r["inspections"]["2024"]), Col("2025年度检查结论", "inspections", lambda r: r["inspections"]["2025"]), Col("评估等级", "rating", lambda r: A[r["rating"]]), Col("等级有效期至", "rating_valid_to", lambda r: slash(iso(r["rating_valid_to"])) if r["rating_valid_to"] else None), Col("慈善组织", "charity", yn("charity")), Col("公开募捐资格", "fundraising", yn("fundraising", "有", "无")), Col("可提供的服务", "service_categories", svcs(1, "、")), Col("服务区域", "areas", lambda r: "、".join(DIST[a]["name"] for a in r["_areas"])), Col("联系人姓名", "contact"), Col("联系人手机", "phone")]
    title(x, 1, "全市参与社会救助的社会组织名册", len(cols)); heads(x, 2, cols); lines(x, 3, cols, rs, need=False); b.done()

@layout("O02", "o02_供给清单区域打勾.xlsx", "organizations", "12", "√ matrix of the districts under 服务覆盖区（打√）, capacity in three columns 服务量/单位/周期, hours")
def o02(b, rng):
    x = b.sheet("供给清单"); rs = omk(rng, 18, "7A"[0:1] + "") if False else omk(rng, 18, "6")
    dl = ["120101", "120102", "120103", "120104", "120105", "120106", "120110", "120111", "120112", "120113"]; C = {"day": "每天", "week": "每周", "month": "每月"}
    cols = [Col("机构代码（18位）", "uscc"), Col("机构名称", "name"), Col("服务项目", "service_categories", svcs(3, "；"))]
    cols += [Col(DIST[d]["name"][:-1], "areas", (lambda d: lambda r: "√" if d in r["_areas"] else None)(d)) for d in dl]
    cols += [Col("服务量", "capacity", lambda r: r["capacity"]["n"]), Col("单位", "capacity", lambda r: r["capacity"]["unit"]), Col("周期", "capacity", lambda r: C[r["capacity"]["per"]]), Col("服务时间", "available"), Col("对接人", "contact"), Col("对接电话", "phone")]
    s = x.sh
    for i, c in enumerate(cols):
        if 3 <= i < 13: s.put(2, i + 1, c.head)
        else: s.merge(1, i + 1, 2, i + 1, c.head)
    s.merge(1, 4, 1, 13, "服务覆盖区（打√）"); x.head(1, 2); setcols(x, cols); lines(x, 3, cols, rs, need=False); b.done()

@layout("O03", "o03_联合会会员资源.csv", "organizations", "12", "federation's list, GB18030 CSV: landlines with extension, other cities, 400 numbers, two telephones in one cell; capacity as 每月40户; foundation as word")
def o03(b, rng):
    x = b.sheet("o03"); rs = omk(rng, 18, "5"); 
    T = {1: ("022-00003456-802", "022-00003456-802", None), 4: ("400-000-5678", "400-000-5678", None), 7: ("022-00008899转6", "022-00008899-6", None), 10: ("010-00002468", "010-00002468", None), 13: ("13800004477/022-00001357", "13800004477", ["022-00001357"])}
    for i, (c, n, o) in T.items(): rs[i]["cell_phone"] = c; rs[i]["phone"] = n; rs[i]["other_phones"] = o
    issue(rs[13], "phone", "several_phones", "warning", ["ok"]); rs[9]["cell_uscc"] = rs[9]["uscc"][:17]; issue(rs[9], "uscc", "bad_length", "error")
    d = dup(rs, 2); rs.append(d)
    cols = [Col("单位名称", "name"), Col("信用代码", "uscc"), Col("单位性质", "type", lambda r: TY[r["type"]]), Col("负责人", "legal_representative"), Col("能做的服务", "service_categories", svcs(0, "、")), Col("服务范围（区）", "areas", lambda r: "全市" if False else "，".join(DIST[a]["name"] for a in r["_areas"])), Col("服务能力", "capacity", lambda r: q_mei(r["capacity"])), Col("人员资质", "qualifications"), Col("联络人", "contact"), Col("联络方式", "phone"), Col("邮箱", "email"), Col("办公地址", "address")]
    heads(x, 1, cols); lines(x, 2, cols, rs, need=False)
    for r in rs:
        o = x.rows[r["_row"]]
        if r.get("other_phones") and "values" in o: o["values"]["other_phones"] = r["other_phones"]
    b.done("csv", enc="gb18030")

@layout("O04", "o04_区民政局能力清单.xls", "organizations", "12", ".xls: services as code + name (B01助餐), one service per line break, type as digits with word (52-民非), founded 2012年5月8日, yes as √")
def o04(b, rng):
    x = b.sheet("能力清单"); rs = omk(rng, 16, "4"); NM = {r["code"]: r for r in csv.DictReader(open(f"{DATA}/vocab_service.csv", encoding="utf-8-sig"))}
    rs[5]["cell_type"] = "53-基金会" if rs[5]["type"] != "53" else "52-民非"; issue(rs[5], "type", "type_differs_from_uscc", "error", ["warning"])
    Z = {"51": "51-社团", "52": "52-民非", "53": "53-基金会"}
    cols = [Col("No", "seq"), Col("全称", "name"), Col("社会信用代码", "uscc"), Col("类型", "type", lambda r: Z[r["type"]]), Col("法定代表人（签字人）", "legal_representative"), Col("成立时间", "founded_on", lambda r: cnd(iso(r["founded_on"]))), Col("服务目录", "service_categories", lambda r: "\n".join(c + NM[c]["name_zh"] for c in r["_svc"])), Col("覆盖区域", "areas", lambda r: "\n".join(DIST[a]["name"] for a in r["_areas"])), Col("认定为慈善组织", "charity", yn("charity", "√", None)), Col("最大承接量", "capacity", lambda r: q_sl(r["capacity"])), Col("承接时段", "available"), Col("联系人/电话", ["contact", "phone"], lambda r: f"{r['contact']}/{r['phone']}")]
    title(x, 1, "社会救助服务承接主体能力清单", len(cols)); heads(x, 2, cols); lines(x, 3, cols, rs, need=False); b.done("xls")

@layout("O05", "o05_资源对接表分组表头.xlsx", "organizations", "12", "merged groups 基本信息/服务能力/联系人 over two rows, 姓名 and 电话 under two groups (法定代表人, 联系人), rating with 级, table from row 4")
def o05(b, rng):
    x = b.sheet("资源"); rs = omk(rng, 17, "3"); rs[3]["rating"] = "3A"; rs[3]["rating_valid_to"] = "2025-12-31"; issue(rs[3], "rating", "rating_expired", "warning")
    for r in rs: r["_lp"] = PP.phone()
    cols = [Col("序号", "seq"), Col("机构名称", "name"), Col("统一代码", "uscc"), Col("登记机关", "registrar"), Col("等级", "rating", lambda r: r["rating"] + "级" if r["rating"] else "无"), Col("等级到期日", "rating_valid_to", lambda r: iso(r["rating_valid_to"]) if r["rating_valid_to"] else None), Col("姓名", "legal_representative"), Col("电话", None, lambda r: r["_lp"]), Col("服务类别", "service_categories", svcs(1, "/")), Col("服务区", "areas", lambda r: "/".join(DIST[a]["name"] for a in r["_areas"])), Col("数量", "capacity", lambda r: q_mei(r["capacity"])), Col("姓名", "contact"), Col("电话", "phone")]
    title(x, 1, "社会力量参与社会救助资源对接表", 13); note(x, 2, "汇总单位：示例区民政局  2026年11月"); s = x.sh
    s.merge(3, 1, 4, 1, "序号")
    for g, a, z in (("基本信息", 2, 6), ("法定代表人", 7, 8), ("服务能力", 9, 11), ("联系人", 12, 13)): s.merge(3, a, 3, z, g)
    for i, c in enumerate(cols[1:]): s.put(4, i + 2, c.head)
    x.head(3, 4); setcols(x, cols); lines(x, 5, cols, rs, need=False); b.done()

# ---------------------------------------------------------------- members of volunteer teams
SK = [("会理发", ["B02"]), ("护士，会量血压", ["A05"]), ("退休教师，会辅导功课", ["C07"]), ("会开车", ["B04"]), ("心理咨询师", ["C02"]), ("会做饭", ["B01"]), ("水电维修", ["B07"]), ("能聊天、耐心", ["C03", "C01"])]
def mmk(rng, n, pls):
    P = PP; out = []
    for i in range(n):
        p = pls[i % len(pls)]; nm, sx = P.name(); pid = mkid(rng, p.code12[:6], sx); s = SK[1:][i % 7]
        out.append(dict(_p=p, division_code=p.code12, name=nm, sex=sx, id_number=pid, birth_date=f"{pid[6:10]}-{pid[10:12]}-{pid[12:14]}", phone=P.phone(), skills=s[0], service_categories=[c for c in VS if c in s[1]], _svc=s[1], available=rng.choice(["周末", "工作日上午", "每天", "周二、周四下午"]), joined_on=dash(D(rng.randint(2018, 2026), rng.randint(1, 10), rng.randint(1, 28))), hours=rng.randint(5, 300), volunteer_no=f"TJ{rng.randint(10**9, 10**10-1)}", role="队员", occupation=rng.choice(["退休", "教师", "职工", "学生"]), emergency_contact=P.name()[0], emergency_phone=P.phone()))
    return out
@layout("M01", "m01_鼓楼街道志愿队花名册.xlsx", "members", "120104", "team's roll: team name only in the title, 出生年月 as 1900.5, skills in words and 服务类别, hours with 小时, 入队 as month")
def m01(b, rng):
    x = b.sheet("花名册"); rs = mmk(rng, 20, pick(rng, ["120104002"], 6))
    for r in rs: r["team"] = "鼓楼街道邻里互助志愿服务队"; r["_b"] = f"{r['birth_date'][:4]}.{int(r['birth_date'][5:7])}"; r["birth_date"] = r["birth_date"]; r["hours"] = float(r["hours"]) if False else r["hours"]
    rs[0]["role"] = "队长"; bad_id(rs[8]); bad_phone(rs[12])
    cols = [Col("序号", "seq"), Col("队员姓名", "name"), Col("性别", "sex"), Col("身份证号", "id_number"), Col("出生年月", None, lambda r: r["_b"]), Col("手机号", "phone"), Col("居住社区", "village", lambda r: r["_p"].short), Col("特长", "skills"), Col("能提供的服务", "service_categories", svcs(1, "、")), Col("空闲时间", "available"), Col("入队时间", "joined_on", lambda r: iso(r["joined_on"])), Col("累计服务", "hours", lambda r: f"{r['hours']}小时"), Col("队内职务", "role")]
    title(x, 1, "鼓楼街道邻里互助志愿服务队队员花名册", len(cols)); heads(x, 2, cols); lines(x, 3, cols, rs, need=False, more=["team"]); fixm(x, rs); b.done()
def fixm(x, rs):
    for r in rs:
        o = x.rows[r["_row"]]
        if "values" in o: o["values"]["division_code"] = r["division_code"]; o["values"]["sex"] = r["sex"]
@layout("M02", "m02_志愿者导出.csv", "members", "12", "export of the volunteer system, UTF-8 with BOM: 志愿者编号, 证件类型 (身份证), 注册时间 with time, 服务时长（小时）as 36.0, 所属队伍, 居住区域 as one cell")
def m02(b, rng):
    x = b.sheet("m02"); rs = mmk(rng, 20, pick(rng, ["120101005", "120105007", "120112103"], 3, False))
    for i, r in enumerate(rs): r["team"] = ["暖心助老队", "护苗助学队"][i % 2]; r["hours"] = r["hours"]
    rs[4]["cell_id_number"] = rs[4]["id_number"][:16]; issue(rs[4], "id_number", "bad_length", "error"); rs[15]["phone"] = None; rs[15]["cell_phone"] = None; issue(rs[15], "phone", "missing", "warning", ["ok", "error"])
    d = dup(rs, 6); rs.append(d)
    cols = [Col("志愿者编号", "volunteer_no"), Col("真实姓名", "name"), Col("证件类型", None, lambda r: "居民身份证"), Col("证件号码", "id_number"), Col("联系电话", "phone"), Col("居住区域", "division_code", lambda r: f"天津市/{r['_p'].district}/{r['_p'].street}/{r['_p'].short}"), Col("所属队伍", "team"), Col("专业技能", "skills"), Col("服务意向", "service_categories", svcs(1, "|")), Col("注册时间", "joined_on", lambda r: r["joined_on"] + " 10:21:33"), Col("服务时长（小时）", "hours", lambda r: f"{r['hours']}.0"), Col("紧急联系人", "emergency_contact"), Col("紧急联系人电话", "emergency_phone")]
    heads(x, 1, cols); lines(x, 2, cols, rs, need=False); fixm(x, rs); b.done("csv", bom=True)
@layout("M03", "m03_丁字沽志愿队分队.xls", "members", "120106", ".xls, one sheet per team (the team in the sheet's name), √ under five services, no ID number for students with the reason 在校学生未采集")
def m03(b, rng):
    ps = pick(rng, ["120106004"], 5); S = ["A05", "C07", "B04", "C02", "B01"]
    for t in ("助老一队", "助学二队"):
        x = b.sheet(t); rs = [r for r in mmk(rng, 16, ps) if set(r["_svc"]) <= set(S)][:9]
        for r in rs: r["team"] = t
        no_id(rs[2], "在校学生未采集"); rs[2]["occupation"] = "学生"; rs[2]["_set"] = {"id_number": None, "no_id_reason": "在校学生未采集"}
        cols = [Col("编号", "seq"), Col("姓名", "name"), Col("性别", "sex"), Col("证件号", "id_number"), Col("电话", "phone"), Col("住址社区", "village", lambda r: r["_p"].base)] + [Col(SW[c][1], "service_categories", (lambda c: lambda r: "√" if c in r["_svc"] else None)(c)) for c in S] + [Col("职业", "occupation"), Col("服务时长", "hours")]
        title(x, 1, f"红桥区丁字沽街道志愿服务队（{t}）", len(cols)); s = x.sh
        for i, c in enumerate(cols):
            if 6 <= i < 11: s.put(3, i + 1, c.head)
            else: s.merge(2, i + 1, 3, i + 1, c.head)
        s.merge(2, 7, 2, 11, "服务意愿（打√）"); x.head(2, 3); setcols(x, cols); lines(x, 4, cols, rs, need=False, more=["team"]); fixm(x, rs)
        for r in rs:
            o = x.rows[r["_row"]]
            if "values" in o and "sex" not in o["values"]: o["values"]["sex"] = r["sex"]
    b.done("xls")

SAME = {"published_on": ["reported_on", "registered_on"], "handler": ["reporter"], "hours": ["service_hours"], "no_id_reason": ["id_missing_reason"], "volunteer_no": ["member_no"], "joined_on": ["registered_on"]}
README = open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "README.head.md"), encoding="utf-8").read()

def main():
    global OUT, PP
    ap = argparse.ArgumentParser(); ap.add_argument("--seed", type=int, default=SEED); ap.add_argument("--out", default=os.path.dirname(os.path.abspath(__file__))); ap.add_argument("--only"); a = ap.parse_args()
    os.makedirs(a.out, exist_ok=True); ex = {}
    for lid, file, kind, scope, desc, fn in LAYOUTS:
        if a.only and a.only != lid: continue
        rng = random.Random(f"{a.seed}-{lid}"); PP = People(rng); b = Book(a.out, file, kind, scope, desc, lid); fn(b, rng); ex[file] = b.json()
    about = "What an importer should say of each row. All persons, organizations and telephones are fictional. See README.md."
    if not a.only:
        with open(os.path.join(a.out, "expected.json"), "w", encoding="utf-8") as f: json.dump(dict(about=about, same_as=SAME, files=ex), f, ensure_ascii=False, indent=1)
        with open(os.path.join(a.out, "README.md"), "w", encoding="utf-8") as f:
            f.write(README + "\n## The layouts\n| id | file | kind | scope | layout |\n|---|---|---|---|---|\n")
            for lid, file, kind, scope, desc, fn in LAYOUTS: f.write(f"| {lid} | `{file}` | {kind} | {scope} | {desc.replace('|', chr(92)+'|')} |\n")
    tot = {}
    for f, v in ex.items():
        for s in v["sheets"]:
            for k, n in s["counts"].items(): tot[k] = tot.get(k, 0) + n
    print(len(ex), "files", tot)
if __name__ == "__main__": main()
