// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The readings that are next to be uploaded, a queue for each device.
//!
//! Invariants: a device is ready, or busy, or has no line; so its readings go one call after the other.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::Order;

/// A slot of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spot {
    pub block: u64,
    pub slot: u32,
}

#[derive(Debug, Default)]
struct Device {
    spots: VecDeque<Spot>,
    busy: bool,
}

/// What is next for each device.
#[derive(Debug, Default)]
pub(super) struct Window {
    devices: HashMap<Arc<str>, Device>,
    ready: VecDeque<Arc<str>>,
    waiting: usize,
    newest: u64,
}

impl Window {
    /// How many readings wait in it.
    pub fn waiting(&self) -> usize {
        self.waiting
    }

    /// Whether a device is ready.
    pub fn is_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// Adds readings of one block: spots and addresses, in the order of their slots.
    pub fn add<'a>(
        &mut self,
        block: u64,
        lines: impl DoubleEndedIterator<Item = (u32, &'a str)>,
        order: Order,
    ) {
        let newer = block > self.newest;
        self.newest = self.newest.max(block);
        match order {
            Order::OldestFirst => {
                lines.for_each(|(slot, address)| self.push(address, Spot { block, slot }, false))
            }
            Order::NewestFirst if newer => {
                lines.for_each(|(slot, address)| self.push(address, Spot { block, slot }, true));
            }
            Order::NewestFirst => {
                lines.rev().for_each(|(slot, address)| self.push(address, Spot { block, slot }, false));
            }
        }
    }

    fn push(&mut self, address: &str, spot: Spot, front: bool) {
        if !self.devices.contains_key(address) {
            self.devices.insert(Arc::from(address), Device::default());
        }
        let Some((key, _)) = self.devices.get_key_value(address) else { return };
        let key = Arc::clone(key);
        let Some(device) = self.devices.get_mut(address) else { return };
        if device.spots.is_empty() && !device.busy {
            self.ready.push_back(key);
        }
        if front {
            device.spots.push_front(spot)
        } else {
            device.spots.push_back(spot)
        }
        self.waiting += 1;
    }

    /// Takes the next ready device, which is busy from now on.
    pub fn take(&mut self) -> Option<Arc<str>> {
        let address = self.ready.pop_front()?;
        if let Some(device) = self.devices.get_mut(&address) {
            device.busy = true;
        }
        Some(address)
    }

    /// The next reading of a device.
    pub fn peek(&self, address: &str) -> Option<Spot> {
        self.devices.get(address)?.spots.front().copied()
    }

    /// Takes the next reading of a device out.
    pub fn pop(&mut self, address: &str) -> Option<Spot> {
        let spot = self.devices.get_mut(address)?.spots.pop_front()?;
        self.waiting -= 1;
        Some(spot)
    }

    /// Puts readings back in front, in the order in which they were taken out.
    pub fn put_back(&mut self, address: &str, spots: impl DoubleEndedIterator<Item = Spot>) {
        if let Some(device) = self.devices.get_mut(address) {
            for spot in spots.rev() {
                device.spots.push_front(spot);
                self.waiting += 1;
            }
        }
    }

    /// The device is no longer busy.
    pub fn release(&mut self, address: &Arc<str>) {
        let Some(device) = self.devices.get_mut(address) else { return };
        device.busy = false;
        if device.spots.is_empty() {
            self.devices.remove(address);
        } else {
            self.ready.push_back(Arc::clone(address));
        }
    }

    /// Takes a block's readings out of all queues.
    pub fn recall(&mut self, block: u64) {
        for device in self.devices.values_mut() {
            let before = device.spots.len();
            device.spots.retain(|spot| spot.block != block);
            self.waiting -= before - device.spots.len();
        }
        self.devices.retain(|_, device| device.busy || !device.spots.is_empty());
        self.ready.retain(|address| self.devices.contains_key(address));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order_of(window: &mut Window) -> Vec<(u64, u32)> {
        let mut order = Vec::new();
        while let Some(address) = window.take() {
            order.extend(window.pop(&address).map(|spot| (spot.block, spot.slot)));
            window.release(&address);
        }
        order
    }

    #[test]
    fn devices_take_turns_and_keep_their_order() {
        let mut window = Window::default();
        window.add(1, [(0, "n.a"), (1, "n.a"), (2, "n.b")].into_iter(), Order::OldestFirst);
        window.add(2, [(0, "n.a")].into_iter(), Order::OldestFirst);
        assert_eq!(order_of(&mut window), [(1, 0), (1, 2), (1, 1), (2, 0)]);
        assert!(window.devices.is_empty() && window.waiting() == 0);
    }

    #[test]
    fn newest_first_turns_blocks_and_slots_round() {
        let mut window = Window::default();
        window.add(5, [(0, "n.a"), (1, "n.a")].into_iter(), Order::NewestFirst);
        window.add(4, [(0, "n.a"), (1, "n.a")].into_iter(), Order::NewestFirst);
        window.add(6, [(0, "n.a"), (1, "n.a")].into_iter(), Order::NewestFirst);
        assert_eq!(order_of(&mut window), [(6, 1), (6, 0), (5, 1), (5, 0), (4, 1), (4, 0)]);
    }

    #[test]
    fn a_busy_device_is_not_taken_again() {
        let mut window = Window::default();
        window.add(1, [(0, "n.a"), (1, "n.a")].into_iter(), Order::OldestFirst);
        let address = window.take().unwrap();
        let spot = window.pop(&address).unwrap();
        assert!(window.take().is_none());
        window.put_back(&address, [spot].into_iter());
        window.release(&address);
        assert_eq!(order_of(&mut window), [(1, 0), (1, 1)]);
    }

    #[test]
    fn a_recalled_block_leaves_nothing() {
        let mut window = Window::default();
        window.add(1, [(0, "n.a"), (1, "n.b")].into_iter(), Order::OldestFirst);
        window.add(2, [(0, "n.b")].into_iter(), Order::OldestFirst);
        window.recall(1);
        assert_eq!(window.waiting(), 1);
        assert_eq!(order_of(&mut window), [(2, 0)]);
    }
}
