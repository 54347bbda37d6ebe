//! Lists of `key=value` in environment variables: like W3C Baggage, without properties.

use crate::percent;

/// The members of a list, keys and values percent-decoded. `None` where any of them is malformed:
/// half of a configuration is worse than its default.
#[must_use]
pub fn parse(text: &str) -> Option<Vec<(String, String)>> {
    let members = text.split(',').map(str::trim);
    members
        .filter(|member| !member.is_empty())
        .map(|member| {
            let (key, value) = member.split_once('=')?;
            let key = percent::decode(key.trim())?;
            let value = percent::decode(value.trim())?;
            (!key.is_empty()).then_some((key, value))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(list: &[(&str, &str)]) -> Option<Vec<(String, String)>> {
        let own = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        Some(list.iter().map(own).collect())
    }

    #[test]
    fn lists_are_trimmed_and_decoded() {
        assert_eq!(parse(""), pairs(&[]));
        assert_eq!(parse(" a = b ,, c=d%20e,"), pairs(&[("a", "b"), ("c", "d e")]));
        assert_eq!(
            parse("authorization=Basic%20dTpw==,e="),
            pairs(&[("authorization", "Basic dTpw=="), ("e", "")])
        );
        assert_eq!(parse("k%2C=%C3%BC%3D"), pairs(&[("k,", "ü=")]));
    }

    #[test]
    fn one_malformed_member_spoils_the_list() {
        for bad in ["a", "a=1,b", "=1", "a=%", "a=%4", "a=%zz", "a=%ff", "a=%+1"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
