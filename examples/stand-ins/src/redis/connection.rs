//! One connection: reads commands, writes replies in their order.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::reply::Reply;
use super::resp::Decoder;
use super::session::{Databases, Session};

/// Replies are sent when there are no more commands to answer, or this much is to be sent.
const SEND_AT: usize = 64 << 10;
/// What is read, and for how long, of a client that is on its way out: its last bytes would make
/// the system take back the error that it has not read yet.
const LAST_BYTES: u64 = 1 << 20;
const LAST_SECOND: Duration = Duration::from_secs(1);

/// Until either side has enough.
pub(super) async fn serve(mut stream: TcpStream, databases: Arc<Databases>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let (mut decoder, mut session) = (Decoder::default(), Session::new(databases));
    let mut replies = Vec::new();
    loop {
        match decoder.next() {
            Ok(Some(command)) => session.answer(command).write(&mut replies),
            Ok(None) => {
                send(&mut stream, &mut replies).await?;
                if stream.read_buf(&mut decoder.unread).await? == 0 {
                    return Ok(());
                }
            }
            Err(malformed) => {
                Reply::Error(format!("ERR Protocol error: {malformed}")).write(&mut replies);
                session.is_over = true;
            }
        }
        if session.is_over {
            send(&mut stream, &mut replies).await?;
            return leave(stream).await;
        }
        if replies.len() >= SEND_AT {
            send(&mut stream, &mut replies).await?;
        }
    }
}

async fn send(stream: &mut TcpStream, replies: &mut Vec<u8>) -> io::Result<()> {
    stream.write_all(replies).await?;
    replies.clear();
    Ok(())
}

async fn leave(mut stream: TcpStream) -> io::Result<()> {
    stream.shutdown().await?;
    let mut rest = stream.take(LAST_BYTES);
    let mut nowhere = tokio::io::sink();
    // In time or not: it ends here.
    let _ = tokio::time::timeout(LAST_SECOND, tokio::io::copy(&mut rest, &mut nowhere)).await;
    Ok(())
}
