//! The rule for the end of a quoted text, against the same rule written out naively.

use crate::filter::quoted::closing_quote;

/// The offset of the farthest quote that can close the text, found by trying every reading of what comes after `start`.
fn farthest_of_all_readings(text: &[u8], start: usize) -> Option<usize> {
    let one_character_on = || farthest_of_all_readings(text, start + 1);
    let two_characters_on = || farthest_of_all_readings(text, start + 2);
    match text.get(start..)? {
        [] => None,
        [b'\'', b'\'', ..] => two_characters_on().or(Some(start)),
        [b'\'', ..] => Some(start),
        [b'\\', b'\'', ..] => two_characters_on().max(one_character_on()),
        [_, ..] => one_character_on(),
    }
}

#[test]
fn it_is_the_farthest_of_all_readings() {
    for length in 0..=9 {
        for number in 0..3_usize.pow(length) {
            let digits = (0..length).map(|place| number / 3_usize.pow(place) % 3);
            let text: String = digits.map(|digit| ['\'', '\\', 'a'][digit]).collect();
            let expected = farthest_of_all_readings(text.as_bytes(), 0);
            assert_eq!(closing_quote(&text), expected, "{text}");
        }
    }
}

#[test]
fn offsets_are_bytes() {
    assert_eq!(closing_quote("漢\u{1f980}'x"), Some(7));
    assert_eq!(closing_quote("漢\u{1f980}"), None);
}
