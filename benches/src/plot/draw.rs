//! Curves as SVG.

use std::path::{Path, PathBuf};

use plotters::prelude::*;

use super::{Axis, Curve};
use crate::contestants::Who;

const SIZE: (u32, u32) = (860, 480);
const TICKS: [f64; 13] = [10.0, 20.0, 50.0, 1e2, 2e2, 5e2, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5];

/// Writes a picture of the curves.
pub fn draw(axis: Axis, curves: &[Curve]) -> Result<(), String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/performance");
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let path = folder.join(format!("{}.svg", axis.name()));
    picture(axis, curves, &path).map_err(|error| format!("{}: {error}", path.display()))
}

fn picture(axis: Axis, curves: &[Curve], path: &PathBuf) -> Result<(), Box<dyn std::error::Error>> {
    let xs = axis.values();
    let (first, last) = (f64::from(xs[0]), f64::from(xs[xs.len() - 1]));
    let nanos = || curves.iter().flat_map(|curve| &curve.points).map(|dot| dot.nanos);
    let (least, most) = (nanos().fold(f64::MAX, f64::min), nanos().fold(1.0, f64::max));

    // What is outside would be drawn all the same.
    let (bottom, top) = (least * 0.7, most * 4.0);
    let ticks = TICKS.into_iter().filter(|tick| (bottom..top).contains(tick));

    let root = SVGBackend::new(path, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .margin(16)
        .caption("hollow: spans were lost", ("sans-serif", 14))
        .x_label_area_size(44)
        .y_label_area_size(64)
        .build_cartesian_2d(
            (first..last * 1.05)
                .log_scale()
                .with_key_points(xs.iter().map(|&x| f64::from(x)).collect()),
            (bottom..top).log_scale().with_key_points(ticks.collect()),
        )?;
    chart
        .configure_mesh()
        .light_line_style(WHITE)
        .x_desc(axis.label())
        .y_desc("ns of processor time a span, all threads")
        .x_label_formatter(&|x| format!("{x:.0}"))
        .y_label_formatter(&|y| format!("{y:.0}"))
        .label_style(("sans-serif", 14))
        .draw()?;
    for curve in curves {
        let colour = colour(curve.who);
        let line = curve.points.iter().map(|dot| (f64::from(dot.x), dot.nanos));
        chart
            .draw_series(LineSeries::new(line, colour.stroke_width(2)))?
            .label(curve.who.name())
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
        // Hollow where spans were lost.
        chart.draw_series(curve.points.iter().map(|dot| {
            let style = if dot.lost { colour.stroke_width(2) } else { colour.filled() };
            Circle::new((f64::from(dot.x), dot.nanos), 4, style)
        }))?;
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .border_style(BLACK.mix(0.3))
        .background_style(WHITE)
        .label_font(("sans-serif", 14))
        .draw()?;
    root.present()?;
    Ok(())
}

const fn colour(who: Who) -> RGBColor {
    match who {
        Who::Kit => RGBColor(0, 90, 181),
        Who::Fastrace => RGBColor(220, 50, 32),
        Who::OpenTelemetry => RGBColor(230, 159, 0),
        Who::TracingOpenTelemetry => RGBColor(117, 61, 148),
        Who::Floor => RGBColor(120, 120, 120),
    }
}
