#![allow(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::*;

fn decoder(bytes: &[u8]) -> Decoder {
    Decoder { unread: bytes.into(), ..Decoder::default() }
}

fn packed(command: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = format!("*{}\r\n", command.len()).into_bytes();
    for argument in command {
        bytes.extend(format!("${}\r\n", argument.len()).bytes());
        bytes.extend(argument);
        bytes.extend(b"\r\n");
    }
    bytes
}

#[test]
fn malformed_requests() {
    let expected = |kind, got| Malformed::Expected(kind, got);
    for (bytes, why) in [
        (&b"GET a\r\n"[..], expected('*', b'G')),
        (b"\r\n", expected('*', b'\r')),
        (b"*1\r\n:1\r\n", expected('$', b':')),
        (b"*-1\r\n", Malformed::Count),
        (b"*\r\n", Malformed::Count),
        (b"*+1\r\n", Malformed::Count),
        (b"*16385\r\n", Malformed::Count),
        (b"*99999999999999999999\r\n", Malformed::Count),
        (b"*1\n$4\nPING\n.......", Malformed::Count),
        (b"*1\r\n$-1\r\n", Malformed::Length),
        (b"*1\r\n$16777217\r\n", Malformed::Length),
        (b"*1\r\n$4\r\nPINGS\r\n", Malformed::End),
    ] {
        let text = bytes.escape_ascii();
        assert_eq!(decoder(bytes).next(), Err(why), "{text}");
    }
}

#[test]
fn commands_may_come_in_pieces_and_several_at_once() {
    let bytes = b"*0\r\n*1\r\n$4\r\nPING\r\n*2\r\n$4\r\nECHO\r\n$2\r\n\r\n\r\n";
    for size in 1..bytes.len() {
        let (mut decoder, mut commands) = (Decoder::default(), Vec::new());
        for piece in bytes.chunks(size) {
            decoder.unread.extend_from_slice(piece);
            while let Some(command) = decoder.next().unwrap() {
                commands.push(command);
            }
        }
        let expected = [vec![b"PING".to_vec()], vec![b"ECHO".to_vec(), b"\r\n".to_vec()]];
        assert_eq!(commands, expected, "{size}");
    }
}

#[test]
fn arguments_have_a_limit_together() {
    let big = vec![b'x'; MAX_ARGUMENT];
    let mut decoder = decoder(&packed(&[big.clone(), big.clone()]));
    assert_eq!(decoder.next().unwrap().unwrap().len(), 2);
    decoder.unread.extend_from_slice(&packed(&[big.clone(), big, vec![b'x']]));
    assert_eq!(decoder.next(), Err(Malformed::Length));
}

proptest! {
    #[test]
    fn what_is_packed_is_read(command in prop::collection::vec(any::<Vec<u8>>(), 1..20)) {
        let mut decoder = decoder(&packed(&command));
        prop_assert_eq!(decoder.next(), Ok(Some(command)));
        prop_assert!(decoder.unread.is_empty());
    }

    /// Ends without a panic, and keeps nothing that it could have refused.
    #[test]
    fn any_bytes(bytes in "[*$0-9\r\n\\-PING]{0,200}") {
        let mut decoder = decoder(bytes.as_bytes());
        while let Ok(Some(command)) = decoder.next() {
            prop_assert!(!command.is_empty());
        }
        prop_assert!(decoder.arguments.len() <= MAX_ARGUMENTS);
    }
}
