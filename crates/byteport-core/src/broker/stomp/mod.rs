use super::session::*;
use super::{BrokerOptions, Verdict};
use crate::error::Result;
use std::time::Duration;
#[derive(Debug)]
pub(super) struct Session;
impl Session {
    pub(super) fn new(_: &BrokerOptions) -> Session {
        Session
    }
}
impl super::session::Session for Session {
    fn start(&mut self, _: Duration) {}
    fn lost(&mut self) {}
    fn publish(&mut self, _: Ticket, _: Publication) -> Result<()> {
        Ok(())
    }
    fn withdraw(&mut self, _: Ticket) -> bool {
        false
    }
    fn subscribe(&mut self, _: &str) -> Result<()> {
        Ok(())
    }
    fn settle(&mut self, _: &Handle, _: Verdict) {}
    fn receive(&mut self, _: &[u8], _: Duration) -> Result<()> {
        Ok(())
    }
    fn tick(&mut self, _: Duration) -> Result<()> {
        Ok(())
    }
    fn due(&self) -> Option<Duration> {
        None
    }
    fn stop(&mut self) {}
    fn output(&mut self) -> &mut Vec<u8> {
        unimplemented!()
    }
    fn next_signal(&mut self) -> Option<Signal> {
        None
    }
}
