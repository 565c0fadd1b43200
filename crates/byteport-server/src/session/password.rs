// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Passwords: hashing and checking them with argon2.
//!
//! Invariants: a password is never kept; a check takes the same time whether the user exists
//! or not; few checks run at a time, since each takes 19 MiB, and few wait; no check is made
//! before the passwords of the seed are in place.

use std::sync::Arc;

use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::answer::Failure;
use crate::seed::Settled;

/// Checks that run at the same time.
const AT_ONCE: usize = 2;
/// Checks that may run or wait.
const WAITING: usize = 64;
const SALT_BYTES: usize = 16;

/// Stands in for the hash of a user who does not exist; made with the parameters of [`hash`]
/// from a password that nobody kept.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$\
                      Fv3oYf2bZ1vZ0n8xvXw3mUuHZ3kq2y7h3S5Jr0qkC1E";

fn hasher() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

/// Hashes a password with a new salt.
pub fn hash(password: &str) -> Result<String, Failure> {
    let mut salt = [0_u8; SALT_BYTES];
    getrandom::fill(&mut salt).map_err(|error| Failure::internal("random numbers", error))?;
    let failed = |error| Failure::internal("password hash", error);
    let salt = SaltString::encode_b64(&salt).map_err(failed)?;
    let hash = hasher().hash_password(password.as_bytes(), &salt).map_err(failed)?;
    Ok(hash.to_string())
}

/// Whether the text is an argon2 hash that [`verify`] can use.
#[must_use]
pub fn is_hash(text: &str) -> bool {
    PasswordHash::new(text)
        .is_ok_and(|hash| hash.algorithm.as_str().starts_with("argon2") && hash.hash.is_some())
}

/// Whether this is the password of that hash.
#[must_use]
pub fn verify(password: &str, hash: &str) -> bool {
    let parsed = PasswordHash::new(hash);
    parsed.is_ok_and(|hash| hasher().verify_password(password.as_bytes(), &hash).is_ok())
}

/// Checks passwords off the async threads, a few at a time.
pub struct Logins {
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
    settled: Settled,
}

impl Logins {
    /// Checks passwords once those of the seed are settled.
    #[must_use]
    pub fn after(settled: Settled) -> Self {
        let (turns, places) = (Semaphore::new(AT_ONCE), Semaphore::new(WAITING));
        Self { turns: Arc::new(turns), places: Arc::new(places), settled }
    }

    /// Waits until it is known who may log in and whose session has ended.
    pub async fn ready(&self) -> Result<(), Failure> {
        self.settled.wait().await
    }

    /// Whether this is the password of that hash; without a hash the same work is done for "no".
    pub async fn check(&self, password: String, hash: Option<String>) -> Result<bool, Failure> {
        let place = self.places.try_acquire();
        let _place = place.map_err(|_| Failure::busy("too many logins at once"))?;
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        let turn = turn.map_err(|error| Failure::internal("logins", error))?;
        let exists = hash.is_some();
        let task = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            verify(&password, hash.as_deref().unwrap_or(NOBODY))
        });
        let same = task.await.map_err(|error| Failure::internal("logins", error))?;
        Ok(same && exists)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_of_its_password_only() {
        let hash = hash("pass word").expect("hashes");
        assert!(is_hash(&hash) && hash.starts_with("$argon2id$"));
        assert!(verify("pass word", &hash));
        assert!(!verify("pass", &hash));
        assert!(!verify("pass word", "pass word"));
    }

    #[test]
    fn nobody_costs_as_much_as_a_user() {
        let user = hash("x").expect("hashes");
        let user = PasswordHash::new(&user).expect("a hash");
        let nobody = PasswordHash::new(NOBODY).expect("a hash");
        assert_eq!(user.params, nobody.params);
        assert_eq!(user.algorithm, nobody.algorithm);
        assert_eq!(user.hash.map(|hash| hash.len()), nobody.hash.map(|hash| hash.len()));
    }
}
