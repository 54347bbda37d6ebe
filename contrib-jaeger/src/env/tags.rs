//! `key=value,key=${VARIABLE:default}`.

use super::vars::Vars;

/// The tags of a service; `None` where something in the list is none. A value that is a variable
/// is that variable's, else the default behind the colon; without either its tag is left out.
pub(super) fn parse(list: &str, vars: &Vars<'_>) -> Option<Vec<(String, String)>> {
    let mut tags = Vec::new();
    for tag in list.split(',') {
        let (key, value) = tag.split_once('=')?;
        let (key, value) = (key.trim(), value.trim());
        if key.is_empty() {
            return None;
        }
        let inner = value.strip_prefix("${").and_then(|value| value.strip_suffix('}'));
        let value = match inner.map(|inner| inner.split_once(':').unwrap_or((inner, ""))) {
            None => value.to_owned(),
            Some((variable, default)) => match vars.text(variable) {
                Some(value) => value,
                None if default.is_empty() => continue,
                None => default.to_owned(),
            },
        };
        tags.push((key.to_owned(), value));
    }
    Some(tags)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_taken_from_variables_or_their_defaults() {
        let get = |name: &str| match name {
            "HOST" => Some("web-1".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        };
        let vars = Vars::new(&get);
        let read = |list: &str| {
            let tags = parse(list, &vars);
            let joined = |tags: Vec<_>| {
                let all = tags.into_iter().map(|(key, value): (String, String)| key + "=" + &value);
                all.collect::<Vec<_>>().join(",")
            };
            tags.map(joined)
        };
        for (list, expected) in [
            ("a=1", Some("a=1")),
            (" a = 1 , b = two words ", Some("a=1,b=two words")),
            ("a=b=c", Some("a=b=c")),
            ("a=", Some("a=")),
            ("h=${HOST}", Some("h=web-1")),
            ("h=${HOST:none}", Some("h=web-1")),
            ("h=${NO:none}", Some("h=none")),
            ("h=${EMPTY:none}", Some("h=none")),
            ("h=${NO:http://x:1}", Some("h=http://x:1")),
            ("a=1,h=${NO},b=2", Some("a=1,b=2")),
            ("h=${NO:}", Some("")),
            ("h=${HOST", Some("h=${HOST")),
            ("h=x${HOST}", Some("h=x${HOST}")),
            ("a", None),
            ("a=1,", None),
            ("a=1,,b=2", None),
            ("=1", None),
            (" =1", None),
        ] {
            assert_eq!(read(list).as_deref(), expected, "{list}");
        }
    }
}
