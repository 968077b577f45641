//! Where somebody in need lives, as people write it: the street at best, at least the district. What follows it (a
//! building, "behind the market") stays with the request's sealed words.

use crate::Fields;
use domain::division::{Divisions, Level, ResolveError};
use domain::field::Check;
use domain::form::FieldDef;

/// What other parts of the country begin with.
const ELSEWHERE: &[&str] = &[
    "北京",
    "上海",
    "重庆",
    "河北省",
    "河北石家庄",
    "石家庄",
    "唐山",
    "廊坊",
    "沧州",
    "保定",
    "承德",
    "秦皇岛",
    "山西",
    "内蒙古",
    "辽宁",
    "吉林",
    "黑龙江",
    "江苏",
    "浙江",
    "安徽",
    "福建",
    "江西",
    "山东",
    "河南",
    "湖北",
    "湖南",
    "广东",
    "广西",
    "海南",
    "四川",
    "贵州",
    "云南",
    "西藏",
    "陕西",
    "甘肃",
    "青海",
    "宁夏",
    "新疆",
    "香港",
    "澳门",
    "台湾",
];

/// How a road or a house goes on after its name.
const ROADS: &[&str] =
    &["道", "路", "街", "里", "巷", "胡同", "大街", "大道", "大楼", "公寓", "新村", "花园", "小区", "社区"];

/// Whether a text begins with another part of the country. The city's own roads bear such names: 山西路, 重庆道.
fn is_elsewhere(text: &str) -> bool {
    let is_road = |rest: &str| ROADS.iter().any(|road| rest.starts_with(road));
    ELSEWHERE
        .iter()
        .filter_map(|name| text.strip_prefix(name))
        .any(|rest| !is_road(rest) && !is_road(rest.trim_start_matches(['东', '西', '南', '北', '中'])))
}

/// Without what people say before a place: 我家住在…, 老人在….
fn said(text: &str) -> &str {
    let before = ['我', '们', '家', '住', '在', '是', '现', '他', '她', '老', '人', '本', '，', '：', ' '];
    text.trim_start_matches(before)
}

/// The division that a text begins with: its code, twelve digits.
fn begins_with(divisions: &Divisions, text: &str) -> Option<String> {
    let chars: Vec<char> = text.chars().collect();
    (2..chars.len()).rev().take(40).find_map(|end| {
        let beginning: String = chars[..end].iter().collect();
        let found = divisions.find(beginning.trim(), "12").ok()?;
        reaches(divisions, &found.code12).then_some(found.code12)
    })
}

/// Whether a division tells which office is asked.
fn reaches(divisions: &Divisions, code: &str) -> bool {
    divisions.get(code).is_some_and(|d| matches!(d.level, Level::District | Level::Street | Level::Village))
}

/// A place as it was typed; the division is empty where it is none of the city's.
pub(super) fn read(check: &mut Check, divisions: &Divisions, field: FieldDef, fields: &Fields) -> (String, String) {
    let text = check.read(field, fields);
    if text.is_empty() {
        return (String::new(), text);
    }
    let label = field.label;
    match divisions.resolve(&text, "12") {
        Ok(found) if reaches(divisions, &found.code12) => return (found.code12, text),
        Err(ResolveError::Ambiguous { candidates }) => {
            let names: Vec<String> = candidates.iter().take(3).map(|code| divisions.spoken_name(code)).collect();
            check.wrong(field, format!("{label}：有几个同名的，请写上区名，是哪一个：{}", names.join("、")));
        }
        _ if is_elsewhere(said(&text)) => {
            let words = "这里只办天津市内的求助。人在外地，请打当地的12345，或当地民政部门的电话";
            check.wrong(field, format!("{label}：{words}"));
        }
        other => match (begins_with(divisions, &text).or_else(|| begins_with(divisions, said(&text))), other) {
            (Some(code), _) => return (code, text),
            (None, Err(ResolveError::Unknown { near: Some(near) })) => {
                check.wrong(field, format!("{label}：没有找到，是不是“{near}”？请写区名和街道、乡镇的名字"));
            }
            _ => check.wrong(
                field,
                format!(
                    "{label}：没有找到，请写区名和街道、乡镇的名字，例如南开区学府街道；说不清街道的，只写区名也行；人在外地的请打当地12345"
                ),
            ),
        },
    }
    (String::new(), text)
}

/// The scope of the office that answers: its street's, or its district's where the street is not known.
pub(super) fn office(division: &str) -> &str {
    let street = division.get(..9).unwrap_or(division);
    if street.ends_with("000") { street.get(..6).unwrap_or(street) } else { street }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::form::reach::ask::PLACE;

    fn read_place(text: &str) -> (String, Vec<domain::field::FieldError>) {
        let mut check = Check::new();
        let fields = vec![(PLACE.name.to_owned(), text.to_owned())];
        let (code, _) = read(&mut check, Divisions::bundled(), PLACE, &fields);
        (code, check.done().err().unwrap_or_default())
    }

    #[test]
    fn people_write_more_than_a_street() {
        for text in [
            "河东区鲁山道街道",
            "河东区鲁山道街道菜市场后面3号楼",
            "天津市河东区鲁山道街道",
            "我家住在河东区鲁山道街道菜市场后面",
            "老人住河东区",
        ] {
            assert_eq!(read_place(text).0.get(..6), Some("120102"), "{text}");
        }
        assert_eq!(office("120102000000"), "120102");
        assert_eq!(office("120102005003"), "120102005");
    }

    #[test]
    fn another_city_is_told_whom_to_ring() {
        for text in ["北京市朝阳区", "河北省石家庄市长安区", "山东济南", "北京东城区", "我在河南南阳"]
        {
            let (code, mistakes) = read_place(text);
            assert!(code.is_empty() && mistakes[0].message.contains("当地的12345"), "{text}: {code} {mistakes:?}");
        }
        // Roads of the city that are named after other parts: no such answer.
        for text in ["重庆道23号", "山西路西康里2门", "江苏路社区", "湖北中路"] {
            let (code, mistakes) = read_place(text);
            assert!(code.is_empty() && !mistakes[0].message.contains("当地的12345"), "{text}: {code} {mistakes:?}");
        }
        for text in ["🐟🐟🐟", "张三", "不知道"] {
            assert!(read_place(text).0.is_empty(), "{text}");
        }
    }
}
