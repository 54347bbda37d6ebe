//! As much of HTTP/1.1's server side as a collector needs.

use std::io::{self, BufRead, BufReader, Error, Read};
use std::net::TcpStream;

use flate2::read::GzDecoder;

use super::Seen;

/// The head of a request, the body still empty. `None` at the connection's end.
pub(super) fn read_head(stream: &mut BufReader<TcpStream>) -> io::Result<Option<Seen>> {
    let mut line = String::new();
    if stream.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split(' ').map(str::to_owned);
    let method = words.next().unwrap_or_default();
    let path = words.next().unwrap_or_default();
    let mut headers = Vec::new();
    loop {
        line.clear();
        stream.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    Ok(Some(Seen { method, path, headers, ..Seen::default() }))
}

/// The body, decompressed. Empty where the request has none.
pub(super) fn read_body(stream: &mut BufReader<TcpStream>, seen: &Seen) -> io::Result<Vec<u8>> {
    let len = seen.header("content-length").unwrap_or("0");
    let len = len.parse::<usize>().map_err(Error::other)?;
    let mut body = vec![0; len];
    stream.read_exact(&mut body)?;
    if seen.header("content-encoding") == Some("gzip") {
        let mut plain = Vec::new();
        GzDecoder::new(&body[..]).read_to_end(&mut plain)?;
        body = plain;
    }
    Ok(body)
}

/// A whole answer.
pub(super) fn reply(code: u16, header: &str, body: &[u8]) -> Vec<u8> {
    let len = body.len();
    let head = format!("HTTP/1.1 {code} -\r\n{header}content-length: {len}\r\n\r\n");
    let mut reply = head.into_bytes();
    reply.extend_from_slice(body);
    reply
}
