//! The text format of Prometheus, version 0.0.4: how figures are written for those who collect them.

use std::fmt::Write as _;

use crate::figures::Totals;

/// Its media type.
pub const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Only grows, until the server is started anew.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Values by how large they were.
    Histogram,
}

/// Names and values that tell the lines of a figure apart.
pub type Labels<'a> = [(&'a str, &'a str)];

/// A page of figures.
#[derive(Default)]
pub struct Page {
    text: String,
    name: &'static str,
}

impl Page {
    /// Begins a figure; its lines follow.
    pub fn figure(&mut self, name: &'static str, kind: Kind, help: &str) -> &mut Self {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        self.name = name;
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}");
        self
    }

    /// A line of it.
    pub fn line(&mut self, labels: &Labels<'_>, value: u64) -> &mut Self {
        self.write("", labels, None, format_args!("{value}"))
    }

    /// A line whose value is a fraction; one that is no number is a 0.
    pub fn fraction(&mut self, labels: &Labels<'_>, value: f64) -> &mut Self {
        self.write("", labels, None, format_args!("{}", if value.is_finite() { value } else { 0.0 }))
    }

    /// The lines of a histogram, whose numbers are so many to one of the unit that the figure is in.
    pub fn histogram(&mut self, labels: &Labels<'_>, totals: &Totals, per_unit: f64) -> &mut Self {
        let mut count = 0;
        for (place, more) in totals.counts.iter().enumerate() {
            count += more;
            let bound =
                totals.bounds.get(place).map_or("+Inf".to_owned(), |bound| scaled(*bound, per_unit).to_string());
            self.write("_bucket", labels, Some(("le", &bound)), format_args!("{count}"));
        }
        self.write("_sum", labels, None, format_args!("{}", scaled(totals.sum, per_unit)));
        self.write("_count", labels, None, format_args!("{count}"))
    }

    /// All of it.
    #[must_use]
    pub fn finish(self) -> String {
        self.text
    }

    fn write(
        &mut self,
        ending: &str,
        labels: &Labels<'_>,
        last: Option<(&str, &str)>,
        value: std::fmt::Arguments<'_>,
    ) -> &mut Self {
        let _ = write!(self.text, "{}{ending}", self.name);
        for (place, (name, text)) in labels.iter().copied().chain(last).enumerate() {
            let _ = write!(self.text, "{}{name}=\"{}\"", if place == 0 { '{' } else { ',' }, Escaped(text));
        }
        if !labels.is_empty() || last.is_some() {
            self.text.push('}');
        }
        let _ = writeln!(self.text, " {value}");
        self
    }
}

/// Prometheus knows fractions only, and 2⁵³ nanoseconds are a hundred days of work.
#[allow(clippy::cast_precision_loss)]
fn scaled(number: u64, per_unit: f64) -> f64 {
    number as f64 / per_unit
}

/// The text of a label's value.
struct Escaped<'a>(&'a str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for letter in self.0.chars() {
            match letter {
                '\\' => formatter.write_str("\\\\")?,
                '"' => formatter.write_str("\\\"")?,
                '\n' => formatter.write_str("\\n")?,
                other => formatter.write_char(other)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::Histogram;

    #[test]
    fn a_page_is_what_the_format_asks_for() {
        let histogram = Histogram::new(&[500_000, 2_000_000_000]);
        for value in [1, 500_000, 1_000_000_000, 4_000_000_000] {
            histogram.record_alone(value);
        }
        let mut page = Page::default();
        page.figure("a_total", Kind::Counter, "How many.").line(&[], 3);
        page.figure("b", Kind::Gauge, "How much.")
            .fraction(&[("x", "1\n\"\\"), ("y", "")], 0.5)
            .fraction(&[], f64::NAN);
        page.figure("c_seconds", Kind::Histogram, "How long.").histogram(&[("z", "z")], &histogram.totals(), 1e9);
        let expected = r#"# HELP a_total How many.
# TYPE a_total counter
a_total 3
# HELP b How much.
# TYPE b gauge
b{x="1\n\"\\",y=""} 0.5
b 0
# HELP c_seconds How long.
# TYPE c_seconds histogram
c_seconds_bucket{z="z",le="0.0005"} 2
c_seconds_bucket{z="z",le="2"} 3
c_seconds_bucket{z="z",le="+Inf"} 4
c_seconds_sum{z="z"} 5.000500001
c_seconds_count{z="z"} 4
"#;
        assert_eq!(page.finish(), expected);
    }
}
