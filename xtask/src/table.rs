//! Plain tables for a terminal.

/// Columns as wide as their widest cell, the first to the left, the others to
/// the right where `numbers` is set.
pub fn table(head: &[&str], rows: &[Vec<String>], numbers: bool) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| count(cell));
        cells.chain([count(head[column])]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let head: Vec<String> = head.iter().map(|&cell| cell.to_owned()).collect();
    let rule: Vec<String> = widths.iter().map(|&width| "-".repeat(width)).collect();

    let mut text = String::new();
    for row in [&head, &rule].into_iter().chain(rows) {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, &width))| {
            if numbers && column > 0 {
                format!("{cell:>width$}")
            } else {
                format!("{cell:<width$}")
            }
        });
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}

fn count(cell: &str) -> usize {
    cell.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|&cell| cell.to_owned()).collect()
    }

    #[test]
    fn columns_line_up() {
        let rows = [row(&["on", "3", "812.5"]), row(&["compiled out", "0", "0.1"])];
        let expected = "\
variant       spans     ns
------------  -----  -----
on                3  812.5
compiled out      0    0.1
";
        assert_eq!(table(&["variant", "spans", "ns"], &rows, true), expected);
    }

    #[test]
    fn text_columns_stay_left_and_nothing_trails() {
        let rows = [row(&["fmt", "ok", ""]), row(&["clippy", "failed", "see log"])];
        let expected = "\
stage   result  note
------  ------  -------
fmt     ok
clippy  failed  see log
";
        assert_eq!(table(&["stage", "result", "note"], &rows, false), expected);
    }
}
