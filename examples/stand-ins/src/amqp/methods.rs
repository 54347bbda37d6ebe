//! What a client asks of a channel.

use amq_protocol::frame::AMQPFrame;
use amq_protocol::protocol::{AMQPClass, basic, channel, confirm, exchange, queue};
use amq_protocol::types::ShortString;

use super::broker::{Broker, Out, Settled};
use super::queue::{ChannelKey, Consumer, Queue};

/// What comes after a method.
pub(super) enum Next {
    Nothing,
    /// The message that was announced.
    Content(basic::Publish),
    /// It makes no sense here.
    Malformed,
}

pub(super) fn answer(broker: &mut Broker, key: ChannelKey, class: AMQPClass, out: &Out) -> Next {
    match class {
        AMQPClass::Channel(method) => return of_channel(broker, key, method, out),
        AMQPClass::Exchange(method) => of_exchange(broker, key, method),
        AMQPClass::Queue(method) => of_queue(broker, key, method),
        AMQPClass::Confirm(confirm::AMQPMethod::Select(select)) => {
            broker.confirm(key);
            if !select.nowait {
                say(
                    broker,
                    key,
                    AMQPClass::Confirm(confirm::AMQPMethod::SelectOk(confirm::SelectOk {})),
                );
            }
        }
        AMQPClass::Basic(method) => return of_basic(broker, key, method),
        _ => return Next::Malformed,
    }
    Next::Nothing
}

fn of_channel(
    broker: &mut Broker,
    key: ChannelKey,
    method: channel::AMQPMethod,
    out: &Out,
) -> Next {
    use channel::AMQPMethod as Method;
    match method {
        Method::Open(_) => {
            broker.open(key, out.clone());
            say(broker, key, AMQPClass::Channel(Method::OpenOk(channel::OpenOk {})));
        }
        Method::Close(_) => {
            say(broker, key, AMQPClass::Channel(Method::CloseOk(channel::CloseOk {})));
            broker.close(key);
        }
        Method::CloseOk(_) => broker.close(key),
        Method::Flow(flow) => {
            let answer = channel::FlowOk { active: flow.active };
            say(broker, key, AMQPClass::Channel(Method::FlowOk(answer)));
        }
        _ => return Next::Malformed,
    }
    Next::Nothing
}

fn of_exchange(broker: &mut Broker, key: ChannelKey, method: exchange::AMQPMethod) {
    use exchange::AMQPMethod as Method;
    match method {
        Method::Declare(declare) => {
            let name = declare.exchange.as_str();
            let is_there = if declare.passive {
                broker.routing.knows(name)
            } else {
                broker.routing.declare(name, declare.kind.as_str())
            };
            if !is_there {
                not_found(broker, key, "exchange", name);
            } else if !declare.nowait {
                let done = Method::DeclareOk(exchange::DeclareOk {});
                say(broker, key, AMQPClass::Exchange(done));
            }
        }
        Method::Delete(delete) => {
            broker.routing.delete(delete.exchange.as_str());
            if !delete.nowait {
                let done = Method::DeleteOk(exchange::DeleteOk {});
                say(broker, key, AMQPClass::Exchange(done));
            }
        }
        _ => unknown(broker, key),
    }
}

fn of_queue(broker: &mut Broker, key: ChannelKey, method: queue::AMQPMethod) {
    use queue::AMQPMethod as Method;
    let done = match method {
        Method::Declare(declare) => {
            let Some(declared) = declare_queue(broker, key, &declare) else { return };
            (!declare.nowait).then_some(Method::DeclareOk(declared))
        }
        Method::Bind(bind) => {
            let (exchange, queue) = (bind.exchange.as_str(), bind.queue.as_str());
            if !broker.queues.contains_key(queue) {
                return not_found(broker, key, "queue", queue);
            }
            if !broker.routing.bind(exchange, bind.routing_key.as_str(), queue) {
                return not_found(broker, key, "exchange", exchange);
            }
            (!bind.nowait).then_some(Method::BindOk(queue::BindOk {}))
        }
        Method::Unbind(unbind) => {
            let (exchange, bound) = (unbind.exchange.as_str(), unbind.routing_key.as_str());
            broker.routing.unbind(exchange, bound, unbind.queue.as_str());
            Some(Method::UnbindOk(queue::UnbindOk {}))
        }
        Method::Purge(purge) => {
            let queue = broker.queues.get_mut(purge.queue.as_str());
            let waiting = queue.map(|queue| std::mem::take(&mut queue.waiting));
            let message_count = number(waiting.map_or(0, |waiting| waiting.len()));
            (!purge.nowait).then_some(Method::PurgeOk(queue::PurgeOk { message_count }))
        }
        Method::Delete(delete) => {
            let message_count = number(broker.delete(delete.queue.as_str()));
            (!delete.nowait).then_some(Method::DeleteOk(queue::DeleteOk { message_count }))
        }
        _ => return unknown(broker, key),
    };
    if let Some(done) = done {
        say(broker, key, AMQPClass::Queue(done));
    }
}

/// None where there is none, and nobody is to make one.
fn declare_queue(
    broker: &mut Broker,
    key: ChannelKey,
    declare: &queue::Declare,
) -> Option<queue::DeclareOk> {
    let name = match declare.queue.as_str() {
        "" => broker.name("amq.gen-"),
        name => name.to_owned(),
    };
    if !broker.queues.contains_key(&name) {
        if declare.passive {
            not_found(broker, key, "queue", &name);
            return None;
        }
        let owner = declare.exclusive.then_some(key.0);
        broker.queues.insert(name.clone(), Queue::new(&declare.arguments, owner));
    }
    let queue = broker.queues.get(&name)?;
    Some(queue::DeclareOk {
        message_count: number(queue.waiting.len()),
        consumer_count: number(queue.consumers.len()),
        queue: ShortString::try_new(name).unwrap_or_default(),
    })
}

fn of_basic(broker: &mut Broker, key: ChannelKey, method: basic::AMQPMethod) -> Next {
    use basic::AMQPMethod as Method;
    match method {
        Method::Publish(publish) => return Next::Content(publish),
        Method::Qos(qos) => {
            broker.limit(key, qos.prefetch_count);
            say(broker, key, AMQPClass::Basic(Method::QosOk(basic::QosOk {})));
        }
        Method::Consume(consume) => consume_queue(broker, key, &consume),
        Method::Cancel(cancel) => {
            broker.cancel(key, &cancel.consumer_tag);
            if !cancel.nowait {
                let done = basic::CancelOk { consumer_tag: cancel.consumer_tag };
                say(broker, key, AMQPClass::Basic(Method::CancelOk(done)));
            }
        }
        Method::Get(get) => {
            if broker.queues.contains_key(get.queue.as_str()) {
                broker.get(key, get.queue.as_str(), get.no_ack);
            } else {
                not_found(broker, key, "queue", get.queue.as_str());
            }
        }
        Method::Ack(ack) => settle(broker, key, ack.delivery_tag, ack.multiple, Settled::Done),
        Method::Nack(nack) => {
            let how = if nack.requeue { Settled::Requeued } else { Settled::Rejected };
            settle(broker, key, nack.delivery_tag, nack.multiple, how);
        }
        Method::Reject(reject) => {
            let how = if reject.requeue { Settled::Requeued } else { Settled::Rejected };
            settle(broker, key, reject.delivery_tag, false, how);
        }
        _ => return Next::Malformed,
    }
    Next::Nothing
}

fn consume_queue(broker: &mut Broker, key: ChannelKey, consume: &basic::Consume) {
    let queue = consume.queue.as_str();
    if !broker.queues.contains_key(queue) {
        return not_found(broker, key, "queue", queue);
    }
    let tag = match consume.consumer_tag.as_str() {
        "" => ShortString::try_new(broker.name("amq.ctag-")).unwrap_or_default(),
        _ => consume.consumer_tag.clone(),
    };
    if !consume.nowait {
        let done = basic::ConsumeOk { consumer_tag: tag.clone() };
        say(broker, key, AMQPClass::Basic(basic::AMQPMethod::ConsumeOk(done)));
    }
    broker.consume(queue, Consumer { channel: key, tag, no_ack: consume.no_ack });
}

fn settle(broker: &mut Broker, key: ChannelKey, tag: u64, multiple: bool, how: Settled) {
    if !broker.settle(key, tag, multiple, how) {
        close(broker, key, 406, format!("PRECONDITION_FAILED - unknown delivery tag {tag}"));
    }
}

pub(super) fn not_found(broker: &mut Broker, key: ChannelKey, what: &str, name: &str) {
    close(broker, key, 404, format!("NOT_FOUND - no {what} '{name}'"));
}

fn unknown(broker: &mut Broker, key: ChannelKey) {
    close(broker, key, 540, "NOT_IMPLEMENTED".to_owned());
}

/// The channel is at its end: the client says so, too, when it has heard of it.
fn close(broker: &mut Broker, key: ChannelKey, code: u16, text: String) {
    let close = channel::Close {
        reply_code: code,
        reply_text: ShortString::try_new(text).unwrap_or_default(),
        class_id: 0,
        method_id: 0,
    };
    say(broker, key, AMQPClass::Channel(channel::AMQPMethod::Close(close)));
}

fn say(broker: &Broker, key: ChannelKey, class: AMQPClass) {
    broker.send(key, vec![AMQPFrame::Method(key.1, class)]);
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
