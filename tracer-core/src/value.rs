//! Tag values.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// The value of a tag or of a log's field.
#[doc(alias = "AttributeValue")]
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// Text.
    Str(Cow<'static, str>),
    /// A signed integer.
    I64(i64),
    /// A floating-point number.
    F64(f64),
    /// A truth value.
    Bool(bool),
    /// Several values of one type.
    Array(Arc<Array>),
}

/// Several values of one type, as OpenTelemetry allows them in an attribute.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Array {
    /// Texts.
    Str(Vec<Cow<'static, str>>),
    /// Signed integers.
    I64(Vec<i64>),
    /// Floating-point numbers.
    F64(Vec<f64>),
    /// Truth values.
    Bool(Vec<bool>),
}

/// A key with its value: a tag of a span, or a field of a log.
#[doc(alias = "KeyValue")]
#[doc(alias = "Attribute")]
#[derive(Clone, Debug, PartialEq)]
pub struct Tag {
    /// The name, as the semantic conventions spell it.
    pub key: Cow<'static, str>,
    /// The value.
    pub value: Value,
}

impl Tag {
    /// A tag out of anything that makes a key and a value.
    #[must_use]
    pub fn new(key: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
        Self { key: key.into(), value: value.into() }
    }
}

impl Value {
    /// The text, if this is text.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(text) => Some(text),
            _ => None,
        }
    }

    /// Bytes this value holds on the heap.
    #[inline]
    pub(crate) fn heap(&self) -> usize {
        match self {
            Self::Str(text) => heap_of_text(text),
            Self::Array(array) => array.heap(),
            _ => 0,
        }
    }

    /// Cuts every text in here to `limit` bytes, at a character's border, and an array to
    /// [`MAX_ITEMS`]. True if something went.
    #[inline]
    pub(crate) fn truncate(&mut self, limit: usize) -> bool {
        match self {
            Self::Str(text) => truncate(text, limit),
            Self::Array(array) if array.is_held_to(limit) => false,
            Self::Array(array) => Arc::make_mut(array).truncate(limit),
            _ => false,
        }
    }
}

impl Array {
    /// Bytes it holds on the heap: what was allocated counts, not what is in use.
    fn heap(&self) -> usize {
        let lists = match self {
            Self::Str(texts) => {
                let texts_heap: usize = texts.iter().map(heap_of_text).sum();
                texts.capacity() * size_of::<Cow<'static, str>>() + texts_heap
            }
            Self::I64(items) => items.capacity() * 8,
            Self::F64(items) => items.capacity() * 8,
            Self::Bool(items) => items.capacity(),
        };
        size_of::<Self>() + lists
    }

    /// Whether there is nothing to cut or to give back.
    fn is_held_to(&self, limit: usize) -> bool {
        let fits = |length: usize, capacity| length <= MAX_ITEMS && !is_slack(length, capacity);
        match self {
            Self::Str(texts) => {
                fits(texts.len(), texts.capacity())
                    && texts.iter().all(|text| {
                        let slack = matches!(text, Cow::Owned(text)
                            if is_slack(text.len(), text.capacity()));
                        text.len() <= limit && !slack
                    })
            }
            Self::I64(items) => fits(items.len(), items.capacity()),
            Self::F64(items) => fits(items.len(), items.capacity()),
            Self::Bool(items) => fits(items.len(), items.capacity()),
        }
    }

    /// The limit holds for each text. Numbers are never cut, only their number is.
    fn truncate(&mut self, limit: usize) -> bool {
        fn shorten<T>(items: &mut Vec<T>) -> bool {
            let cut = items.len() > MAX_ITEMS;
            items.truncate(MAX_ITEMS);
            if is_slack(items.len(), items.capacity()) {
                items.shrink_to_fit();
            }
            cut
        }
        match self {
            Self::Str(texts) => {
                let mut cut = shorten(texts);
                for text in texts {
                    cut |= truncate(text, limit);
                }
                cut
            }
            Self::I64(items) => shorten(items),
            Self::F64(items) => shorten(items),
            Self::Bool(items) => shorten(items),
        }
    }
}

/// Most items of an array; what is over goes, from its end.
pub(crate) const MAX_ITEMS: usize = 1024;

/// Whether more room is held than is worth keeping.
const fn is_slack(length: usize, capacity: usize) -> bool {
    capacity / 2 > length
}

/// Bytes a text holds on the heap.
#[allow(clippy::ptr_arg, reason = "whether it is owned is the question")]
#[inline]
pub(crate) fn heap_of_text(text: &Cow<'static, str>) -> usize {
    match text {
        Cow::Owned(text) => text.capacity(),
        Cow::Borrowed(_) => 0,
    }
}

/// Cuts a text to `limit` bytes, at a character's border. True if something went.
#[inline]
pub(crate) fn truncate(text: &mut Cow<'static, str>, limit: usize) -> bool {
    match text {
        Cow::Borrowed(whole) if whole.len() <= limit => false,
        _ => truncate_at(text, limit),
    }
}

fn truncate_at(text: &mut Cow<'static, str>, limit: usize) -> bool {
    if text.len() <= limit {
        // Room for much more than that is not worth keeping either; small texts are left alone.
        if let Cow::Owned(whole) = text
            && whole.capacity() > 64.min(limit)
            && is_slack(whole.len(), whole.capacity())
        {
            whole.shrink_to_fit();
        }
        return false;
    }
    let end = (0..=limit).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    match text {
        Cow::Borrowed(whole) => *whole = &whole[..end],
        Cow::Owned(whole) => {
            whole.truncate(end);
            whole.shrink_to_fit();
        }
    }
    true
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Str(text) => f.write_str(text),
            Self::I64(number) => write!(f, "{number}"),
            Self::F64(number) => write!(f, "{number}"),
            Self::Bool(truth) => write!(f, "{truth}"),
            Self::Array(array) => match &**array {
                Array::Str(items) => write!(f, "{items:?}"),
                Array::I64(items) => write!(f, "{items:?}"),
                Array::F64(items) => write!(f, "{items:?}"),
                Array::Bool(items) => write!(f, "{items:?}"),
            },
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Str(text) => write!(f, "{text:?}"),
            other => fmt::Display::fmt(other, f),
        }
    }
}

macro_rules! from {
    ($($from:ty => $variant:ident($via:ty)),* $(,)?) => {$(
        impl From<$from> for Value {
            fn from(value: $from) -> Self {
                Self::$variant(<$via>::from(value))
            }
        }
    )*};
}

from! {
    &'static str => Str(Cow<'static, str>),
    String => Str(Cow<'static, str>),
    Cow<'static, str> => Str(Cow<'static, str>),
    i64 => I64(i64), i32 => I64(i64), i16 => I64(i64), i8 => I64(i64),
    u32 => I64(i64), u16 => I64(i64), u8 => I64(i64),
    f64 => F64(f64), f32 => F64(f64),
    bool => Bool(bool),
}

impl From<u64> for Value {
    /// OTLP has no unsigned integers: a number above `i64::MAX` is kept as text.
    fn from(value: u64) -> Self {
        i64::try_from(value).map_or_else(|_| Self::Str(value.to_string().into()), Self::I64)
    }
}

impl From<usize> for Value {
    fn from(value: usize) -> Self {
        Self::from(value as u64)
    }
}

macro_rules! from_vec {
    ($($item:ty => $variant:ident),* $(,)?) => {$(
        impl From<Vec<$item>> for Value {
            fn from(items: Vec<$item>) -> Self {
                Self::Array(Arc::new(Array::$variant(items)))
            }
        }
    )*};
}

from_vec! { Cow<'static, str> => Str, i64 => I64, f64 => F64, bool => Bool }

impl From<Vec<String>> for Value {
    fn from(items: Vec<String>) -> Self {
        Self::from(items.into_iter().map(Cow::Owned).collect::<Vec<_>>())
    }
}

impl From<Vec<&'static str>> for Value {
    fn from(items: Vec<&'static str>) -> Self {
        Self::from(items.into_iter().map(Cow::Borrowed).collect::<Vec<_>>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_takes_three_words() {
        assert_eq!(size_of::<Value>(), 24);
        assert_eq!(size_of::<Tag>(), 48);
    }

    #[test]
    fn truncation_keeps_whole_characters() {
        let mut value = Value::from("aéé".to_owned());
        assert!(value.truncate(4));
        assert_eq!(value.as_str(), Some("aé"));
        assert!(!value.truncate(4));
    }

    #[test]
    fn arrays_are_cut_by_text_and_by_number() {
        let mut value = Value::from(vec![1i64, 2, 3]);
        assert!(!value.truncate(0), "numbers have no length");
        assert_eq!(value, Value::from(vec![1i64, 2, 3]));
        let mut value = Value::from(vec!["xxx", "y"]);
        assert!(value.truncate(2));
        assert_eq!(value, Value::from(vec!["xx", "y"]));
        let mut value = Value::from(vec![true; MAX_ITEMS + 1]);
        assert!(value.truncate(100));
        assert_eq!(value, Value::from(vec![true; MAX_ITEMS]));
    }

    #[test]
    fn room_that_is_not_used_is_counted_and_given_back() {
        let roomy = |length: usize, room: usize| {
            let mut items = Vec::with_capacity(room);
            items.resize(length, 1i64);
            Value::from(items)
        };
        let mut value = roomy(3, 1 << 16);
        assert!(value.heap() >= 8 << 16, "what was allocated counts");
        assert!(!value.truncate(4096));
        assert!(value.heap() < 100, "{}", value.heap());
        let mut texts = Vec::with_capacity(1000);
        texts.push(String::with_capacity(1 << 16));
        let mut value = Value::from(texts);
        assert!(value.heap() >= 1 << 16);
        assert!(!value.truncate(1 << 20));
        assert!(value.heap() < 200, "{}", value.heap());
    }

    #[test]
    fn large_unsigned_numbers_are_not_wrapped() {
        assert_eq!(Value::from(u64::MAX), Value::from(u64::MAX.to_string()));
        assert_eq!(Value::from(7u64), Value::I64(7));
    }
}
