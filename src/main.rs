//! The `hrdb` command: settings, logger, server, exit code.

use std::io::Write as _;
use std::process::ExitCode;

use hrdb::app::Application;
use hrdb::auth::Clock;
use hrdb::config::{self, SettingsError};
use hrdb::logging;

/// A wrong command line, variable or settings file.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let settings = match config::load(std::env::args_os()) {
        Ok(settings) => settings,
        Err(SettingsError::Asked(text)) => {
            print(&text);
            return ExitCode::SUCCESS;
        }
        Err(SettingsError::Invalid(line)) => {
            eprintln!("hrdb: {line}");
            return ExitCode::from(USAGE);
        }
    };
    logging::start(&settings);
    match serve(&settings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(line) => {
            eprintln!("hrdb: {line}");
            ExitCode::FAILURE
        }
    }
}

fn serve(settings: &config::Settings) -> Result<(), String> {
    actix_rt::System::new().block_on(async {
        let application = Application::build(settings, Clock::system())?;
        print(&format!(
            "hrdb is listening: {}://{}{}/\n",
            application.scheme(),
            application.address(),
            settings.context_path
        ));
        application.run().await.map_err(|error| error.to_string())
    })
}

/// A closed pipe is no reason to fail.
fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
