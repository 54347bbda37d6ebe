//! The observer of opentelemetry's contexts: enters for the kit what they stand for.

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Once};

use opentelemetry::Context;
use opentelemetry::context::{ContextObserver, GlobalContextObserver, ObserverContextView};
use tracer_core::{ENABLED, Entered};

use super::view::View;

static FOLLOWING: AtomicBool = AtomicBool::new(false);
static INSTALL: Once = Once::new();

thread_local! {
    static ENTERED: RefCell<Vec<Attached>> = const { RefCell::new(Vec::new()) };
}

/// From now on what opentelemetry makes current is current for the kit: a span of the kit's that is
/// started while a span of opentelemetry's is current is its child, and what is written to the
/// [current](tracer_core::current()) one is written to that.
///
/// It holds for the process and cannot be taken back. `false` where it could not be had: another
/// observer was there before (opentelemetry knows one in a process, by its feature
/// `experimental_context_observer`), or tracing is compiled out.
///
/// Call it before contexts are attached: those that already are stay unseen. What the kit has made
/// current is not attached for opentelemetry; see [`current_context`](crate::current_context).
///
/// ```
/// use contrib_otel::{KitTracerProvider, follow_contexts};
/// use opentelemetry::trace::{Tracer, TracerProvider};
///
/// assert_eq!(follow_contexts(), tracer_core::ENABLED);
/// let tracer = tracer_core::Tracer::builder("shop").build();
/// KitTracerProvider::new(&tracer).tracer("cart").in_span("add", |_| {
///     tracer_core::current().set_tag("item", 42); // of the span `add`
///     let _child = tracer.scope("look it up");
/// });
/// ```
pub fn follow_contexts() -> bool {
    if !ENABLED {
        return false;
    }
    INSTALL.call_once(|| {
        GlobalContextObserver::set(Arc::new(Follower));
        // Whether it was taken is not said: a context shows it.
        let trial = Context::new().with_value(());
        FOLLOWING.store(View::look(&trial).kept().is_some(), Ordering::Relaxed);
    });
    is_following()
}

pub(crate) fn is_following() -> bool {
    FOLLOWING.load(Ordering::Relaxed)
}

#[derive(Debug)]
struct Follower;

/// A context that was attached, and what that has entered.
struct Attached {
    /// By which it is known again; held, so that no other one can come to the same address.
    view: Option<Arc<dyn ObserverContextView>>,
    _entered: Option<Entered>,
}

impl Attached {
    fn is(&self, view: Option<&Arc<dyn ObserverContextView>>) -> bool {
        match (&self.view, view) {
            (Some(own), Some(other)) => Arc::ptr_eq(own, other),
            (None, None) => true,
            _ => false,
        }
    }
}

/// Called while opentelemetry holds its stack of contexts: nothing in here may look at that.
impl ContextObserver for Follower {
    fn on_context_enter(&self, from: &Context, to: &Context) {
        let (from, to) = (View::look(from), View::look(to));
        let entered = to.view().enters(from.view()).map(|span| span.enter());
        let attached = Attached { view: to.kept().map(Arc::clone), _entered: entered };
        let _ = ENTERED.try_with(|stack| stack.borrow_mut().push(attached));
    }

    /// Contexts that are left out of order are not told of: those that stand above the one that is
    /// current now are gone.
    fn on_context_exit(&self, _: &Context, to: &Context) {
        let to = View::look(to);
        let pop = || ENTERED.try_with(|stack| stack.borrow_mut().pop()).ok().flatten();
        let is_there = || {
            let is_top = |stack: &RefCell<Vec<Attached>>| {
                stack.borrow().last().is_none_or(|top| top.is(to.kept()))
            };
            ENTERED.try_with(is_top).unwrap_or(true)
        };
        drop(pop());
        while !is_there() {
            drop(pop());
        }
    }

    fn make_view(&self, cx: &Context) -> Option<Arc<dyn ObserverContextView>> {
        Some(Arc::new(View::of(cx)))
    }
}
