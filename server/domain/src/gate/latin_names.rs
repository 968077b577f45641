//! Names in Latin letters: a Chinese name by its sounds, a foreign one as it is
//! written in the file.

use super::fold::{Folded, squeezed};
use super::sealed_names::{names, sound, surname};
use super::{About, Rule};
use std::ops::Range;

type Found = Vec<(Range<usize>, Rule)>;

/// The names in Latin letters: `Xing Guiyun`, `guiyun xing`. In the text with its spaces.
pub(super) fn find(folded: &Folded, about: &About) -> Found {
    let text = folded.text();
    let letters: Vec<(usize, char)> = text.char_indices().filter(|(_, c)| c.is_ascii_lowercase()).collect();
    let mut out = Found::new();
    foreign(text, &letters, about, &mut out);
    if letters.len() < 5 {
        return out;
    }
    let stream: String = letters.iter().map(|(_, c)| *c).collect();
    for name in names(about) {
        let Some(sounds) = name.iter().map(|c| sound(*c)).collect::<Option<Vec<_>>>() else { continue };
        let surname = surname(&name);
        let given = if name.len() - surname >= 2 { sounds[surname..].concat() } else { String::new() };
        for (spelled, least) in [
            (sounds.concat(), 5),
            ([&sounds[surname..], &sounds[..surname]].concat().concat(), 5),
            // The given name alone is long enough to be no word: GUIZHEN.
            (given, 6),
        ] {
            // ü is written v or u.
            let spelled = spelled.replace('ü', "v");
            if spelled.len() < least {
                continue;
            }
            for wanted in [spelled.clone(), spelled.replace('v', "u")] {
                for (at, _) in stream.match_indices(&wanted) {
                    let (first, last) = (letters[at].0, letters[at + wanted.len() - 1].0);
                    let close = text[first..=last]
                        .chars()
                        .all(|c| c.is_ascii_lowercase() || matches!(c, ' ' | '-' | '.' | '\'' | '_' | '·' | ','));
                    let starts = !text[..first].ends_with(|c: char| c.is_ascii_lowercase());
                    let ends = !text[last + 1..].starts_with(|c: char| c.is_ascii_lowercase());
                    if close && starts && ends {
                        out.push((first..last + 1, Rule::Name));
                    }
                }
            }
        }
    }
    out
}

/// `Anna Schmidt`, also `anna`, `ANNA.SCHMIDT`, `schmidt anna`: the whole or one part of three letters or more.
fn foreign(text: &str, letters: &[(usize, char)], about: &About, out: &mut Found) {
    let stream: String = letters.iter().map(|(_, c)| *c).collect();
    for name in &about.sealed.names {
        let parts: Vec<String> = name
            .split(|c: char| !c.is_alphabetic())
            .map(|part| squeezed(part).chars().filter(char::is_ascii_lowercase).collect::<String>())
            .filter(|part| part.len() >= 3)
            .collect();
        if !name.contains(|c: char| c.is_alphabetic()) || parts.is_empty() {
            continue;
        }
        let mut wanted = parts.clone();
        wanted.push(parts.concat());
        wanted.push(parts.iter().rev().map(String::as_str).collect());
        for wanted in wanted {
            for (at, _) in stream.match_indices(&wanted) {
                let (first, last) = (letters[at].0, letters[at + wanted.len() - 1].0);
                let starts = !text[..first].ends_with(|c: char| c.is_ascii_alphanumeric());
                let ends = !text[last + 1..].starts_with(|c: char| c.is_ascii_alphanumeric());
                if starts && ends && last - first < wanted.len() * 2 + 2 {
                    out.push((first..last + 1, Rule::Name));
                }
            }
        }
    }
}

/// Characters of names and what they are taken apart into.
const APART: &str = "林木木 梅木每 明日月 张弓长 李木子 吴口天 陈耳东 杨木易 刘文刀 许言午 章立早 胡古月 孙子小 何人可 好女子 强弓虽 柱木主 桂木圭 \
    松木公 柏木白 村木寸 峰山夆 岗山冈 海水每 江水工 河水可 湖水胡 清水青 洋水羊 波水皮 洪水共 涛水寿 浩水告 铁金失 银金艮 钢金冈 铭金名 玲王令 珠王朱 \
    娜女那 妮女尼 婷女亭 芳草方 花草化 英草央 芬草分 志士心 忠中心 思田心 静青争 彬林彡 森木木木 鑫金金金 磊石石石 晶日日日 炎火火 岩山石 岭山令 健人建 \
    伟人韦 佳人圭 信人言 保人呆 祥示羊 祖示且 秀禾乃 和禾口 秋禾火 香禾日 利禾刀 程禾呈 晨日辰 旺日王 晴日青 昌日日 晓日尧 晖日军 旭九日 朋月月 胜月生 \
    鹏朋鸟 鸿江鸟 鸣口鸟 辉光军 勇甬力 功工力 勤堇力 庆广大 闯门马 国口玉 吕口口 品口口口 宝宀玉 宋宀木 安宀女 斌文武 雯雨文 雷雨田 霖雨林 骏马夋 骄马乔 \
    章立早 郑关耳 周吉口 徐余人 郭享耳 彭吉彡 谢言射 韩十早韦 冯马冰 沈水冘 姚女兆 汪水王 范草水";

fn apart(c: char) -> Option<Vec<char>> {
    APART.split_whitespace().find(|entry| entry.starts_with(c)).map(|entry| entry.chars().skip(1).collect())
}

/// Part in characters, part in letters (`孙长Lin`), or the first letters with a title (`Q.Y.M同志`).
pub(super) fn find_mixed(folded: &Folded, about: &About) -> Found {
    let text = folded.text();
    let chars = folded.chars();
    let mut out = Found::new();
    for name in names(about).iter().filter(|name| name.len() >= 3) {
        let Some(sounds) = name.iter().map(|c| sound(*c)).collect::<Option<Vec<_>>>() else { continue };
        let initials: Vec<char> = sounds.iter().filter_map(|sound| sound.chars().next()).collect();
        for start in 0..chars.len() {
            let (mut at, mut han, mut spelled) = (start, 0, 0);
            let fits = name.iter().zip(&sounds).all(|(c, sound)| {
                if chars.get(at).is_some_and(|(_, found)| found == c) {
                    (at, han) = (at + 1, han + 1);
                    return true;
                }
                // 林 taken apart: 木木.
                if let Some(parts) = apart(*c)
                    && chars
                        .get(at..at + parts.len())
                        .is_some_and(|run| run.iter().map(|(_, c)| *c).eq(parts.iter().copied()))
                {
                    (at, spelled) = (at + parts.len(), spelled + 1);
                    return true;
                }
                let letters = sound.chars().count();
                let same = chars.get(at..at + letters).is_some_and(|run| run.iter().map(|(_, c)| *c).eq(sound.chars()));
                (at, spelled) = (at + letters, spelled + 1);
                same
            });
            if fits && han > 0 && spelled > 0 {
                out.push((chars[start].0..chars.get(at).map_or(text.len(), |(at, _)| *at), Rule::Name));
            }
        }
        // The surname and the first letters of the rest: 郭xy.
        let surname = surname(name);
        for start in 0..chars.len().saturating_sub(name.len() - 1) {
            let slice = &chars[start..start + name.len()];
            let same = slice
                .iter()
                .enumerate()
                .all(|(place, (_, c))| *c == if place < surname { name[place] } else { initials[place] });
            let end = chars.get(start + name.len()).map_or(text.len(), |(at, _)| *at);
            if same && !text[end..].starts_with(|c: char| c.is_ascii_alphanumeric()) {
                out.push((chars[start].0..end, Rule::Name));
            }
        }
        for start in 0..chars.len() {
            let mut at = start;
            let fits = initials.iter().enumerate().all(|(place, wanted)| {
                while place > 0 && chars.get(at).is_some_and(|(_, c)| matches!(c, '.' | '·' | '-')) {
                    at += 1;
                }
                at += 1;
                chars.get(at - 1).is_some_and(|(_, c)| c == wanted)
            });
            let end = chars.get(at).map_or(text.len(), |(at, _)| *at);
            let alone = !text[..chars[start].0].ends_with(|c: char| c.is_ascii_alphanumeric())
                && !text[end..].starts_with(|c: char| c.is_ascii_alphanumeric());
            // Three letters or more are nobody else's.
            if fits && alone {
                out.push((chars[start].0..end, Rule::Name));
            }
        }
    }
    out
}
