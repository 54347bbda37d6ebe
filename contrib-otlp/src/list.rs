//! Lists of `key=value` in environment variables: like W3C Baggage, without properties.

/// The members of a list, keys and values percent-decoded. `None` where any of them is malformed:
/// half of a configuration is worse than its default.
pub(crate) fn parse(text: &str) -> Option<Vec<(String, String)>> {
    let members = text.split(',').map(str::trim);
    members
        .filter(|member| !member.is_empty())
        .map(|member| {
            let (key, value) = member.split_once('=')?;
            let key = percent_decode(key.trim())?;
            let value = percent_decode(value.trim())?;
            (!key.is_empty()).then_some((key, value))
        })
        .collect()
}

/// `None` where a percent sign is not followed by two hex digits, or the result is no UTF-8.
pub(crate) fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || char::from(rest.next()?).to_digit(16);
            let (high, low) = (digit()?, digit()?);
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
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
