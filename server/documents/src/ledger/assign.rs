//! One best assignment of columns to fields: the sum of all scores is the greatest there is (Hungarian method).

/// For each column its field; none where staying alone is worth more than any field. `worth[column][field]` is what a
/// pair is worth beyond nothing; pairs worth nothing or less are never made.
pub(crate) fn assign(worth: &[Vec<f32>]) -> Vec<Option<usize>> {
    let columns = worth.len();
    let fields = worth.first().map_or(0, Vec::len);
    if columns == 0 || fields == 0 {
        return vec![None; columns];
    }
    // Behind the fields stands one place per column for staying alone.
    let places = fields + columns;
    let cost = |column: usize, place: usize| -> f64 {
        if place < fields { -f64::from(worth[column][place].max(0.0)) } else { 0.0 }
    };
    // Potentials of columns and places, and for each place the column that holds it; 0 stands for nobody.
    let (mut of_column, mut of_place) = (vec![0.0; columns + 1], vec![0.0; places + 1]);
    let mut holder = vec![0usize; places + 1];
    let mut way = vec![0usize; places + 1];
    for column in 1..=columns {
        holder[0] = column;
        let mut at = 0;
        let mut least = vec![f64::INFINITY; places + 1];
        let mut seen = vec![false; places + 1];
        loop {
            seen[at] = true;
            let row = holder[at];
            let (mut delta, mut next) = (f64::INFINITY, 0);
            for place in 1..=places {
                if seen[place] {
                    continue;
                }
                let reduced = cost(row - 1, place - 1) - of_column[row] - of_place[place];
                if reduced < least[place] {
                    least[place] = reduced;
                    way[place] = at;
                }
                if least[place] < delta {
                    delta = least[place];
                    next = place;
                }
            }
            for place in 0..=places {
                if seen[place] {
                    of_column[holder[place]] += delta;
                    of_place[place] -= delta;
                } else {
                    least[place] -= delta;
                }
            }
            at = next;
            if holder[at] == 0 {
                break;
            }
        }
        while at != 0 {
            let before = way[at];
            holder[at] = holder[before];
            at = before;
        }
    }
    let mut found = vec![None; columns];
    for place in 1..=fields {
        let column = holder[place];
        if column > 0 && worth[column - 1][place - 1] > 0.0 {
            found[column - 1] = Some(place - 1);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_counts() {
        // Taking the best pair first would leave the second column with nothing.
        assert_eq!(assign(&[vec![0.9, 0.8], vec![0.85, 0.0]]), [Some(1), Some(0)]);
        assert_eq!(assign(&[vec![0.5], vec![0.6], vec![-1.0]]), [None, Some(0), None]);
        assert_eq!(assign(&[vec![], vec![]]), [None, None]);
        assert_eq!(assign(&[]), [None; 0]);
    }
}
