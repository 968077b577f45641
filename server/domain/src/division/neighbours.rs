//! Which districts lie beside each other, read from their outlines.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::DISTRICT_OUTLINES;

/// Two outlines that come closer than this, in degrees, touch: the outlines are simplified, so that common
/// borders do not share every point. About 400 m.
const TOUCHING: f64 = 0.004;

static NEIGHBOURS: LazyLock<HashMap<String, Vec<String>>> = LazyLock::new(read);

/// Codes (6 digits) of the districts beside a district, the nearest centre first; none for another code.
pub fn neighbours(district: &str) -> &'static [String] {
    NEIGHBOURS.get(district).map_or(&[], Vec::as_slice)
}

type Point = (f64, f64);

fn read() -> HashMap<String, Vec<String>> {
    let outlines = outlines();
    let mut all = HashMap::new();
    for (code, outline) in &outlines {
        let centre = centre(outline);
        let mut beside: Vec<(f64, String)> = outlines
            .iter()
            .filter(|(other, points)| other != code && touch(outline, points))
            .map(|(other, points)| (distance(centre, self::centre(points)), other.clone()))
            .collect();
        beside.sort_by(|a, b| a.0.total_cmp(&b.0));
        all.insert(code.clone(), beside.into_iter().map(|(_, code)| code).collect());
    }
    all
}

fn outlines() -> Vec<(String, Vec<Point>)> {
    let json: serde_json::Value = serde_json::from_str(DISTRICT_OUTLINES).unwrap_or_default();
    let features = json["features"].as_array().cloned().unwrap_or_default();
    features
        .iter()
        .map(|feature| {
            let code = &feature["properties"]["adcode"];
            let code = code.as_str().map_or_else(|| code.to_string(), str::to_owned);
            let mut points = Vec::new();
            collect(&feature["geometry"]["coordinates"], &mut points);
            (code, points)
        })
        .collect()
}

/// Every point below, however deep the rings lie.
fn collect(value: &serde_json::Value, points: &mut Vec<Point>) {
    let Some(list) = value.as_array() else { return };
    if let [x, y] = list.as_slice()
        && let (Some(x), Some(y)) = (x.as_f64(), y.as_f64())
    {
        points.push((x, y));
        return;
    }
    for inner in list {
        collect(inner, points);
    }
}

fn centre(points: &[Point]) -> Point {
    #[expect(clippy::cast_precision_loss, reason = "some hundred points")]
    let count = points.len().max(1) as f64;
    let sum = points.iter().fold((0.0, 0.0), |sum, point| (sum.0 + point.0, sum.1 + point.1));
    (sum.0 / count, sum.1 / count)
}

fn distance(a: Point, b: Point) -> f64 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

/// Whether a point of one lies on, or next to, an edge of the other.
fn touch(a: &[Point], b: &[Point]) -> bool {
    let near = |points: &[Point], outline: &[Point]| {
        points.iter().any(|point| outline.windows(2).any(|edge| to_edge(*point, edge[0], edge[1]) < TOUCHING))
    };
    near(a, b) || near(b, a)
}

/// Distance of a point from an edge; edges that jump between rings are none.
fn to_edge(p: Point, a: Point, b: Point) -> f64 {
    let length = distance(a, b);
    if !(f64::EPSILON..0.3).contains(&length) {
        return distance(p, a);
    }
    let along = ((p.0 - a.0) * (b.0 - a.0) + (p.1 - a.1) * (b.1 - a.1)) / (length * length);
    let along = along.clamp(0.0, 1.0);
    distance(p, (a.0 + along * (b.0 - a.0), a.1 + along * (b.1 - a.1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn districts_have_the_neighbours_of_the_map() {
        // 蓟州 touches 宝坻 alone, 和平 lies amid the other five of the inner city.
        assert_eq!(neighbours("120119"), ["120115"]);
        assert!(neighbours("120101").len() >= 4, "{:?}", neighbours("120101"));
        assert!(neighbours("120101").contains(&"120103".to_owned()));
        assert!(!neighbours("120101").contains(&"120119".to_owned()));
        assert!(neighbours("120116").contains(&"120112".to_owned()));
        assert!(neighbours("999999").is_empty());
        for (code, beside) in NEIGHBOURS.iter() {
            assert!(!beside.is_empty(), "{code}");
            for other in beside {
                assert!(neighbours(other).contains(code), "{code} {other}");
            }
        }
        assert_eq!(NEIGHBOURS.len(), 16);
    }
}
