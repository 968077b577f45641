//! Requests for help in the demo's last days: some new, some under way, some that became needs, and what households say.

use super::cast::Cast;
use super::random::Chance;
use anyhow::Result;
use domain::calendar::Time;
use services::people::account::ManualClock;
use services::reach::{ask, help, voice};
use services::{Ctx, Fields, Services};
use std::sync::Arc;

fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// What somebody asks: hours before now, for whom, words, pace, name, telephone.
type Asked = (i64, &'static str, &'static str, &'static str, &'static str, &'static str);

const ASKED: &[Asked] = &[
    (150, "oneself", "腿摔了，一个人住，买不了菜也做不了饭。", "days", "示例周大爷", "13800190001"),
    (122, "family", "我妈瘫痪在床，我要上班，白天没人翻身喂饭。", "days", "示例吴大娘", "13800190002"),
    (98, "other", "楼上两个孩子跟着奶奶，开学的钱还没着落。", "days", "示例孙家", "13800190003"),
    (76, "oneself", "下岗半年，房租欠了两个月，房东要收房子。", "days", "示例郑先生", "13800190004"),
    (52, "oneself", "想问低保要带什么材料，到哪里办。", "days", "示例冯女士", "13800190005"),
    (49, "other", "对门老人最近总是忘关火，家里没有人。", "days", "示例褚奶奶", ""),
    (27, "family", "父亲刚做完手术，药费垫不起了。", "days", "示例卫先生", "13800190007"),
    (6, "other", "楼下大娘一个人在家，腿不好下不了楼，这两天没有热饭吃。", "now", "示例蒋大娘", "13800190008"),
    (2, "oneself", "家里暖气不热，老人受不了，不知道找谁。", "days", "示例沈女士", "13800190009"),
    (1, "family", "孩子有残疾，想找人每周陪着做康复。", "days", "示例韩女士", "13800190010"),
];

/// Plays them in the home street; the last three still wait.
pub async fn play(
    services: &Arc<Services>,
    clock: &ManualClock,
    chance: &Chance,
    cast: &Cast,
    now: Time,
) -> Result<()> {
    let home = &cast.streets[cast.home_street()];
    let place = services.place(&home.code);
    let office = Ctx::new(services, home.clerks[0].clone(), "demo");
    let day = |days: u64| (now.day() + chrono::Days::new(days)).to_string();
    for (number, (hours, whom, words, pace, name, phone)) in ASKED.iter().enumerate() {
        clock.set(now.plus_hours(-hours));
        let form = fields(&[
            ("whom", whom),
            ("words", words),
            ("pace", pace),
            ("name", name),
            ("place", &place),
            ("phone", phone),
            ("asker", if *whom == "oneself" { "" } else { "示例邻居" }),
            ("agreed", "yes"),
        ]);
        let input = ask::read(&form, &services.divisions())?;
        let asked = ask::ask(services, "192.0.2.77", &input, number % 2 == 0).await?;
        let code = asked.code.as_str();
        clock.set(now.plus_hours(-hours).plus_minutes(chance.between(5, 40)));
        match number {
            0 => {
                help::take(&office, code, &fields(&[("answer", "社区明天上午来看您")])).await?;
                help::convert(&office, code, &fields(&[("title", "独居老人腿伤，需要送餐和买菜")])).await?;
                let said = voice::read(&fields(&[("came", "not_due"), ("helped", "more"), ("speaker", "oneself")]))?;
                voice::say(services, "192.0.2.77", &asked.slip, &said).await?;
            }
            1 => {
                help::take(&office, code, &fields(&[("answer", "区里的照护床位可以先问")])).await?;
                let by = fields(&[("aid", "extreme"), ("office", "街道救助窗口"), ("by", &day(2))]);
                help::route(&office, code, &by).await?;
            }
            2 => {
                let by = fields(&[("aid", "education"), ("office", "区教育局资助中心"), ("by", &day(3))]);
                help::route(&office, code, &by).await?;
            }
            3 => help::take(&office, code, &fields(&[("answer", "今天下午来人问清情况")])).await?,
            4 => {
                let answer = "带户口本、身份证和收入证明，到街道救助窗口申请，窗口帮您填表";
                help::advise(&office, code, &fields(&[("answer", answer)])).await?;
            }
            5 => {
                let form = fields(&[
                    ("level", "middle"),
                    ("sign", "alone_ill"),
                    ("next", &day(7)),
                    ("answer", "社区每周去看一次"),
                ]);
                help::watch(&office, code, &form).await?;
            }
            6 => help::close(&office, code, &fields(&[("why", "duplicate")])).await?,
            _ => {}
        }
    }
    clock.set(now);
    Ok(())
}
