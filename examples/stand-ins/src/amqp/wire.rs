//! Frames, as lapin's own codec reads and writes them.

use std::io;

use amq_protocol::frame::{AMQPContentHeader, AMQPFrame, gen_frame, parse_frame};
use amq_protocol::protocol::{AMQPClass, basic};
use amq_protocol::types::ChannelId;
use tokio::io::{AsyncRead, AsyncReadExt};

/// The largest frame that either side sends.
pub(super) const FRAME_MAX: u32 = 128 * 1024;
/// Type, channel, size; and the byte at its end.
const AROUND: u32 = 8;

/// What a client begins with.
pub(super) const GREETING: [u8; 8] = *b"AMQP\0\0\x09\x01";

/// The class of content headers.
const BASIC: u16 = 60;

/// The next frame.
pub(super) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<AMQPFrame> {
    let mut head = [0; 7];
    stream.read_exact(&mut head).await?;
    let [.., a, b, c, d] = head;
    let size = u32::from_be_bytes([a, b, c, d]);
    if size > FRAME_MAX - AROUND {
        return Err(malformed());
    }
    let mut frame = head.to_vec();
    frame.resize(head.len() + size as usize + 1, 0);
    stream.read_exact(&mut frame[head.len()..]).await?;
    match parse_frame(frame.as_slice()) {
        Ok(([], frame)) => Ok(frame),
        _ => Err(malformed()),
    }
}

pub(super) fn write(frame: &AMQPFrame, out: &mut Vec<u8>) {
    // It is this side that has made it: there is none that cannot be written.
    if let Ok(written) = gen_frame(frame)(Vec::new().into()) {
        out.extend(written.into_inner().0);
    }
}

/// A method with a message behind it.
pub(super) fn with_content(
    channel: ChannelId,
    method: basic::AMQPMethod,
    properties: basic::AMQPProperties,
    body: &[u8],
) -> Vec<AMQPFrame> {
    let header = AMQPContentHeader { class_id: BASIC, body_size: body.len() as u64, properties };
    let mut frames = vec![
        AMQPFrame::Method(channel, AMQPClass::Basic(method)),
        AMQPFrame::Header(channel, header),
    ];
    let parts = body.chunks((FRAME_MAX - AROUND) as usize);
    frames.extend(parts.map(|part| AMQPFrame::Body(channel, part.to_vec())));
    frames
}

pub(super) fn malformed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "no frame of AMQP 0-9-1")
}
