//! What redis packs is read as it was; what it would not pack is not read, and nothing panics.

use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};
use redis::{Cmd, Pipeline};

use super::*;

fn read(packed: &[u8]) -> Vec<Vec<Vec<u8>>> {
    Commands::new(packed).map(|args| args.map(<[u8]>::to_vec).collect()).collect()
}

fn pipeline(commands: &[Vec<Vec<u8>>], atomic: bool) -> Vec<u8> {
    let mut pipeline = Pipeline::new();
    if atomic {
        pipeline.atomic();
    }
    for command in commands {
        let mut cmd = Cmd::new();
        for arg in command {
            cmd.arg(arg.as_slice());
        }
        pipeline.add_command(cmd);
    }
    pipeline.get_packed_pipeline()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn what_redis_packs(
        commands in vec(vec(vec(any::<u8>(), 0..20), 1..6), 0..12),
        atomic: bool,
    ) {
        let packed = pipeline(&commands, atomic);
        let mut expected = commands;
        if atomic {
            expected.insert(0, vec![b"MULTI".to_vec()]);
            expected.push(vec![b"EXEC".to_vec()]);
        }
        prop_assert_eq!(read(&packed), expected);
    }

    #[test]
    fn what_is_cut_short(commands in vec(vec(vec(any::<u8>(), 0..9), 1..4), 1..6), cut in 1usize..99) {
        let packed = pipeline(&commands, false);
        let kept = packed.len().saturating_sub(cut);
        let read = read(&packed[..kept]);
        prop_assert!(read.len() < commands.len(), "the last command is not whole");
        prop_assert_eq!(&read[..], &commands[..read.len()]);
    }

    #[test]
    fn what_is_anything(bytes in vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes);
    }

    #[test]
    fn what_is_almost_right(at in 0usize..60, byte: u8) {
        let mut packed = pipeline(&vec![vec![b"SET".to_vec(), b"value".to_vec()]; 2], true);
        let at = at % packed.len();
        packed[at] = byte;
        let _ = read(&packed);
    }
}

#[test]
fn faults() {
    for packed in [
        "",
        "PING\r\n",
        "*1\r\n$4\r\nPING",
        "*1\r\n$4\r\nPINGX\n",
        "*+1\r\n$4\r\nPING\r\n",
        "*-1\r\n",
        "*\r\n$4\r\nPING\r\n",
        "*1\n$4\nPING\n",
        "*1\r\n:4\r\n",
        "*99999999999999999999999\r\n$4\r\nPING\r\n",
        "*1\r\n$18446744073709551615\r\nPING\r\n",
        "*18446744073709551615\r\n$4\r\nPING\r\n",
    ] {
        assert!(read(packed.as_bytes()).is_empty(), "{packed:?}");
    }
    let fault_later = "*1\r\n$4\r\nPING\r\n*1\r\n?";
    assert_eq!(read(fault_later.as_bytes()), [[b"PING".to_vec()]]);
}
