//! Which districts border on each other, read from the shared outlines of the map.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

/// District codes (six digits) of every pair of neighbours, both ways round.
static NEIGHBOURS: LazyLock<BTreeSet<(String, String)>> =
    LazyLock::new(|| pairs(domain::division::DISTRICT_OUTLINES).unwrap_or_default());

/// Whether two districts (six digits, or longer codes within them) share a border.
pub fn are_neighbours(a: &str, b: &str) -> bool {
    match (a.get(..6), b.get(..6)) {
        (Some(a), Some(b)) => NEIGHBOURS.contains(&(a.to_owned(), b.to_owned())),
        _ => false,
    }
}

/// The neighbours of a district, in the order of their codes.
pub fn neighbours_of(code: &str) -> Vec<&'static str> {
    let district = code.get(..6).unwrap_or_default();
    NEIGHBOURS.iter().filter(|(a, _)| a == district).map(|(_, b)| b.as_str()).collect()
}

/// Pairs of features that share an edge: two consecutive points of an outline.
/// A shared corner alone is no border.
fn pairs(geojson: &str) -> Option<BTreeSet<(String, String)>> {
    let map: serde_json::Value = serde_json::from_str(geojson).ok()?;
    let mut owners: HashMap<[String; 2], Vec<String>> = HashMap::new();
    for feature in map["features"].as_array()? {
        let code = feature["properties"]["adcode"].as_str()?.to_owned();
        for ring in feature["geometry"]["coordinates"].as_array()? {
            let points: Vec<String> = ring.as_array()?.iter().map(ToString::to_string).collect();
            for edge in points.windows(2) {
                let mut ends = [edge[0].clone(), edge[1].clone()];
                ends.sort();
                owners.entry(ends).or_default().push(code.clone());
            }
        }
    }
    let mut found = BTreeSet::new();
    for codes in owners.values() {
        for a in codes {
            for b in codes.iter().filter(|b| *b != a) {
                found.insert((a.clone(), b.clone()));
            }
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_map_says_who_borders_on_whom() {
        // 和平 lies between 河东, 河西 and 南开; 蓟州 touches 宝坻 alone.
        for other in ["120102", "120103", "120104"] {
            assert!(are_neighbours("120101", other), "{other}");
        }
        assert!(are_neighbours("120102005003", "120105"));
        assert_eq!(neighbours_of("120119"), ["120115"]);
        assert!(!are_neighbours("120101", "120119"));
        assert!(!are_neighbours("120101", "120101"));
        for (a, b) in NEIGHBOURS.iter() {
            assert!(are_neighbours(b, a));
        }
        assert_eq!(NEIGHBOURS.iter().map(|(a, _)| a).collect::<BTreeSet<_>>().len(), 16);
    }
}
