"""Machinery of the ledger generators: numbers with valid check digits, places, sheets, writers, expected.json.
Knows nothing of any reader; the words of the ledgers are in generate.py."""
import pathlib
import csv, io, json, os, random, re, zipfile, datetime as dt, calendar, html
import openpyxl, xlwt
from openpyxl.utils import get_column_letter as L
from openpyxl.styles import Font, Alignment, PatternFill, Border, Side
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.comments import Comment

D = dt.date
AS_OF = "2026-11-23"
DATA = str(pathlib.Path(__file__).resolve().parents[4] / "server/domain/data")
DIVS = f"{DATA}/divisions_tianjin_ext.csv"
VB = [r["code"] for r in csv.DictReader(open(f"{DATA}/vocab_beneficiary.csv", encoding="utf-8-sig"))]
VS = [r["code"] for r in csv.DictReader(open(f"{DATA}/vocab_service.csv", encoding="utf-8-sig"))]
DROWS = list(csv.DictReader(open(DIVS, encoding="utf-8-sig")))
BY = {r["code12"]: r for r in DROWS}
STREET = {r["code"]: r for r in DROWS if r["level"] == "street"}
DIST = {r["code"]: r for r in DROWS if r["level"] == "district"}

def base(n):
    return re.sub(r"(社区居民委员会|社区居委会|社区村民委员会|村民委员会|居民委员会|村委会|居委会|社区)$", "", n)

class Place:
    def __init__(s, row, street):
        s.code12 = row["code12"]; s.full = row["name"]; s.base = base(row["name"])
        s.rural = 200 <= int(s.code12[9:]) < 400
        s.street = street["name"]; s.street_code = street["code12"]
        s.district = DIST[street["parent_code"]]["name"]
        b = s.base
        s.short = (b if b.endswith("村") else b + "村") if s.rural else b + "社区"
    @property
    def st(s):  # short street: 小白楼街 / 洇溜镇
        return s.street.replace("街道", "街") if s.street.endswith("街道") else s.street
    @property
    def st0(s):
        return re.sub(r"(街道|镇|乡)$", "", s.street)

def places(street_code, rural=None):
    st = STREET[street_code]
    out = [Place(r, st) for r in DROWS if r["parent_code"] == street_code and int(r["code"][9:]) < 400]
    names = [p.base for p in out]
    ok = []
    for p in out:
        if rural is not None and p.rural != rural: continue
        if names.count(p.base) > 1: continue
        if any(q is not p and (p.base in q.base or q.base in p.base) for q in out): continue
        if len(p.base) < 2 or "阝" in p.base or "第" in p.base: continue
        ok.append(p)
    return ok

def district_unique(d):
    c = {}
    for r in DROWS:
        if r["district_code"] == d and r["level"] == "village": c[base(r["name"])] = c.get(base(r["name"]), 0) + 1
    return c

W17 = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
def id18(b17): return b17 + "10X98765432"[sum(int(a) * w for a, w in zip(b17, W17)) % 11]
def mkid(rng, district, sex):
    mm = rng.randint(1, 12); dd = rng.randint(1, 28)
    seq = rng.randint(100, 998)
    if (seq % 2 == 1) != (sex == "男"): seq += 1
    return id18(f"{district}1900{mm:02d}{dd:02d}{seq:03d}")
CH = "0123456789ABCDEFGHJKLMNPQRTUWXY"
def mkuscc(kind, reg, body8):
    s = 0
    for c, w in zip(body8, [3, 7, 9, 10, 5, 8, 4, 2]): s += (int(c) if c.isdigit() else ord(c) - 55) * w
    k = 11 - s % 11
    b9 = body8 + ("X" if k == 10 else "0" if k == 11 else str(k))
    p = kind + reg + b9
    t = sum(CH.index(c) * w for c, w in zip(p, [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]))
    return p + CH[(31 - t % 31) % 31]
def bad_check(s):
    c = "8" if s[-1] != "8" else "3"
    return s[:-1] + c

def monthend(y, m): return D(y, m, calendar.monthrange(y, m)[1])
def addm(d, m):
    y, mm = divmod(d.year * 12 + d.month - 1 + m, 12); return D(y, mm + 1, min(d.day, calendar.monthrange(y, mm + 1)[1]))
CN = "零一二三四五六七八九十"
def cn(n):
    if n <= 10: return CN[n]
    if n < 20: return "十" + (CN[n - 10] if n > 10 else "")
    return CN[n // 10] + "十" + (CN[n % 10] if n % 10 else "")

# ------------------------------------------------------------------ sheets
class Sh:
    def __init__(s, name):
        s.name = name; s.c = {}; s.merges = []; s.hrows = set(); s.hcols = set(); s.strike = set(); s.fill = {}; s.fmt = {}; s.bold = set(); s.state = "visible"; s.comments = {}; s.width = {}
    def put(s, r, c, v, fmt=None):
        if v is None or v == "": return
        s.c[(r, c)] = v
        if fmt: s.fmt[(r, c)] = fmt
    def row(s, r, vals, c0=1):
        for i, v in enumerate(vals): s.put(r, c0 + i, v)
    def merge(s, r1, c1, r2, c2, v=None):
        if v is not None: s.put(r1, c1, v)
        s.merges.append((r1, c1, r2, c2))
    @property
    def maxr(s): return max(r for r, c in s.c)
    @property
    def maxc(s): return max(c for r, c in s.c)

def _fix_zip(path):
    src = zipfile.ZipFile(path); items = [(i.filename, src.read(i)) for i in src.infolist()]; src.close()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for n, b in items:
            if n == "docProps/core.xml": b = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2026-11-20T08:00:00Z", b)
            z.writestr(zipfile.ZipInfo(n, (2026, 11, 20, 8, 0, 0)), b, zipfile.ZIP_DEFLATED)

def save_xlsx(path, shs, mac=False):
    wb = openpyxl.Workbook(); wb.remove(wb.active)
    if mac: wb.epoch = CALENDAR_MAC_1904
    thin = Border(*[Side(style="thin")] * 4)
    for s in shs:
        ws = wb.create_sheet(s.name); ws.sheet_state = s.state
        for (r, c), v in sorted(s.c.items()):
            x = ws.cell(r, c)
            x.value = v
            if isinstance(v, str) and v.startswith("="): x.data_type = "s"
            if (r, c) in s.fmt: x.number_format = s.fmt[(r, c)]
            elif isinstance(v, dt.datetime): x.number_format = "yyyy-mm-dd hh:mm:ss"
            elif isinstance(v, D): x.number_format = "yyyy/m/d"
            if r in s.strike: x.font = Font(strike=True)
            elif r in s.bold: x.font = Font(bold=True)
            if (r, c) in s.fill: x.fill = PatternFill("solid", fgColor=s.fill[(r, c)])
            x.alignment = Alignment(wrap_text=True, vertical="center"); x.border = thin
        for m in s.merges: ws.merge_cells(start_row=m[0], start_column=m[1], end_row=m[2], end_column=m[3])
        for r in s.hrows: ws.row_dimensions[r].hidden = True
        for c in s.hcols: ws.column_dimensions[L(c)].hidden = True
        for c in range(1, s.maxc + 1):
            if c not in s.hcols: ws.column_dimensions[L(c)].width = s.width.get(c, 14)
        for (r, c), t in s.comments.items(): ws.cell(r, c).comment = Comment(t, "经办")
    wb.save(path); _fix_zip(path)

def save_xls(path, shs, mac=False):
    wb = xlwt.Workbook(encoding="utf-8")
    if mac: wb.dates_1904 = True
    cache = {}
    def st(fmt, strike, bold):
        k = (fmt, strike, bold)
        if k not in cache:
            x = xlwt.XFStyle(); f = xlwt.Font(); f.name = "宋体"; f.struck_out = strike; f.bold = bold; x.font = f
            if fmt: x.num_format_str = fmt
            cache[k] = x
        return cache[k]
    for s in shs:
        ws = wb.add_sheet(s.name)
        if s.state != "visible": ws.visibility = 1
        top = {(m[0], m[1]): m for m in s.merges}
        for (r, c), v in sorted(s.c.items()):
            fmt = s.fmt.get((r, c)) or ("yyyy-mm-dd hh:mm:ss" if isinstance(v, dt.datetime) else "yyyy-mm-dd" if isinstance(v, D) else None)
            x = st(fmt, r in s.strike, r in s.bold)
            if (r, c) in top:
                m = top[(r, c)]; ws.write_merge(r - 1, m[2] - 1, c - 1, m[3] - 1, v, x)
            else: ws.write(r - 1, c - 1, v, x)
        for r in s.hrows: ws.row(r - 1).hidden = True
        for c in s.hcols: ws.col(c - 1).hidden = True
    wb.save(path)

def txt(v):
    if v is None: return ""
    if isinstance(v, dt.datetime): return v.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(v, D): return f"{v.year}/{v.month}/{v.day}"
    return str(v)

def save_csv(path, s, enc="utf-8", delim=",", bom=False, quote=csv.QUOTE_MINIMAL, nl="\r\n", ragged=False):
    """Returns record number -> physical line of its beginning."""
    lines, out, line = {}, [], 1
    for r in range(1, s.maxr + 1):
        vals = [txt(s.c.get((r, c))) for c in range(1, s.maxc + 1)]
        if ragged:
            while len(vals) > 1 and vals[-1] == "": vals.pop()
        b = io.StringIO(); csv.writer(b, delimiter=delim, quoting=quote, lineterminator=nl).writerow(vals)
        t = b.getvalue(); lines[r] = line; line += t.count("\n"); out.append(t)
    data = "".join(out).encode(enc)
    if bom: data = {"utf-8": b"\xef\xbb\xbf", "utf-16-le": b"\xff\xfe"}[enc] + data
    open(path, "wb").write(data)
    return lines

def save_html(path, shs, charset="utf-8"):
    o = ['<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta http-equiv="Content-Type" content="text/html; charset=%s"><style>td{mso-number-format:"\\@";}</style></head><body>' % charset]
    for s in shs:
        cover = {}
        for m in s.merges:
            for r in range(m[0], m[2] + 1):
                for c in range(m[1], m[3] + 1): cover[(r, c)] = m
        o.append('<table border="1">')
        for r in range(1, s.maxr + 1):
            o.append("<tr>")
            for c in range(1, s.maxc + 1):
                m = cover.get((r, c))
                if m and (m[0], m[1]) != (r, c): continue
                a = "" if not m else (f' rowspan="{m[2]-m[0]+1}"' if m[2] > m[0] else "") + (f' colspan="{m[3]-m[1]+1}"' if m[3] > m[1] else "")
                v = html.escape(txt(s.c.get((r, c)))).replace("\n", "<br>") or "&nbsp;"
                tag = "th" if r in s.bold else "td"
                o.append(f"<{tag}{a}>{v}</{tag}>")
            o.append("</tr>")
        o.append("</table>")
    o.append("</body></html>")
    open(path, "wb").write("\n".join(o).encode(charset))

# ------------------------------------------------------------------ expected
class XS:
    def __init__(s, sh): s.sh = sh; s.rows = {}; s.cols = {}; s.heads = []; s.year = None; s.ignore = None; s.extra = {}
    def skip(s, r, reason, **k): s.rows[r] = dict(row=r, result="skipped", reason=reason, **k)
    def head(s, *rs):
        for r in rs:
            s.skip(r, "header")
        if not s.heads: s.heads = list(rs)
class Book:
    """One file: sheets with their expected reading."""
    def __init__(s, out, file, kind, scope, desc, layout):
        s.out, s.file, s.kind, s.scope, s.desc, s.layout = out, file, kind, scope, desc, layout; s.xs = []; s.lines = None
    def sheet(s, name):
        x = XS(Sh(name)); s.xs.append(x); return x
    def done(s, fmt="xlsx", **k):
        p = os.path.join(s.out, s.file); shs = [x.sh for x in s.xs]
        if fmt == "xlsx": save_xlsx(p, shs, **k)
        elif fmt == "xls": save_xls(p, shs, **k)
        elif fmt == "html": save_html(p, shs, **k)
        else: s.lines = save_csv(p, shs[0], **k)
        s.fmt = fmt
    def json(s):
        out = dict(kind=s.kind, scope=s.scope, as_of=AS_OF, layout=s.layout, sheets=[])
        for x in s.xs:
            e = dict(sheet=x.sh.name if s.fmt in ("xlsx", "xls") else None)
            if x.sh.state != "visible": e["state"] = x.sh.state
            if x.ignore: e.update(ignore=x.ignore, counts={}); out["sheets"].append(e); continue
            covered = set(x.rows)
            for v in x.rows.values():
                if "rows" in v: covered |= set(range(v["rows"][0], v["rows"][1] + 1))
            for r in range(1, x.sh.maxr + 1):
                filled = any((r, c) in x.sh.c for c in range(1, x.sh.maxc + 1))
                if r not in covered:
                    assert not filled, (s.file, x.sh.name, r)
                    x.skip(r, "blank")
            e.update(header_rows=x.heads, columns=x.cols, **x.extra)
            if x.year: e["year_for_dates"] = x.year
            cnt = {}
            rows = [x.rows[r] for r in sorted(x.rows)]
            for v in rows:
                cnt[v["result"]] = cnt.get(v["result"], 0) + 1
                if s.lines: v["line"] = s.lines[v["row"]]
            e["counts"] = cnt; e["rows"] = rows
            out["sheets"].append(e)
        return out

class Col:
    def __init__(s, head, f, fn=None, fmt=None): s.head = head; s.f = [] if f is None else [f] if isinstance(f, str) else list(f); s.fn = fn; s.fmt = fmt

PART = {"seq", "street", "village", "district", "birth_date_part"}
def values(rec, fields, need=True):
    v = {}
    for f in fields:
        if f in PART or f.startswith("_"): continue
        v[f] = rec.get(f)
    if need:
        v["target"] = "household"; v["division_code"] = rec["division_code"]
        if rec.get("id_number") and ("id_number" in fields): v["sex"] = rec["sex"]
        if rec.get("other_phones"): v["other_phones"] = rec["other_phones"]
        if rec.get("no_id_reason"): v["no_id_reason"] = rec["no_id_reason"]
        if rec.get("members"): v["members"] = rec["members"]
    for k in rec.get("_drop", []): v.pop(k, None)
    v.update(rec.get("_set", {}))
    return v

def outcome(x, r, rec, fields, where, need=True, **extra):
    """where: field -> cell name"""
    res = rec.get("_result", "ok"); o = dict(row=r, result=res)
    if rec.get("_dupof") is not None: o["duplicate_of"] = rec["_dupof"]["_row"]
    if res == "skipped": o["reason"] = rec["_reason"]
    iss = []
    for i in rec.get("_issues", []):
        d = dict(field=i[0], reason=i[1], severity=i[2])
        if i[0] in where: d["cell"] = where[i[0]]
        if len(i) > 3: d.update(i[3])
        iss.append(d)
    if iss: o["issues"] = iss
    al = rec.get("_also") or (rec.get("_alsoE") if res == "error" else rec.get("_alsoW") if res == "warning" else None)
    if al: o["also"] = al
    if rec.get("_or") and res in ("ok", "warning"): o["values_or"] = rec["_or"]
    if res in ("ok", "warning"): o["values"] = values(rec, fields, need)
    o.update(extra)
    x.rows[r] = o
    return o

def fields_of(cols):
    fs = []
    for c in cols:
        for f in c.f:
            if f not in fs: fs.append(f)
    return fs
ALIAS = {"street": "division_code", "village": "division_code", "district": "division_code"}
def setcols(x, cols, c0=1):
    for i, c in enumerate(cols):
        if c.f: x.cols[L(c0 + i)] = c.f[0] if len(c.f) == 1 else c.f
def heads(x, r, cols, c0=1):
    for i, c in enumerate(cols): x.sh.put(r, c0 + i, c.head)
    x.sh.bold.add(r); x.head(r); setcols(x, cols, c0)
def lines(x, r, cols, recs, c0=1, need=True, between=None, more=()):
    """Writes the records from row r; returns next row. more: fields known from elsewhere (title, sheet name)."""
    fs = fields_of(cols) + list(more)
    for k, rec in enumerate(recs):
        if between:
            n = between(x, r, k, rec)
            if n: r = n
        where = {}
        for i, c in enumerate(cols):
            v = c.fn(rec) if c.fn else rec.get(c.f[0]) if c.f else None
            if c.f and ("cell_" + c.f[0]) in rec: v = rec["cell_" + c.f[0]]
            if c.f == ["seq"] and not c.fn: v = rec.get("seq", k + 1)
            x.sh.put(r, c0 + i, v, c.fmt)
            for f in c.f:
                where.setdefault(f, f"{L(c0+i)}{r}")
                if f in ALIAS: where[ALIAS[f]] = f"{L(c0+i)}{r}"
        if rec.get("_hidden"): x.sh.hrows.add(r)
        if rec.get("_strike"): x.sh.strike.add(r)
        rec["_row"] = r
        outcome(x, r, rec, fs, where, need)
        r += 1
    return r
def title(x, r, text, c2, c1=1, reason="title"):
    x.sh.merge(r, c1, r, c2, text); x.skip(r, reason)
def note(x, r, text, c=1, reason="note"): x.sh.put(r, c, text); x.skip(r, reason)

# ------------------------------------------------------------------ spoilers
def issue(rec, field, reason, sev, also=None, **k):
    rec.setdefault("_issues", []).append((field, reason, sev, k) if k else (field, reason, sev))
    if sev == "error": rec["_result"] = "error"
    elif rec.get("_result", "ok") == "ok": rec["_result"] = "warning"
    key = "_alsoE" if sev == "error" else "_alsoW"
    if also: rec[key] = sorted(set(rec.get(key, [])) | set(also))
    return rec
def bad_id(rec): rec["cell_id_number"] = bad_check(rec["id_number"]); return issue(rec, "id_number", "check_digit", "error")
def short_id(rec): rec["cell_id_number"] = rec["id_number"][:17]; return issue(rec, "id_number", "bad_length", "error")
def lost_id(rec): rec["cell_id_number"] = float(rec["id_number"][:15] + "000"); return issue(rec, "id_number", "digits_lost", "error")
def bad_phone(rec): rec["cell_phone"] = rec["phone"][:10]; return issue(rec, "phone", "bad_phone", "error", ["warning"])
def no_phone(rec, cell=None): rec["phone"] = None; rec["cell_phone"] = cell; return issue(rec, "phone", "missing", "warning", ["ok"])
def two_phones(rec, second, sep="、"):
    rec["cell_phone"] = rec["phone"] + sep + second; rec["other_phones"] = [second]; return issue(rec, "phone", "several_phones", "warning", ["ok"])
def no_summary(rec): rec["summary"] = None; return issue(rec, "summary", "missing", "error")
def no_svc(rec): rec["service_categories"] = None; rec["cell_service_categories"] = None; return issue(rec, "service_categories", "missing", "error")
def no_id(rec, why): rec["id_number"] = None; rec["cell_id_number"] = why; rec["no_id_reason"] = why; return issue(rec, "id_number", "missing", "warning", ["ok"])
def hidden(rec): rec["_hidden"] = True; return issue(rec, "row", "hidden_row", "warning", ["ok"])
def struck(rec): rec["_strike"] = True; rec["_result"] = "skipped"; rec["_reason"] = "struck_out"; rec["_also"] = ["warning", "error"]; return rec
def dup(recs, i): 
    c = {k: v for k, v in recs[i].items() if k not in ("_issues", "_also", "_alsoE", "_alsoW", "_row")}; c["_result"] = "duplicate"; c["_dupof"] = recs[i]; return c
