//! Variables that remember whether a template looked at them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use minijinja::value::{Enumerator, Object, Value};

/// Named values.
#[derive(Debug)]
pub(super) struct Watched(Vec<Variable>);

#[derive(Debug)]
struct Variable {
    name: &'static str,
    value: Value,
    is_read: AtomicBool,
}

impl Watched {
    pub(super) fn new(variables: Vec<(&'static str, Value)>) -> Watched {
        let variable = |(name, value)| Variable { name, value, is_read: AtomicBool::new(false) };
        Watched(variables.into_iter().map(variable).collect())
    }

    /// The names that nobody asked for.
    pub(super) fn unread(&self) -> Vec<&'static str> {
        let unread = self.0.iter().filter(|variable| !variable.is_read.load(Ordering::Relaxed));
        unread.map(|variable| variable.name).collect()
    }
}

impl Object for Watched {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        let variable = self.0.iter().find(|variable| variable.name == key)?;
        variable.is_read.store(true, Ordering::Relaxed);
        Some(variable.value.clone())
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.0.iter().map(|variable| Value::from(variable.name)).collect())
    }
}
