//! A trace as text: a tree with bars and times.

use std::collections::HashMap;
use std::fmt;
use std::time::{Duration, SystemTime};

use crate::id::SpanId;
use crate::record::FinishedSpan;
use crate::span::{SpanKind, Status};

const NAME_WIDTH: usize = 52;
const BAR_WIDTH: usize = 24;
/// Levels that are indented: there is no room for more beside a name.
const MAX_DEPTH: usize = 16;
const RED: &str = "\u{1b}[31m";
const DIM: &str = "\u{1b}[2m";
const RESET: &str = "\u{1b}[0m";

/// How a [`Waterfall`] looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WaterfallStyle {
    /// Text alone; errors are marked with an exclamation mark.
    #[default]
    Plain,
    /// With the terminal's colours: errors in red.
    Coloured,
}

/// One trace's spans as a tree with bars. Display it.
///
/// ```text
/// trace 0af7651916cd43dd8448eb211c80319c  2 spans  1 service  1.20ms
///   shop     GET /items            |################|  1.20ms
///   shop     └─ load               |  ########      |   600µs ! out of stock
/// ```
#[derive(Debug)]
pub struct Waterfall<'a> {
    spans: Vec<&'a FinishedSpan>,
    style: WaterfallStyle,
}

impl<'a> Waterfall<'a> {
    /// A picture of these spans, which should be of one trace.
    #[must_use]
    pub fn new(spans: impl IntoIterator<Item = &'a FinishedSpan>, style: WaterfallStyle) -> Self {
        let mut spans: Vec<_> = spans.into_iter().collect();
        spans.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
        Self { spans, style }
    }

    fn paint(&self, colour: &'static str) -> (&'static str, &'static str) {
        match self.style {
            WaterfallStyle::Plain => ("", ""),
            WaterfallStyle::Coloured => (colour, RESET),
        }
    }

    /// Spans whose parent is not among the spans: roots, and orphans.
    fn tops(&self) -> Vec<usize> {
        let ids: HashMap<Option<SpanId>, ()> =
            self.spans.iter().map(|span| (span.span_id, ())).collect();
        let is_top = |span: &FinishedSpan| match span.parent_id {
            None => true,
            parent => !ids.contains_key(&parent),
        };
        (0..self.spans.len()).filter(|at| is_top(self.spans[*at])).collect()
    }
}

/// A span that is to be drawn.
struct Waiting {
    at: usize,
    depth: usize,
    is_last: bool,
}

/// What every line needs to know.
struct Frame {
    from: SystemTime,
    total: Duration,
    service_width: usize,
    children: HashMap<SpanId, Vec<usize>>,
}

impl fmt::Display for Waterfall<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Some(first), Some(to)) =
            (self.spans.first(), self.spans.iter().map(|span| span.end).max())
        else {
            return f.write_str("no spans\n");
        };
        let mut services: Vec<&str> = self.spans.iter().map(|span| span.service()).collect();
        services.sort_unstable();
        services.dedup();
        let mut children: HashMap<SpanId, Vec<usize>> = HashMap::new();
        for (at, span) in self.spans.iter().enumerate() {
            if let Some(parent) = span.parent_id {
                children.entry(parent).or_default().push(at);
            }
        }
        let frame = Frame {
            from: first.start,
            total: to.duration_since(first.start).unwrap_or_default(),
            service_width: services
                .iter()
                .map(|name| clean(name).chars().count())
                .max()
                .unwrap_or(0),
            children,
        };
        let trace = first.trace_id.map(|id| id.to_string()).unwrap_or_default();
        writeln!(
            f,
            "trace {trace}  {}  {}  {}",
            count(self.spans.len(), "span"),
            count(services.len(), "service"),
            time(frame.total),
        )?;
        let mut drawn = vec![false; self.spans.len()];
        // Last come spans that are their own ancestors, or say so: below no top.
        for at in self.tops().into_iter().chain(0..self.spans.len()) {
            self.draw(f, &frame, at, &mut drawn)?;
        }
        Ok(())
    }
}

impl Waterfall<'_> {
    /// A span and all below it. Not by recursion: a trace can be as deep as it has spans.
    fn draw(
        &self,
        f: &mut fmt::Formatter<'_>,
        frame: &Frame,
        top: usize,
        drawn: &mut [bool],
    ) -> fmt::Result {
        let mut waiting = vec![Waiting { at: top, depth: 0, is_last: true }];
        // Of each level above: whether more come there.
        let mut more = Vec::new();
        while let Some(Waiting { at, depth, is_last }) = waiting.pop() {
            // A span that claims to be its own ancestor is drawn once.
            if std::mem::replace(&mut drawn[at], true) {
                continue;
            }
            more.truncate(depth.saturating_sub(1));
            let mut branch = String::new();
            if depth > 0 {
                for more in more.iter().take(MAX_DEPTH - 1) {
                    branch.push_str(if *more { "│  " } else { "   " });
                }
                branch.push_str(if is_last { "└─ " } else { "├─ " });
                more.push(!is_last);
            }
            self.line(f, frame, self.spans[at], &branch)?;
            let own = self.spans[at].span_id.and_then(|id| frame.children.get(&id));
            let mut is_last = true;
            for child in own.into_iter().flatten().rev() {
                waiting.push(Waiting { at: *child, depth: depth + 1, is_last });
                is_last = false;
            }
        }
        Ok(())
    }

    fn line(
        &self,
        f: &mut fmt::Formatter<'_>,
        frame: &Frame,
        span: &FinishedSpan,
        branch: &str,
    ) -> fmt::Result {
        let failed = span.status.is_error();
        let (dim, dim_end) = self.paint(DIM);
        let (red, red_end) = if failed { self.paint(RED) } else { ("", "") };
        let name = fit(&format!("{branch}{}{}", clean(&span.name), kind(span.kind)), NAME_WIDTH);
        let duration = span.end.duration_since(span.start).unwrap_or_default();
        let service = fit(&clean(span.service()), frame.service_width);
        write!(
            f,
            "  {dim}{service}{dim_end}  {red}{name} |{}| {:>8}{red_end}",
            bar(frame, span),
            time(duration),
        )?;
        if failed {
            write!(f, " {red}! {}{red_end}", fit_end(&reason(span)))?;
        }
        writeln!(f)
    }
}

fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

fn kind(kind: SpanKind) -> &'static str {
    match kind {
        SpanKind::Internal => "",
        SpanKind::Server => " (server)",
        SpanKind::Client => " (client)",
        SpanKind::Producer => " (producer)",
        SpanKind::Consumer => " (consumer)",
    }
}

/// What went wrong, in the fewest words the span has for it.
fn reason(span: &FinishedSpan) -> String {
    let text = match &span.status {
        Status::Error(text) if !text.is_empty() => text.to_string(),
        _ => span
            .tag(crate::semconv::ERROR_TYPE)
            .map_or_else(|| "error".to_owned(), ToString::to_string),
    };
    clean(&text)
}

fn bar(frame: &Frame, span: &FinishedSpan) -> String {
    let total = frame.total.as_secs_f64().max(1e-9);
    let column = |moment: SystemTime| {
        let offset = moment.duration_since(frame.from).unwrap_or_default().as_secs_f64();
        ((offset / total * BAR_WIDTH as f64).round() as usize).min(BAR_WIDTH)
    };
    let from = column(span.start).min(BAR_WIDTH - 1);
    let to = column(span.end).clamp(from + 1, BAR_WIDTH);
    format!("{}{}{}", " ".repeat(from), "#".repeat(to - from), " ".repeat(BAR_WIDTH - to))
}

fn time(duration: Duration) -> String {
    let micros = duration.as_secs_f64() * 1e6;
    match micros {
        _ if micros < 1_000.0 => format!("{micros:.0}µs"),
        _ if micros < 1_000_000.0 => format!("{:.2}ms", micros / 1e3),
        _ => format!("{:.2}s", micros / 1e6),
    }
}

/// Names can come from the wire: no control character reaches the terminal.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// Exactly `width` columns.
fn fit(text: &str, width: usize) -> String {
    let length = text.chars().count();
    if length <= width {
        return format!("{text}{}", " ".repeat(width - length));
    }
    let head: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{head}…")
}

fn fit_end(text: &str) -> String {
    fit(text, 60).trim_end().to_owned()
}
