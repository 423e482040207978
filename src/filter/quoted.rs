//! Where a single-quoted text ends: the one rule of the language that is not obvious. Knows nothing of tokens.

/// Finds the end of a text in single quotes. `rest` begins after the opening quote; the answer is the byte offset of the
/// closing quote in it, or `None` when there is none.
///
/// Inside the quotes, `''` and `\'` may each be read as two characters of the text, or their quote as its end. The
/// longest text wins: the answer is the farthest quote that some choice of readings makes the closing one. So
/// `'a\'` is a whole text, and so is `'a\' or b = '`.
///
/// All readings are followed at once. After each character, three facts say where they can stand:
/// - `inside`: some reading has only whole characters behind it;
/// - `half_of_quotes`: some reading stands between the two characters of `''`. Another has just reached a possible end;
/// - `half_of_escape`: some reading stands between the two characters of `\'`. The backslash may as well be a character
///   of its own, so that reading is also `inside`.
///
/// That makes one pass. Repeated for every text of a filter, it stays linear although a pass can look beyond the end it
/// settles on: to look farther than one character beyond it, a reading must still be inside, so that the next quote
/// would be a farther end, or have gone inside by one more quote, after which the same holds. Hence no more than one
/// quote follows, and no more than one further text begins.
pub(super) fn closing_quote(rest: &str) -> Option<usize> {
    let mut farthest_end = None;
    let mut inside = true;
    let mut half_of_quotes = false;
    let mut half_of_escape = false;
    for (offset, character) in rest.char_indices() {
        let is_quote = character == '\'';
        let was_inside = inside;
        inside = if is_quote { half_of_quotes || half_of_escape } else { was_inside };
        half_of_quotes = was_inside && is_quote;
        half_of_escape = was_inside && character == '\\';
        if half_of_quotes {
            farthest_end = Some(offset);
        } else if !inside {
            break;
        }
    }
    farthest_end
}
