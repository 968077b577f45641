//! Invented persons: nobody alive was born in 1900, and the given names say 示.

use super::random::Chance;
use domain::need::Sex;
use domain::resident_id::ResidentId;
use domain::uscc::Uscc;

const SURNAMES: &[&str] = &[
    "赵", "钱", "孙", "李", "周", "吴", "郑", "王", "冯", "陈", "褚", "卫", "蒋", "沈", "韩", "杨", "朱", "秦", "尤",
    "许", "何", "吕", "施", "张", "孔", "曹", "严", "华", "金", "魏", "陶", "姜", "戚", "谢", "邹", "喻", "柏", "窦",
    "章", "云", "苏", "潘", "葛", "奚", "范", "彭", "鲁", "韦", "昌", "马", "苗", "花", "方", "俞", "任", "袁", "柳",
];
const GIVEN: &[&str] = &[
    "禾", "岚", "舟", "砚", "棠", "榆", "檀", "槐", "苇", "荻", "菽", "穗", "磐", "岫", "汀", "渚", "澜", "淙", "霁",
    "霭", "昀", "晗", "旻", "昶", "钧", "铎", "笙", "笛", "筠", "笺", "翎", "翮", "翊", "骐", "骊", "鹭", "鸢", "雁",
];

/// `赵示禾`: no card text holds such a word by chance.
pub fn name(chance: &Chance) -> String {
    format!("{}示{}", chance.pick(SURNAMES), chance.pick(GIVEN))
}

/// A number with birth date 1900–1904 and a right check digit.
pub fn id_number(chance: &Chance, district: &str, sex: Sex) -> String {
    let (year, month, day) = (chance.between(1900, 1904), chance.between(1, 12), chance.between(1, 28));
    let serial = chance.between(0, 499) * 2 + i64::from(sex == Sex::Male);
    let first = format!("{district}{year:04}{month:02}{day:02}{serial:03}");
    ResidentId::with_check_digit(&first).map(|id| id.as_str().to_owned()).unwrap_or_default()
}

/// `1380000xxxx`
pub fn phone(chance: &Chance) -> String {
    format!("1380000{:04}", chance.between(0, 9999))
}

/// `示例里6号楼2门101` behind the place.
pub fn address(chance: &Chance, place: &str, rural: bool) -> String {
    let place = place.replace(' ', "");
    if rural {
        return format!("{place}示例巷{}排{}号", chance.between(1, 19), chance.between(1, 30));
    }
    let (floor, door) = (chance.between(1, 18), chance.between(1, 4));
    format!("{place}示例里{}号楼{}门{floor}{door:02}", chance.between(1, 60), chance.between(1, 6))
}

/// A code of kind `51`, `52` or `53` that passes both checks; the inner code begins with `DEM`, as no real one does here.
pub fn uscc(kind: &str, district: &str, number: usize) -> String {
    Uscc::with_check_digits(&format!("{kind}{district}DEM{number:05}"))
        .map(|code| code.as_str().to_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_check() {
        let chance = Chance::new(3);
        for sex in [Sex::Male, Sex::Female] {
            for _ in 0..200 {
                let id = ResidentId::parse(&id_number(&chance, "120102", sex)).unwrap();
                assert_eq!(id.sex(), sex);
                assert!(domain::phone::Phone::parse(&phone(&chance)).is_ok());
            }
        }
        for number in 0..100 {
            assert!(Uscc::parse(&uscc("52", "120102", number)).unwrap().kind().is_social_organization());
        }
    }
}
