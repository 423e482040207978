//! The `hrdb` command: settings, logger, what is asked for, exit code.

use std::io::Write as _;
use std::process::ExitCode;

use hrdb::app::{self, Application, Signals};
use hrdb::auth::Clock;
use hrdb::config::{self, Command, Invocation, SettingsError};
use hrdb::logging;
use rustix::fs::Mode;

/// A wrong command line, variable or settings file.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    // Whatever is made from here on, databases and exported files, is its user's own.
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    let Invocation { command, settings } = match config::load(std::env::args_os()) {
        Ok(invocation) => invocation,
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
    let system = actix_rt::System::new();
    let result = match command {
        Command::Serve => system.block_on(serve(&settings)),
        Command::Health { url } => app::ask_health(&settings, url.as_deref()).map(|text| print(&text)),
        Command::Policy => app::show_policy(&settings).map(|text| print(&text)),
        Command::Backup(command) => app::back_up(&settings, &command).map(|text| print(&text)),
        Command::Restore(command) => app::restore(&settings, &command).map(|text| print(&text)),
        Command::Check(command) => app::check(&settings, &command).and_then(|checked| {
            print(&checked.text);
            checked.verdict
        }),
        Command::Generate { employees } => app::generate(&settings, employees).map(|text| print(&text)),
        Command::User(command) => system.block_on(app::manage(&settings, &command)).map(|text| print(&text)),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(line) => {
            eprintln!("hrdb: {line}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(settings: &config::Settings) -> Result<(), String> {
    // From before there is anything to take down: a signal that comes early is obeyed as soon as the server is up.
    let signals = Signals::install()?;
    let application = Application::build(settings, Clock::system())?;
    let (scheme, address) = (application.scheme(), application.address());
    let watching = application.monitor_address();
    let watching =
        watching.map(|address| format!("hrdb can be watched: http://{address}/metrics\n")).unwrap_or_default();
    print(&format!("hrdb is listening: {scheme}://{address}{}/\n{watching}", settings.context_path));
    application.run(signals.first()).await.map_err(|error| error.to_string())
}

/// A closed pipe is no reason to fail.
fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
