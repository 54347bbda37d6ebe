//! Which arguments of a command are its keys.

/// Where keys stand among the arguments after the command's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keys {
    /// Nowhere, or nobody knows.
    None,
    /// The first.
    First,
    /// The first two.
    FirstTwo,
    /// All of them.
    All,
    /// All but the last: it is how long to wait.
    AllButLast,
    /// Every other one, from the first.
    Pairs,
}

impl Keys {
    /// Of the command with this name, whatever its case.
    pub(crate) fn of(name: &str) -> Self {
        let table = [
            (Self::First, FIRST),
            (Self::FirstTwo, FIRST_TWO),
            (Self::All, ALL),
            (Self::AllButLast, ALL_BUT_LAST),
            (Self::Pairs, PAIRS),
        ];
        let known = |names: &str| names.split(' ').any(|known| known.eq_ignore_ascii_case(name));
        let found = table.into_iter().find(|(_, names)| known(names));
        found.map_or(Self::None, |(keys, _)| keys)
    }

    /// Whether the argument at this place, counted from 0 after the name, is a key.
    pub(crate) const fn has(self, index: usize, is_last: bool) -> bool {
        match self {
            Self::None => false,
            Self::First => index == 0,
            Self::FirstTwo => index < 2,
            Self::All => true,
            Self::AllButLast => !is_last,
            Self::Pairs => index.is_multiple_of(2),
        }
    }
}

const FIRST: &str = "APPEND BITCOUNT BITFIELD BITFIELD_RO BITPOS DECR DECRBY DUMP EXPIRE EXPIREAT \
    EXPIRETIME GEOADD GEODIST GEOHASH GEOPOS GEORADIUS GEORADIUSBYMEMBER GEOSEARCH GET GETBIT \
    GETDEL GETEX GETRANGE GETSET HDEL HEXISTS HEXPIRE HEXPIREAT HEXPIRETIME HGET HGETALL HGETDEL \
    HGETEX HINCRBY HINCRBYFLOAT HKEYS HLEN HMGET HMSET HPERSIST HPEXPIRE HPEXPIREAT HPEXPIRETIME \
    HPTTL HRANDFIELD HSCAN HSET HSETEX HSETNX HSTRLEN HTTL HVALS INCR INCRBY INCRBYFLOAT LINDEX \
    LINSERT LLEN LPOP LPOS LPUSH LPUSHX LRANGE LREM LSET LTRIM PERSIST PEXPIRE PEXPIREAT \
    PEXPIRETIME PFADD PSETEX PTTL RESTORE RPOP RPUSH RPUSHX SADD SCARD SET SETBIT SETEX SETNX \
    SETRANGE SISMEMBER SMEMBERS SMISMEMBER SORT SORT_RO SPOP SRANDMEMBER SREM SSCAN STRLEN SUBSTR \
    TTL TYPE XACK XADD XAUTOCLAIM XCLAIM XDEL XLEN XPENDING XRANGE XREVRANGE XTRIM ZADD ZCARD \
    ZCOUNT ZINCRBY ZLEXCOUNT ZMSCORE ZPOPMAX ZPOPMIN ZRANDMEMBER ZRANGE ZRANGEBYLEX ZRANGEBYSCORE \
    ZRANK ZREM ZREMRANGEBYLEX ZREMRANGEBYRANK ZREMRANGEBYSCORE ZREVRANGE ZREVRANGEBYLEX \
    ZREVRANGEBYSCORE ZREVRANK ZSCAN ZSCORE";

const FIRST_TWO: &str = "BLMOVE BRPOPLPUSH COPY GEOSEARCHSTORE LCS LMOVE RENAME \
    RENAMENX RPOPLPUSH SMOVE ZRANGESTORE";

const ALL: &str = "DEL EXISTS MGET PFCOUNT PFMERGE SDIFF SDIFFSTORE SINTER SINTERSTORE SUNION \
    SUNIONSTORE TOUCH UNLINK WATCH";

const ALL_BUT_LAST: &str = "BLPOP BRPOP BZPOPMAX BZPOPMIN";

const PAIRS: &str = "MSET MSETNX";
