//! Reads a password: from the terminal without showing it, or from a line of the standard input when that is no terminal.

use std::io::{BufRead as _, IsTerminal as _, Read as _, Write as _};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use crate::config::Secret;

/// Longest line that is read, in bytes: more than any password has.
const LONGEST_LINE: u64 = 4_096;

/// Reads a new password; typed, it is asked for twice.
///
/// # Errors
/// A sentence for the operator.
pub fn new_password(name: &str) -> Result<Secret, String> {
    if !std::io::stdin().is_terminal() {
        return line();
    }
    let first = typed(&format!("New password of {name}: "))?;
    let again = typed("Once more: ")?;
    if first == again { Ok(first) } else { Err("the two passwords are not the same".to_owned()) }
}

/// Shows what is typed again, whatever happens.
struct Hidden(Termios);

impl Hidden {
    fn begin() -> Result<Self, String> {
        let before = tcgetattr(std::io::stdin()).map_err(|error| format!("cannot use the terminal: {error}"))?;
        let mut hidden = before.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        hidden.local_modes.insert(LocalModes::ECHONL);
        tcsetattr(std::io::stdin(), OptionalActions::Flush, &hidden)
            .map_err(|error| format!("cannot hide what is typed: {error}"))?;
        Ok(Self(before))
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &self.0);
    }
}

fn typed(prompt: &str) -> Result<Secret, String> {
    let _hidden = Hidden::begin()?;
    let mut out = std::io::stderr().lock();
    let _ = out.write_all(prompt.as_bytes()).and_then(|()| out.flush());
    line()
}

/// A line without its end.
fn line() -> Result<Secret, String> {
    let mut bytes = Vec::new();
    let mut input = std::io::stdin().lock().take(LONGEST_LINE);
    input.read_until(b'\n', &mut bytes).map_err(|error| format!("cannot read the password: {error}"))?;
    if bytes.is_empty() {
        return Err("there is no password on the standard input".to_owned());
    }
    let text = String::from_utf8(bytes).map_err(|_| "the password is not UTF-8".to_owned())?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    Ok(Secret::new(text.strip_suffix('\r').unwrap_or(text).to_owned()))
}
