//! `hrdb generate`: fills the sample's database, so that it can be seen how the server does with many rows.

use crate::config::Settings;
use crate::store;

/// Sees to it that there are so many employees; returns the text to print. A database that is not there is made.
///
/// # Errors
/// One clear sentence for the operator.
pub fn generate(settings: &Settings, employees: u32) -> Result<String, String> {
    // Made, or brought up to date; then the file is let go of.
    let database = super::open_sample(settings, &super::described(settings)?, 1)?;
    database.close();
    drop(database);
    let path = super::sample_path(settings);
    let generated = store::generate(&path, employees)
        .map_err(|error| format!("cannot generate {employees} employees in {}: {error}", path.display()))?;
    let added = generated.after - generated.before;
    Ok(match added {
        0 => format!("there are {employees} employees already\n"),
        _ => format!("added {added} employees: there are {employees} now\n"),
    })
}
