//! The queue between auth and sms breaks, or what is in it.

use anyhow::Result;
use futures_util::future::BoxFuture;

use super::plays::code;
use crate::drill::{Drill, Expected, Scene, Setup};
use crate::field::{Kind, LoginField, answer};

/// Work on a message begins below who sent it, and goes on after that.
const CODE: Expected = Expected { outlive: &["process sms-login.sms"], ..Expected::CODE };
/// Nothing reaches sms.
const NOT_SENT: Expected = Expected { services: &["api", "auth"], ..CODE };

pub(super) const DRILLS: &[Drill] = &[
    Drill {
        name: "queue",
        question: "How does a trace go through a queue?",
        scene: Scene::Login(code),
        expected: Expected {
            shows: &["publish sms-login.sms", "process sms-login.sms", "ack sms-login.sms"],
            ..CODE
        },
        look: "`process` is below `publish`, in another service: the message carried the context. The \
               caller does not wait for it: its bar ends whenever the broker has the message.",
        production: "The gap between `publish` and `process` is the time in the queue. When it grows, \
                     there are too few consumers.",
        ..Drill::ORDINARY
    },
    Drill {
        name: "queue-requeue",
        question: "A consumer hands a message back. Is the second try in the same trace?",
        broken: "The first try is handed back at once (nack, requeue).",
        faults: &["sms.mq=errorx1"],
        scene: Scene::Login(code),
        expected: Expected {
            errors: &["sms process sms-login.sms"],
            shows: &["nack sms-login.sms", "ack sms-login.sms"],
            ..CODE
        },
        look: "Two `process` below one `publish`: the first is an error and ends in a nack, the second \
               in an ack. A tag says that it was redelivered.",
        production: "A message that is handed back at once comes back at once: without a pause that is \
                     a loop. Dead-letter it into a queue with a delay.",
        ..Drill::ORDINARY
    },
    Drill {
        name: "dead-letter",
        question: "A message is tried three times. Where does it end up?",
        broken: "The telephone can't be reached: the provider refuses the SMS.",
        scene: Scene::Login(unreachable),
        expected: Expected {
            errors: &[
                "sms POST",
                "sms POST",
                "sms POST",
                "sms process sms-login.sms",
                "sms process sms-login.sms",
            ],
            shows: &["nack sms-login.sms", "publish sms-login.dead"],
            logs: &["not sent, and given up"],
            ..CODE
        },
        look: "Three `process` below one `publish`, with pauses between them: twice a nack, which \
               dead-letters it, and at last it is published to the queue where somebody has to look.",
        production: "Whoever looks at a dead message finds its trace by the context in its headers. How \
                     often it was tried the broker counts, in `x-death` of each try.",
        ..Drill::ORDINARY
    },
    Drill {
        name: "queue-restart",
        question: "The broker restarts. What is lost, and when does it go on?",
        broken: "The broker is stopped, somebody asks for a code, and it is started again.",
        setup: Setup { stops: Some(Kind::Rabbitmq), ..Setup::ORDINARY },
        scene: Scene::Login(restart),
        expected: Expected {
            caller: "502 Bad Gateway: no SMS can be sent, then 202 Accepted",
            traces: 2,
            errors: &[
                "api POST",
                "api POST /codes",
                "auth POST /codes",
                "auth publish sms-login.sms",
            ],
            shows: &["process sms-login.sms", "ack sms-login.sms"],
            ..CODE
        },
        look: "Two traces: in the first `publish` is an error and so is all above it: no message was \
               sent, and none is lost. The second goes through: publisher and consumer have found the \
               broker again.",
        production: "Let clients recover by themselves (lapin: `enable_auto_recover`), and tell callers \
                     that nothing was sent: they ask again.",
        ..Drill::ORDINARY
    },
    Drill {
        name: "queue-duplicate",
        question: "A message comes twice. How do I tell?",
        broken: "auth publishes the message twice.",
        faults: &["auth.mq=duplicatex1"],
        scene: Scene::Login(twice),
        expected: CODE,
        look: "Two `publish` and two `process`: the producer did it. One `publish` with two `process` \
               would be the broker, or a consumer that did not ack.",
        production: "Consumers have to be able to do things twice, or to remember what they have done, \
                     by the message's id.",
        ..Drill::ORDINARY
    },
    Drill {
        name: "queue-poison",
        question: "A message that nobody can read: does it block the queue?",
        broken: "What auth publishes is not what sms understands.",
        faults: &["auth.mq=poisonx1"],
        scene: Scene::Login(poison),
        expected: Expected {
            errors: &["sms process sms-login.sms", "sms process sms-login.sms"],
            shows: &["publish sms-login.dead"],
            logs: &["not sent, and given up"],
            ..CODE
        },
        look: "As with a telephone that can't be reached, but without calls of the provider: it fails \
               before any work is done, each time.",
        production: "What can't be read today can't be read later: put it aside at the first try, and \
                     let the trace say who sent it.",
        ..Drill::ORDINARY
    },
    Drill {
        name: "queue-lost",
        question: "A message is gone, and nobody has failed. How do I find out?",
        broken: "The broker takes the message, and no queue gets it.",
        faults: &["auth.mq=drop"],
        scene: Scene::Login(ask),
        expected: Expected { shows: &["publish amq.fanout:sms-login.sms"], ..NOT_SENT },
        look: "All is well, and the trace ends at `publish`: there is no `process`. Nothing but what is \
               missing tells that the SMS never left.",
        production: "Publish with `mandatory`, or have an alternate exchange. And alert on traces with a \
                     `publish` and no `process`: a collector that samples at the tail can.",
        ..Drill::ORDINARY
    },
    Drill {
        name: "queue-unroutable",
        question: "No queue wants the message. Who is told?",
        broken: "auth publishes, mandatory, to a queue that is not there.",
        faults: &["auth.mq=unroutable"],
        scene: Scene::Login(ask),
        expected: Expected {
            caller: "502 Bad Gateway: no SMS can be sent",
            errors: &[
                "api POST",
                "api POST /codes",
                "auth POST /codes",
                "auth publish sms-login.gone",
            ],
            ..NOT_SENT
        },
        look: "The broker sends the message back: `publish` is an error, with the broker's code, and all \
               above it pass it on. Compare with `queue-lost`, where the same went unnoticed.",
        production: "`mandatory` turns lost messages into errors, for who waits for confirms or reads \
                     what is returned.",
        ..Drill::ORDINARY
    },
];

fn ask(field: &LoginField) -> BoxFuture<'_, Result<String>> {
    Box::pin(async { answer(field.ask(&field.phone())).await })
}

fn unreachable(field: &LoginField) -> BoxFuture<'_, Result<String>> {
    Box::pin(settled(field, field.unreachable(), 1))
}

fn twice(field: &LoginField) -> BoxFuture<'_, Result<String>> {
    Box::pin(settled(field, field.phone(), 2))
}

fn poison(field: &LoginField) -> BoxFuture<'_, Result<String>> {
    Box::pin(settled(field, field.phone(), 1))
}

/// Asks for a code, and waits until so many messages are done with.
async fn settled(field: &LoginField, phone: String, messages: usize) -> Result<String> {
    let answer = answer(field.ask(&phone)).await?;
    field.watch.until("ack sms-login.sms", messages).await?;
    Ok(answer)
}

fn restart(field: &LoginField) -> BoxFuture<'_, Result<String>> {
    Box::pin(async {
        field.server.stop().await?;
        let phone = field.phone();
        let first = answer(field.ask(&phone)).await?;
        field.server.start_again().await?;
        field.recovered().await?;
        let second = answer(field.ask(&phone)).await?;
        field.watch.until("ack sms-login.sms", 1).await?;
        Ok(format!("{first}, then {second}"))
    })
}
