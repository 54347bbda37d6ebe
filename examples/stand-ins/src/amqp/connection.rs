//! One connection: its beginning, its frames, its end.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use amq_protocol::frame::{AMQPContentHeader, AMQPFrame};
use amq_protocol::protocol::{AMQPClass, basic, connection};
use amq_protocol::types::{AMQPValue, FieldTable, ShortString};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::broker::{Broker, Out};
use super::methods::{self, Next};
use super::queue::Message;
use super::wire::{self, FRAME_MAX, GREETING};

/// How long a client may take to go once it was told that it can.
const GOODBYE: Duration = Duration::from_secs(1);
/// The largest message that is taken.
const MAX_BODY: u64 = 16 << 20;

/// Until either side has enough.
pub(super) async fn serve(
    stream: TcpStream,
    number: u64,
    broker: Arc<Mutex<Broker>>,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let (reader, writer) = stream.into_split();
    let (out, frames) = unbounded_channel();
    let writing = tokio::spawn(write(writer, frames));
    let mut session = Session { number, broker, out, begun: BTreeMap::new() };
    let result = session.run(&mut BufReader::new(reader)).await;
    Broker::of(&session.broker).disconnect(number);
    drop(session);
    // What was said last is still sent.
    let _ = writing.await;
    result
}

async fn write(
    mut stream: OwnedWriteHalf,
    mut frames: UnboundedReceiver<Vec<AMQPFrame>>,
) -> io::Result<()> {
    let mut bytes = Vec::new();
    while let Some(some) = frames.recv().await {
        some.iter().for_each(|frame| wire::write(frame, &mut bytes));
        while let Ok(more) = frames.try_recv() {
            more.iter().for_each(|frame| wire::write(frame, &mut bytes));
        }
        stream.write_all(&bytes).await?;
        bytes.clear();
    }
    stream.shutdown().await
}

struct Session {
    number: u64,
    broker: Arc<Mutex<Broker>>,
    out: Out,
    /// Messages of which a part has come, by channel.
    begun: BTreeMap<u16, Begun>,
}

struct Begun {
    publish: basic::Publish,
    header: Option<AMQPContentHeader>,
    body: Vec<u8>,
}

impl Session {
    async fn run(&mut self, stream: &mut BufReader<OwnedReadHalf>) -> io::Result<()> {
        let mut greeting = [0; GREETING.len()];
        stream.read_exact(&mut greeting).await?;
        if greeting != GREETING {
            return Err(wire::malformed());
        }
        self.say(connection::AMQPMethod::Start(start()));
        loop {
            match wire::read(stream).await? {
                AMQPFrame::Method(0, AMQPClass::Connection(method)) => {
                    if !self.connection(&method)? {
                        // As RabbitMQ: the client goes first. One that is left by its broker
                        // complains, though it has asked for it.
                        let mut nowhere = tokio::io::sink();
                        let gone = tokio::io::copy(stream, &mut nowhere);
                        let _ = tokio::time::timeout(GOODBYE, gone).await;
                        return Ok(());
                    }
                }
                AMQPFrame::Method(channel, class) => {
                    let key = (self.number, channel);
                    let next =
                        methods::answer(&mut Broker::of(&self.broker), key, class, &self.out);
                    match next {
                        Next::Nothing => {}
                        Next::Content(publish) => {
                            let begun = Begun { publish, header: None, body: Vec::new() };
                            self.begun.insert(channel, begun);
                        }
                        Next::Malformed => return Err(wire::malformed()),
                    }
                }
                AMQPFrame::Header(channel, header) => {
                    if header.body_size > MAX_BODY {
                        return Err(wire::malformed());
                    }
                    let begun = self.begun.get_mut(&channel).ok_or_else(wire::malformed)?;
                    begun.header = Some(header);
                    self.complete(channel);
                }
                AMQPFrame::Body(channel, part) => {
                    let begun = self.begun.get_mut(&channel).ok_or_else(wire::malformed)?;
                    begun.body.extend(part);
                    self.complete(channel);
                }
                AMQPFrame::Heartbeat => {}
                AMQPFrame::ProtocolHeader(_) | AMQPFrame::InvalidHeartbeat(_) => {
                    return Err(wire::malformed());
                }
            }
        }
    }

    /// False at the end.
    fn connection(&self, method: &connection::AMQPMethod) -> io::Result<bool> {
        use connection::AMQPMethod as Method;
        match method {
            // Whoever it is.
            Method::StartOk(_) => self.say(Method::Tune(connection::Tune {
                channel_max: 2047,
                frame_max: FRAME_MAX,
                heartbeat: 0,
            })),
            Method::TuneOk(_) | Method::UpdateSecretOk(_) => {}
            Method::Open(_) => self.say(Method::OpenOk(connection::OpenOk {})),
            Method::Close(_) => {
                self.say(Method::CloseOk(connection::CloseOk {}));
                return Ok(false);
            }
            Method::CloseOk(_) => return Ok(false),
            _ => return Err(wire::malformed()),
        }
        Ok(true)
    }

    fn say(&self, method: connection::AMQPMethod) {
        // Who is gone does not hear it.
        let _ = self.out.send(vec![AMQPFrame::Method(0, AMQPClass::Connection(method))]);
    }

    /// All of a message is here.
    fn complete(&mut self, channel: u16) {
        let is_whole = |begun: &Begun| {
            begun.header.as_ref().is_some_and(|header| begun.body.len() as u64 >= header.body_size)
        };
        if !self.begun.get(&channel).is_some_and(is_whole) {
            return;
        }
        let Some(Begun { publish, header: Some(header), body }) = self.begun.remove(&channel)
        else {
            return;
        };
        let message = Message {
            number: 0,
            exchange: publish.exchange.clone(),
            key: publish.routing_key.clone(),
            properties: header.properties,
            body,
            redelivered: false,
        };
        let key = (self.number, channel);
        let mut broker = Broker::of(&self.broker);
        if !broker.publish(key, &publish, &message) {
            methods::not_found(&mut broker, key, "exchange", publish.exchange.as_str());
        }
    }
}

fn start() -> connection::Start {
    let able = ["publisher_confirms", "basic.nack", "consumer_cancel_notify", "per_consumer_qos"];
    let able = able.map(|what| (ShortString::from(what), AMQPValue::Boolean(true)));
    let able = AMQPValue::FieldTable(FieldTable::from(BTreeMap::from(able)));
    let product = AMQPValue::LongString("stand-in".into());
    let properties = BTreeMap::from([("capabilities".into(), able), ("product".into(), product)]);
    connection::Start {
        version_major: 0,
        version_minor: 9,
        server_properties: FieldTable::from(properties),
        mechanisms: "PLAIN AMQPLAIN".into(),
        locales: "en_US".into(),
    }
}
