//! The public directory: HSDS 3.0 as the specification's own schemas have it, of verified organizations alone.

use std::{collections::BTreeSet, fs, path::Path};

use duijie_tests::world::{World, day, fields};
use serde_json::{Value, json};
use services::office::lists::Window;
use services::supply::{directory, organization, registration};

use crate::supply::project::{hot_meals, publish};

duijie_tests::both_engines!(
    the_download_keeps_to_the_specification,
    only_verified_organizations_are_listed,
    organizations_are_found_by_what_is_meant
);

/// One of the specification's schemas.
fn schema(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/hsds").join(name);
    let mut found: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    if name == "organization.json" {
        // As the specification's tool compiles it: an organization carries its services.
        found["properties"]["services"] = json!({ "type": "array", "items": { "$ref": "service.json" } });
    }
    found
}

/// What the specification's schemas say beside what they ask.
const SAID_ONLY: &[&str] = &[
    "name",
    "path",
    "title",
    "description",
    "datapackage_metadata",
    "constraints",
    "example",
    "core",
    "datapackage_type",
    "tabular_required",
    "openapi_type",
];

fn has_format(format: &str, text: &str) -> bool {
    match format {
        "uuid" => text.parse::<uuid::Uuid>().is_ok(),
        "email" => text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.')),
        "uri" => text.starts_with("https://") || text.starts_with("http://"),
        "date-time" | "datetime" => chrono::DateTime::parse_from_rfc3339(text).is_ok(),
        other => panic!("a format the test does not know: {other}"),
    }
}

/// Everything that is wrong with a value, each with where it stands.
fn faults(value: &Value, schema: &Value, at: &str, out: &mut Vec<String>) {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
        return faults(value, &self::schema(name), at, out);
    }
    let rules = schema.as_object().unwrap();
    for (keyword, rule) in rules {
        match keyword.as_str() {
            "type" => {
                let fits = match rule.as_str().unwrap() {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "number" => value.is_number(),
                    "integer" => value.is_i64() || value.is_u64(),
                    "boolean" => value.is_boolean(),
                    other => panic!("a type the test does not know: {other}"),
                };
                if !fits {
                    out.push(format!("{at}: no {rule}"));
                }
            }
            "required" => {
                for name in rule.as_array().unwrap() {
                    if value.get(name.as_str().unwrap()).is_none() {
                        out.push(format!("{at}: without {name}"));
                    }
                }
            }
            "properties" => {
                for (name, inner) in value.as_object().into_iter().flatten() {
                    // Stricter than the schema: a name it does not know is a slip of ours.
                    match rule.get(name) {
                        Some(rule) => faults(inner, rule, &format!("{at}.{name}"), out),
                        None => out.push(format!("{at}: {name} is not in the specification")),
                    }
                }
            }
            "items" => {
                for (n, inner) in value.as_array().into_iter().flatten().enumerate() {
                    faults(inner, rule, &format!("{at}[{n}]"), out);
                }
            }
            "enum" => {
                if !rule.as_array().unwrap().contains(value) {
                    out.push(format!("{at}: {value} is none of {rule}"));
                }
            }
            "format" => {
                if !value.as_str().is_some_and(|text| has_format(rule.as_str().unwrap(), text)) {
                    out.push(format!("{at}: {value} is no {rule}"));
                }
            }
            said if SAID_ONLY.contains(&said) => {}
            other => panic!("a keyword the test does not know: {other} at {at}"),
        }
    }
}

fn all_faults(directory: &Value) -> Vec<String> {
    let mut out = Vec::new();
    let mut page = directory.clone();
    page.as_object_mut().unwrap().remove("contents");
    faults(&page, &schema("openapi.json")["components"]["schemas"]["Page"], "page", &mut out);
    for (n, organization) in directory["contents"].as_array().unwrap().iter().enumerate() {
        faults(organization, &schema("organization.json"), &format!("organizations[{n}]"), &mut out);
    }
    out
}

/// One organization with everything that can be said of it.
async fn told(world: &World) {
    let said = fields(&[
        ("service", "B01"),
        ("service", "C03"),
        ("area", "120102"),
        ("area", "120103"),
        ("summary", "做社区养老和助餐，有社工八名"),
        ("day", "1"),
        ("day", "2"),
        ("day", "6"),
        ("opens_at", "08:30"),
        ("closes_at", "17:00"),
        ("office_address", "河东区示例路1号"),
        ("postcode", "300170"),
        ("office_phone", "022-00000011"),
        ("email", "fuwu@example.cn"),
        ("website", "https://example.cn/fuwu"),
    ]);
    registration::save(&world.by("meals"), registration::Step::Service, &said).await.unwrap();
    publish(world, "meals", &hot_meals()).await;
}

/// Ids of every object, and those that stand on two.
fn collect(value: &Value, ids: &mut BTreeSet<String>, twice: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            // Terms of the catalogue are shared by all who offer the service.
            if let (Some(id), None) = (map.get("id").and_then(Value::as_str), map.get("taxonomy_id"))
                && !ids.insert(id.to_owned())
            {
                twice.push(id.to_owned());
            }
            map.values().for_each(|inner| collect(inner, ids, twice));
        }
        Value::Array(all) => all.iter().for_each(|inner| collect(inner, ids, twice)),
        _ => {}
    }
}

/// Makes one thing wrong.
type Spoil = Box<dyn Fn(&mut Value)>;

async fn the_download_keeps_to_the_specification(world: World) {
    told(&world).await;
    let made = directory::hsds(&world.services).await.unwrap();
    assert_eq!(all_faults(&made), Vec::<String>::new());
    assert_eq!(made["total_items"], 3);
    let full = made["contents"].as_array().unwrap().iter().find(|o| o.get("phones").is_some()).unwrap();
    assert_eq!(full["organization_identifiers"][0]["identifier"], json!(world.usccs["meals"]));
    let meals = full["services"].as_array().unwrap().iter().find(|s| s["name"] == "助餐").unwrap();
    assert_eq!(meals["schedules"][0]["byday"], "MO,TU,SA");
    assert_eq!(meals["schedules"][0]["opens_at"], "08:30+08:00");
    assert_eq!(meals["service_areas"][0]["extent"], "120102000000");
    assert!(meals["program_id"].is_string());
    // Every id is its own, and the same in the next download.
    let mut ids = BTreeSet::new();
    let mut twice = Vec::new();
    collect(&made, &mut ids, &mut twice);
    assert_eq!(twice, Vec::<String>::new());
    assert_eq!(made, directory::hsds(&world.services).await.unwrap());
    // The check finds what is wrong: each slip by itself.
    let spoilt: Vec<Spoil> = vec![
        Box::new(|v| drop(v["contents"][0].as_object_mut().unwrap().remove("name"))),
        Box::new(|v| v["contents"][0]["id"] = json!("no uuid")),
        Box::new(|v| v["contents"][0]["services"][0]["status"] = json!("open")),
        Box::new(|v| v["contents"][0]["services"][0]["colour"] = json!("blue")),
        Box::new(|v| v["contents"][0]["year_incorporated"] = json!("2019")),
        Box::new(|v| v["total_items"] = json!("3")),
    ];
    for (n, spoil) in spoilt.iter().enumerate() {
        let mut bad = made.clone();
        spoil(&mut bad);
        assert_eq!(all_faults(&bad).len(), 1, "slip {n}: {:?}", all_faults(&bad));
    }
}

async fn only_verified_organizations_are_listed(world: World) {
    told(&world).await;
    let names = async |service: &str, area: &str| {
        let wanted = directory::Wanted { service: service.into(), area: area.into(), ..directory::Wanted::default() };
        let found = directory::list(&world.services, &wanted, Window { offset: 0, limit: 50 }).await.unwrap();
        assert_eq!(found.rows.len(), found.total);
        found.rows.into_iter().map(|row| row.name).collect::<Vec<_>>()
    };
    assert_eq!(names("", "").await.len(), 3);
    // What is wider than it was verified for counts once the district has looked at it.
    assert_eq!(names("B01", "120103").await, Vec::<String>::new());
    organization::verify(&world.by("district"), world.org("meals"), day("2027-11-24")).await.unwrap();
    assert_eq!(names("B01", "120103").await, ["示例助餐服务中心"]);
    assert_eq!(names("", "120119").await, Vec::<String>::new());
    let found = directory::public(&world.services, world.org("meals")).await.unwrap();
    assert_eq!((found.completed, found.unfinished, found.response_minutes), (0, 0, None));
    // Neither the list nor the download names who is not verified, nor a person of an organization.
    organization::suspend(&world.by("district"), world.org("care"), "年检未过").await.unwrap();
    assert_eq!(names("", "").await.len(), 2);
    assert!(directory::public(&world.services, world.org("care")).await.is_err());
    world.set(world.now().plus_minutes(2));
    let bytes = directory::download(&world.services).await.unwrap();
    let text = String::from_utf8(bytes.as_ref().clone()).unwrap();
    assert!(text.contains("示例助餐服务中心") && !text.contains("示例助老服务社"));
    assert!(!text.contains("legal_representative") && !text.contains("contacts"));
}

async fn organizations_are_found_by_what_is_meant(world: World) {
    told(&world).await;
    let (bare, _folder) = crate::finding::questions::without_index(&world);
    let by = async |services: &services::Services, text: &str| {
        let wanted = directory::Wanted { text: text.into(), ..directory::Wanted::default() };
        let found = directory::list(services, &wanted, Window { offset: 0, limit: 50 }).await.unwrap();
        found.rows.into_iter().map(|row| row.name).collect::<Vec<_>>()
    };
    let names = async |text: &str| by(&world.services, text).await;
    let meals = "示例助餐服务中心";
    world.caught_up().await;
    // While there is no index the database finds the same.
    assert_eq!(by(&bare, "河东 送饭").await.first().map(String::as_str), Some(meals));
    for text in ["助餐", "送饭", "zhucan", "河西区 送饭", "河西 助餐"] {
        assert_eq!(names(text).await.first().map(String::as_str), Some(meals), "{text}");
    }
    for odd in ["\"", "-", "助餐 -", "((((", "\u{0}", "🙏🏽", "%_'"] {
        names(odd).await;
    }
    // Whoever is not verified is not found, before and after the index hears of it.
    organization::suspend(&world.by("district"), world.org("meals"), "年检未过").await.unwrap();
    assert!(!names("助餐").await.contains(&meals.to_owned()));
    world.caught_up().await;
    assert!(!names("助餐").await.contains(&meals.to_owned()));
}
