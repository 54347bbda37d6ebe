//! Queues and channels, and what goes from the one to the other.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use amq_protocol::frame::AMQPFrame;
use amq_protocol::protocol::{AMQPClass, basic};
use amq_protocol::types::ShortString;
use tokio::sync::mpsc::UnboundedSender;

use super::queue::{ChannelKey, Consumer, Message, Queue};
use super::routing::Routing;
use super::{death, wire};

/// What goes to a connection.
pub(super) type Out = UnboundedSender<Vec<AMQPFrame>>;

#[derive(Debug)]
pub(super) struct Broker {
    pub(super) routing: Routing,
    pub(super) queues: BTreeMap<String, Queue>,
    channels: BTreeMap<ChannelKey, Channel>,
    /// For names and messages.
    next: u64,
    me: Weak<Mutex<Self>>,
}

#[derive(Debug)]
struct Channel {
    out: Out,
    next_tag: u64,
    unsettled: BTreeMap<u64, Unsettled>,
    /// Of each consumer, without an answer; zero is no limit.
    prefetch: usize,
    /// How many were published since confirms are on.
    confirmed: Option<u64>,
}

#[derive(Debug)]
struct Unsettled {
    queue: String,
    message: Message,
    /// None where it was asked for.
    consumer: Option<ShortString>,
}

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Settled {
    Done,
    Requeued,
    Rejected,
}

impl Broker {
    pub(super) fn new() -> Arc<Mutex<Self>> {
        Arc::new_cyclic(|me| {
            let mut routing = Routing::default();
            for (name, kind) in
                [("amq.direct", "direct"), ("amq.fanout", "fanout"), ("amq.topic", "topic")]
            {
                routing.declare(name, kind);
            }
            let (queues, channels) = (BTreeMap::new(), BTreeMap::new());
            Mutex::new(Self { routing, queues, channels, next: 0, me: me.clone() })
        })
    }

    pub(super) fn of(broker: &Mutex<Self>) -> MutexGuard<'_, Self> {
        broker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    pub(super) fn name(&mut self, prefix: &str) -> String {
        format!("{prefix}{:016x}", self.number())
    }

    pub(super) fn open(&mut self, key: ChannelKey, out: Out) {
        let unsettled = BTreeMap::new();
        let channel = Channel { out, next_tag: 1, unsettled, prefetch: 0, confirmed: None };
        self.channels.insert(key, channel);
    }

    /// What it has not settled goes back to where it was.
    pub(super) fn close(&mut self, key: ChannelKey) {
        for queue in self.queues.values_mut() {
            queue.consumers.retain(|consumer| consumer.channel != key);
        }
        let Some(channel) = self.channels.remove(&key) else { return };
        for unsettled in channel.unsettled.into_values().rev() {
            self.put_back(unsettled);
        }
        self.deliver_all();
    }

    /// The connection is gone.
    pub(super) fn disconnect(&mut self, connection: u64) {
        let keys: Vec<_> = self
            .channels
            .range((connection, 0)..=(connection, u16::MAX))
            .map(|(key, _)| *key)
            .collect();
        for key in keys {
            self.close(key);
        }
        let owned = |(name, queue): (&String, &Queue)| {
            (queue.owner == Some(connection)).then(|| name.clone())
        };
        let owned: Vec<_> = self.queues.iter().filter_map(owned).collect();
        for name in owned {
            self.delete(&name);
        }
    }

    pub(super) fn confirm(&mut self, key: ChannelKey) {
        if let Some(channel) = self.channels.get_mut(&key) {
            channel.confirmed.get_or_insert(0);
        }
    }

    pub(super) fn limit(&mut self, key: ChannelKey, prefetch: u16) {
        if let Some(channel) = self.channels.get_mut(&key) {
            channel.prefetch = usize::from(prefetch);
        }
    }

    pub(super) fn consume(&mut self, queue: &str, consumer: Consumer) {
        if let Some(queue) = self.queues.get_mut(queue) {
            queue.consumers.push_back(consumer);
        }
        self.deliver(queue);
    }

    pub(super) fn cancel(&mut self, key: ChannelKey, tag: &ShortString) {
        for queue in self.queues.values_mut() {
            queue.consumers.retain(|consumer| consumer.channel != key || consumer.tag != *tag);
        }
    }

    /// How many were in it; those who wait for more are told.
    pub(super) fn delete(&mut self, name: &str) -> usize {
        self.routing.forget(name);
        let Some(queue) = self.queues.remove(name) else { return 0 };
        for Consumer { channel, tag, .. } in queue.consumers {
            let cancel = basic::Cancel { consumer_tag: tag, nowait: true };
            self.send(channel, vec![method(channel, basic::AMQPMethod::Cancel(cancel))]);
        }
        queue.waiting.len()
    }

    /// A message comes from a client. False where its exchange is not there.
    pub(super) fn publish(
        &mut self,
        key: ChannelKey,
        publish: &basic::Publish,
        message: &Message,
    ) -> bool {
        let (exchange, routing_key) = (publish.exchange.as_str(), publish.routing_key.as_str());
        if !self.routing.knows(exchange) {
            return false;
        }
        let targets = self.targets(exchange, routing_key);
        if targets.is_empty() && publish.mandatory {
            let back = basic::AMQPMethod::Return(basic::Return {
                reply_code: 312,
                reply_text: "NO_ROUTE".into(),
                exchange: message.exchange.clone(),
                routing_key: message.key.clone(),
            });
            let frames = wire::with_content(key.1, back, message.properties.clone(), &message.body);
            self.send(key, frames);
        }
        for target in &targets {
            self.enqueue(target, message.clone());
        }
        if let Some(channel) = self.channels.get_mut(&key)
            && let Some(confirmed) = &mut channel.confirmed
        {
            *confirmed += 1;
            let ack = basic::Ack { delivery_tag: *confirmed, multiple: false };
            self.send(key, vec![method(key, basic::AMQPMethod::Ack(ack))]);
        }
        for target in targets {
            self.deliver(&target);
        }
        true
    }

    fn targets(&self, exchange: &str, key: &str) -> Vec<String> {
        let targets = self.routing.targets(exchange, key);
        targets.into_iter().filter(|target| self.queues.contains_key(target)).collect()
    }

    fn enqueue(&mut self, queue: &str, mut message: Message) {
        let number = self.number();
        message.number = number;
        message.redelivered = false;
        let Some(found) = self.queues.get_mut(queue) else { return };
        found.waiting.push_back(message);
        if let (Some(time), broker) = (found.time_to_live, self.me.clone()) {
            let queue = queue.to_owned();
            tokio::spawn(async move {
                tokio::time::sleep(time).await;
                if let Some(broker) = broker.upgrade() {
                    Self::of(&broker).expire(&queue, number);
                }
            });
        }
    }

    fn expire(&mut self, queue: &str, number: u64) {
        let Some(found) = self.queues.get_mut(queue) else { return };
        let at = found.waiting.iter().position(|message| message.number == number);
        if let Some(message) = at.and_then(|at| found.waiting.remove(at)) {
            self.bury(queue, message, "expired");
        }
    }

    /// To where the queue's dead letters go; nowhere, where it has no such place.
    fn bury(&mut self, queue: &str, mut message: Message, reason: &str) {
        let dead_letters = self.queues.get(queue).and_then(|queue| queue.dead_letters.clone());
        let Some((exchange, key)) = dead_letters else { return };
        let from = (message.exchange.as_str(), message.key.as_str());
        message.properties = death::note(message.properties.clone(), queue, reason, from);
        message.key = key.map_or(message.key, |key| ShortString::try_new(key).unwrap_or_default());
        message.exchange = ShortString::try_new(exchange.as_str()).unwrap_or_default();
        let targets = self.targets(&exchange, message.key.as_str());
        for target in &targets {
            self.enqueue(target, message.clone());
        }
        for target in targets {
            self.deliver(&target);
        }
    }

    /// One message, asked for.
    pub(super) fn get(&mut self, key: ChannelKey, queue: &str, no_ack: bool) {
        let taken = self.queues.get_mut(queue).and_then(|queue| {
            let message = queue.waiting.pop_front()?;
            Some((message, queue.waiting.len()))
        });
        let frames = match taken {
            None => vec![method(key, basic::AMQPMethod::GetEmpty(basic::GetEmpty {}))],
            Some((message, left)) => {
                let Some(delivery_tag) = self.hand_out(key, queue, &message, None, no_ack) else {
                    return;
                };
                let got = basic::AMQPMethod::GetOk(basic::GetOk {
                    delivery_tag,
                    redelivered: message.redelivered,
                    exchange: message.exchange,
                    routing_key: message.key,
                    message_count: u32::try_from(left).unwrap_or(u32::MAX),
                });
                wire::with_content(key.1, got, message.properties, &message.body)
            }
        };
        self.send(key, frames);
    }

    fn hand_out(
        &mut self,
        key: ChannelKey,
        queue: &str,
        message: &Message,
        consumer: Option<ShortString>,
        no_ack: bool,
    ) -> Option<u64> {
        let channel = self.channels.get_mut(&key)?;
        let tag = channel.next_tag;
        channel.next_tag += 1;
        if !no_ack {
            let (queue, message) = (queue.to_owned(), message.clone());
            channel.unsettled.insert(tag, Unsettled { queue, message, consumer });
        }
        Some(tag)
    }

    /// What of a queue there is somebody for.
    fn deliver(&mut self, name: &str) {
        loop {
            let channels = &self.channels;
            let has_room = |consumer: &Consumer| {
                let channel = channels.get(&consumer.channel);
                channel.is_some_and(|channel| consumer.no_ack || channel.has_room(&consumer.tag))
            };
            let Some(queue) = self.queues.get_mut(name) else { return };
            let Some(at) = queue.consumers.iter().position(has_room) else { return };
            let Some(message) = queue.waiting.pop_front() else { return };
            // The next one gets the next one.
            queue.consumers.rotate_left(at);
            let consumer = queue.consumers[0].clone();
            queue.consumers.rotate_left(1);
            let Consumer { channel: key, tag, no_ack } = consumer;
            let Some(delivery_tag) = self.hand_out(key, name, &message, Some(tag.clone()), no_ack)
            else {
                return;
            };
            let deliver = basic::AMQPMethod::Deliver(basic::Deliver {
                consumer_tag: tag,
                delivery_tag,
                redelivered: message.redelivered,
                exchange: message.exchange,
                routing_key: message.key,
            });
            let frames = wire::with_content(key.1, deliver, message.properties, &message.body);
            self.send(key, frames);
        }
    }

    fn deliver_all(&mut self) {
        let names: Vec<_> = self.queues.keys().cloned().collect();
        for name in names {
            self.deliver(&name);
        }
    }

    /// False where there is no such delivery.
    pub(super) fn settle(
        &mut self,
        key: ChannelKey,
        tag: u64,
        multiple: bool,
        how: Settled,
    ) -> bool {
        let Some(channel) = self.channels.get_mut(&key) else { return false };
        let mut settled = VecDeque::new();
        if multiple {
            // Zero is all there are.
            let later =
                if tag == 0 { BTreeMap::new() } else { channel.unsettled.split_off(&(tag + 1)) };
            settled.extend(std::mem::replace(&mut channel.unsettled, later).into_values());
        } else {
            settled.extend(channel.unsettled.remove(&tag));
        }
        if settled.is_empty() && !multiple {
            return false;
        }
        // The last one first, so that the first is first in the queue again.
        while let Some(one) = settled.pop_back() {
            match how {
                Settled::Done => {}
                Settled::Requeued => self.put_back(one),
                Settled::Rejected => self.bury(&one.queue, one.message, "rejected"),
            }
        }
        self.deliver_all();
        true
    }

    fn put_back(&mut self, unsettled: Unsettled) {
        let mut message = unsettled.message;
        message.redelivered = true;
        if let Some(queue) = self.queues.get_mut(&unsettled.queue) {
            queue.waiting.push_front(message);
        }
    }

    /// Whoever is gone does not miss it.
    pub(super) fn send(&self, key: ChannelKey, frames: Vec<AMQPFrame>) {
        if let Some(channel) = self.channels.get(&key) {
            let _ = channel.out.send(frames);
        }
    }
}

impl Channel {
    fn has_room(&self, tag: &ShortString) -> bool {
        let of_it = self.unsettled.values().filter(|one| one.consumer.as_ref() == Some(tag));
        self.prefetch == 0 || of_it.count() < self.prefetch
    }
}

fn method(key: ChannelKey, method: basic::AMQPMethod) -> AMQPFrame {
    AMQPFrame::Method(key.1, AMQPClass::Basic(method))
}
