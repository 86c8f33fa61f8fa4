//! Commands about gateways: their names and leases.

use std::collections::BTreeSet;

use crate::{
    engine::{
        command::Reply,
        limits::{ADMISSION_RETRY_MS, GATEWAY_LEASE_MS, GATEWAYS_MAX},
        refusal::Refusal,
        step::{Answer, Step},
    },
    proto::journal::{self as j, event::Kind},
};

impl Step<'_> {
    /// Whether these gateways (empty: none) find room, as far as they are new.
    pub fn check_gateways(&self, ids: &[&str]) -> Result<(), Refusal> {
        let new = |id: &&&str| !id.is_empty() && self.state.gateway_by_id(id).is_none();
        let new: BTreeSet<&&str> = ids.iter().filter(new).collect();
        if new.is_empty() || self.state.gateways.len() + new.len() <= GATEWAYS_MAX {
            return Ok(());
        }
        let message = format!("{GATEWAYS_MAX} gateways are known; use a stable gateway_id");
        Err(Refusal::exhausted("TOO_MANY_GATEWAYS", message, ADMISSION_RETRY_MS))
    }

    /// The number of a gateway, which gets one if it is new.
    pub fn gateway_number(&mut self, id: &str) -> Result<u32, Refusal> {
        if let Some(number) = self.state.gateway_by_id(id) {
            return Ok(number);
        }
        self.check_gateways(&[id])?;
        let gateway = self.state.last_number + 1;
        self.emit(Kind::GatewayNamed(j::GatewayNamed { gateway, id: id.to_owned() }));
        Ok(gateway)
    }

    /// `lease_ms` 0: the gateway's stream is open, and its lease with it.
    pub fn gateway_alive(&mut self, id: &str, lease_ms: u64) -> Answer {
        let gateway = self.gateway_number(id)?;
        let record = self.state.gateways.get(&gateway).cloned().unwrap_or_default();
        let by_stream = record.leased && record.deadline_ms == 0;
        let (lease_ms, deadline_ms) = if lease_ms == 0 {
            (record.lease_ms.max(GATEWAY_LEASE_MS), 0)
        } else if by_stream {
            (lease_ms, 0)
        } else {
            (lease_ms, self.now_ms + lease_ms)
        };
        if !(by_stream && record.lease_ms == lease_ms) {
            self.emit(Kind::GatewayLeased(j::GatewayLeased { gateway, lease_ms, deadline_ms }));
        }
        Ok(Reply::Gateway { deadline_ms })
    }

    pub fn gateway_stream_lost(&mut self, id: &str) -> Answer {
        let gateway = self.gateway_number(id)?;
        let record = self.state.gateways.get(&gateway).cloned().unwrap_or_default();
        let lease_ms = record.lease_ms.max(GATEWAY_LEASE_MS);
        let deadline_ms = self.now_ms + lease_ms;
        if record.leased && record.deadline_ms == 0 {
            self.emit(Kind::GatewayLeased(j::GatewayLeased { gateway, lease_ms, deadline_ms }));
        }
        Ok(Reply::Gateway { deadline_ms })
    }
}
